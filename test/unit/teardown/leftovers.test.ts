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

  test('when only Terraform knows which are the stack’s, then the newest of each kind are', async () => {
    const made = (kind: string, day: string) =>
      `/kong-dual-cluster/kong-blue/${kind}-202611${day}01020304050000000${day}`;
    const functions = '/aws/lambda/kong-blue-migrations';
    const groups = [made('nodes', '22'), made('nodes', '20'), functions, made('migrations', '20')];
    const left = await logGroupsLeft(logsOf(groups), stackWith(undefined), 'kong-blue', true);
    expect(left.map(({ name }) => name)).toEqual([made('nodes', '20')]);
  });
});
