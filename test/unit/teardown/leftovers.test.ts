import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logGroupsLeft, whyNotDeleted } from '../../../lib/teardown/leftovers';

/**
 * Fakes: DescribeLogGroups answers one group a page, those whose name contains the pattern (CloudWatch Logs API);
 * DescribeStackResources and DescribeStackEvents answer what the test gives, events newest first (CloudFormation API).
 */
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
const cloudFormationOf = (answer: object): CloudFormationClient =>
  ({ send: () => Promise.resolve(answer) }) as unknown as CloudFormationClient;

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
    const left = await logGroupsLeft(logsOf(GROUPS), cloudFormationOf({}), 'kong-blue', false);
    expect(left.map(({ name }) => name)).toEqual(GROUPS.slice(0, 3));
    expect(left[0]).toEqual({ name: GROUPS[0], bytes: 1, retentionDays: 30 });
  });

  test('when the stack is there again, then its own groups are not left over', async () => {
    const resources = [{ ResourceType: 'AWS::Logs::LogGroup', PhysicalResourceId: GROUPS[1] }];
    const cloudFormation = cloudFormationOf({ StackResources: resources });
    const left = await logGroupsLeft(logsOf(GROUPS.slice(0, 2)), cloudFormation, 'kong-blue', true);
    expect(left.map(({ name }) => name)).toEqual([GROUPS[0]]);
  });
});

test('given events of two deletions, when the newest is explained, then only its causes are told, the first one first', async () => {
  const stack = { ResourceType: 'AWS::CloudFormation::Stack', LogicalResourceId: 'kong-blue' };
  const failed = (LogicalResourceId: string, ResourceStatusReason: string) => ({
    ResourceType: 'AWS::EC2::SecurityGroup',
    ResourceStatus: 'DELETE_FAILED',
    LogicalResourceId,
    ResourceStatusReason,
  });
  const StackEvents = [
    { ...stack, ResourceStatus: 'DELETE_FAILED' },
    failed('Second', 'has dependents'),
    failed('First', 'in use'),
    { ...stack, ResourceStatus: 'DELETE_IN_PROGRESS' },
    failed('Old', 'of the deletion before'),
  ];
  expect(await whyNotDeleted(cloudFormationOf({ StackEvents }), 'kong-blue')).toEqual([
    'First: in use',
    'Second: has dependents',
  ]);
});
