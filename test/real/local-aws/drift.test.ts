import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, eventually, startTestWorld } from './helpers';

jest.setTimeout(60_000);

/** A log group and, when asked, a wait for a signal that nobody sends, after the log group. */
const template = (retention: number, fails = false) => ({
  Resources: {
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'drifting', RetentionInDays: retention } },
    ...(fails && {
      Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
      Fails: {
        Type: 'AWS::CloudFormation::WaitCondition',
        DependsOn: 'Logs',
        Properties: { Handle: { Ref: 'Handle' }, Timeout: '1' },
      },
    }),
  },
});

/** Drift-aware change sets, as the CloudFormation User Guide tells them ("Using drift-aware change sets"). */
describe('given a log group whose retention somebody changed from 30 days to 7', () => {
  let world: World;
  let client: CloudFormationClient;
  let logs: CloudWatchLogsClient;
  const stack = () => new TestStack(world, 'drifting');
  const retention = async () => (await logs.send(new DescribeLogGroupsCommand({}))).logGroups![0]!.retentionInDays;

  /** Makes a change set and, when it has changes, executes it; returns the ids of what it changes. */
  async function deploy(body: object, DeploymentMode?: 'REVERT_DRIFT'): Promise<(string | undefined)[]> {
    const { Id } = await client.send(
      new CreateChangeSetCommand({
        StackName: 'drifting',
        ChangeSetName: `set-${Date.now()}`,
        TemplateBody: JSON.stringify(body),
        ...(DeploymentMode && { DeploymentMode }),
      }),
    );
    const { Changes, Status } = await client.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
    if (Status === 'FAILED') return [];
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: Id }));
    await eventually('the end of the update', 20, async () =>
      (await stack().status()).endsWith('_IN_PROGRESS') ? undefined : true,
    );
    return (Changes ?? []).map(({ ResourceChange }) => ResourceChange?.LogicalResourceId);
  }

  beforeAll(async () => {
    world = await startTestWorld();
    client = new CloudFormationClient(clientOptions(world));
    logs = new CloudWatchLogsClient(clientOptions(world));
    await stack().create(template(30));
  });
  afterAll(() => world?.stop());
  beforeEach(async () => {
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'drifting', retentionInDays: 7 }));
  });

  test('when an ordinary change set is made, then it sees no change', async () => {
    expect(await deploy(template(30))).toEqual([]);
    expect(await retention()).toBe(7);
  });

  test('when a drift-aware one fails, then its rollback goes back to the live value and not to the template’s', async () => {
    expect(await deploy(template(30, true), 'REVERT_DRIFT')).toEqual(expect.arrayContaining(['Logs', 'Fails']));
    expect(await stack().status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await retention()).toBe(7);
  });

  test('when a drift-aware one is executed, then the log group is as the template says, and another has nothing to do', async () => {
    await stack().update(template(60));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'drifting', retentionInDays: 7 }));
    expect(await deploy(template(60), 'REVERT_DRIFT')).toEqual(['Logs']);
    expect(await retention()).toBe(60);
    expect(await deploy(template(60), 'REVERT_DRIFT')).toEqual([]);
  });
});
