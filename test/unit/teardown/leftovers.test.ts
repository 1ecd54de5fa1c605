import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupsLeft } from '../../../lib/teardown/leftovers';

/** A fake: DescribeLogGroups answers one group a page, those whose name contains the pattern (CloudWatch Logs API). */
const logsOf = (names: readonly string[]): CloudWatchLogsClient =>
  ({
    send: ({ input }: { input: { logGroupNamePattern: string; nextToken?: string } }) => {
      const found = names.filter((name) => name.includes(input.logGroupNamePattern));
      const at = Number(input.nextToken ?? 0);
      return Promise.resolve({
        logGroups: found
          .slice(at, at + 1)
          .map((logGroupName) => ({ logGroupName, storedBytes: 1, retentionInDays: 30 })),
        ...(at + 1 < found.length && { nextToken: String(at + 1) }),
      });
    },
  }) as unknown as CloudWatchLogsClient;
const stackWith = (own: readonly string[] | undefined) => ({ logGroups: () => Promise.resolve(own) });

const GROUPS = [
  'kong-blue-ClusterNodeLogs-1',
  'kong-blue-ClusterMigrationLogs-2',
  '/aws/ecs/containerinsights/kong-blue-Cluster-3/performance',
  'kong-green-ClusterNodeLogs-4',
  'kong-blue-edge-RuleProviderLogs-5',
  'other-kong-blue-ClusterNodeLogs-6',
];

describe('given log groups of several stacks and systems', () => {
  test('when the stack is gone, then all of its groups are left, and nobody else’s', async () => {
    const left = await logGroupsLeft(logsOf(GROUPS), stackWith([]), 'kong-blue', false);
    expect(left.map(({ name }) => name)).toEqual(GROUPS.slice(0, 3));
    expect(left[0]).toEqual({ name: GROUPS[0], bytes: 1, retentionDays: 30 });
  });

  test('when the stack is there again, then its own groups are not left over', async () => {
    const left = await logGroupsLeft(logsOf(GROUPS.slice(0, 2)), stackWith([GROUPS[1]!]), 'kong-blue', true);
    expect(left.map(({ name }) => name)).toEqual([GROUPS[0]]);
  });

  test('when the stack takes every name under its own, then nothing is left over while it is there', async () => {
    expect(await logGroupsLeft(logsOf(GROUPS), stackWith(undefined), 'kong-blue', true)).toEqual([]);
  });
});
