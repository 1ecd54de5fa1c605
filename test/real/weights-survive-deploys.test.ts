import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  DescribeTargetGroupAttributesCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import { CloudFormationStacks } from '../../lib/deployed/cloudformation-stacks';
import { CommandFailed } from '../../local/demo/commands';
import { until } from '../../local/demo/gateway';
import { clientOptions } from '../../local/demo/run';
import { LiveRule } from './live-rule';
import { Road } from './road';

jest.setTimeout(240_000);
process.env.CDK_VALIDATION = 'false'; // of aws-cdk-lib; test/unit/aws-cdk/stacks-nag.test.ts has it on

const OWN_APP = ['--app', `${process.execPath} ${join(__dirname, '../fixtures/own-app/app.js')}`];
const MID_SHIFT = { blue: 75, green: 25 };

/** `weightOwnership: runner`: whatever is deployed while traffic is split, the weights are those of the live rule. */
describe('given an edge whose weights the runner owns, and a shift half-way', () => {
  let road: Road;
  let rule: LiveRule;
  let outputs: Record<string, string>;
  let cloudFormation: CloudFormationClient;

  const deploy = (...options: string[]) =>
    road.run.cdk(['deploy', 'kong-edge', '--exclusively', '--require-approval', 'never', ...options]);
  const edge = (key: string, value: unknown) => road.edit([{ path: ['edge', key], value }]);
  const describeStack = async (StackName = 'kong-edge') =>
    (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks![0]!;
  /** Seconds that a target group of the edge drains: what an unrelated deploy changes. */
  const drain = async () => {
    const elb = new ElasticLoadBalancingV2Client(clientOptions(road.run));
    const { Attributes } = await elb.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: outputs[EDGE_OUTPUTS.targetGroupArn.blue] }),
    );
    return Attributes?.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
  };
  const p99Threshold = async () => {
    const { green } = JSON.parse(outputs[EDGE_OUTPUTS.alarmNames] ?? '{}') as { green: string[] };
    const AlarmNames = green.filter((name) => name.includes('P99'));
    const { MetricAlarms } = await new CloudWatchClient(clientOptions(road.run)).send(
      new DescribeAlarmsCommand({ AlarmNames }),
    );
    return MetricAlarms?.[0]?.Threshold;
  };

  beforeAll(async () => {
    road = await Road.start();
    await road.writeSettings();
    outputs = (await road.run.deploy(['kong-edge']))['kong-edge'] ?? {};
    cloudFormation = new CloudFormationClient(clientOptions(road.run));
    const [arn] = JSON.parse(outputs[EDGE_OUTPUTS.weightedRuleArns] ?? '[]') as string[];
    rule = new LiveRule(road.run.world, arn!, {
      blue: outputs[EDGE_OUTPUTS.targetGroupArn.blue]!,
      green: outputs[EDGE_OUTPUTS.targetGroupArn.green]!,
    });
  });
  afterAll(() => road?.stop(), 60_000);

  test('when it is deployed for the first time, then all weight is on the slot that the settings name live', async () => {
    expect(await rule.weights()).toEqual({ blue: 100, green: 0 });
  });

  test('when something unrelated is deployed, then it is changed and the weights are not', async () => {
    await rule.set(MID_SHIFT);
    await edge('drainSeconds', 2);
    await edge('alarms', { p99Seconds: 3 });
    await deploy();
    expect(await drain()).toBe('2');
    expect(await p99Threshold()).toBe(3);
    expect(await rule.weights()).toEqual(MID_SHIFT);
  });

  test('when a deploy that changed the rule fails and rolls back, then the rule is as before, with the weights that were set meanwhile', async () => {
    await rule.set(MID_SHIFT);
    const before = await rule.shape();
    const failing = ['-c', 'priority=900', '-c', 'path=/v1/*', '-c', 'failAfter=3'];
    await edge('stickinessSeconds', 120);
    const deployed = deploy(...OWN_APP, ...failing).then(
      () => undefined,
      (error: unknown) => error,
    );
    // The rule is written and the deployment has yet to fail: here the next stage of the shift comes.
    await until('the rule to be changed by the deploy', 60, async () => (await rule.shape()).priority === '900');
    expect(await rule.shape()).toEqual({ priority: '900', path: '/v1/*', stickySeconds: 120 });
    expect(await rule.weights()).toEqual(MID_SHIFT);
    await rule.set({ blue: 50, green: 50 });
    expect(await deployed).toBeInstanceOf(CommandFailed);
    await edge('stickinessSeconds', undefined);

    expect(await describeStack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await rule.shape()).toEqual(before);
    expect(await rule.weights()).toEqual({ blue: 50, green: 50 });
  });

  test('when a change set from before the last stages is executed, then its changes are made and the weights stay', async () => {
    await rule.set(MID_SHIFT);
    const stale = ['--change-set-name', 'stale'];
    await edge('drainSeconds', 4);
    await edge('stickinessSeconds', 60);
    await deploy('--method', 'prepare-change-set', ...stale);
    expect(await drain()).toBe('2');
    await rule.set({ blue: 40, green: 60 });
    await deploy('--method', 'execute-change-set', ...stale);
    expect(await drain()).toBe('4');
    expect(await rule.shape()).toMatchObject({ stickySeconds: 60 }); // of the same action list, which was therefore written
    expect(await rule.weights()).toEqual({ blue: 40, green: 60 });
  });

  test('when it is deployed with a tag for the stack, then the stack has the tag and the weights stay', async () => {
    await rule.set(MID_SHIFT);
    await deploy('--tags', 'team=gateway');
    expect((await describeStack()).Tags).toEqual([{ Key: 'team', Value: 'gateway' }]);
    expect(await rule.weights()).toEqual(MID_SHIFT);
  });

  test('when drift is reverted, then what was changed by hand goes back to the template and the weights stay', async () => {
    await rule.set(MID_SHIFT);
    const logs = new CloudWatchLogsClient(clientOptions(road.run));
    const retention = async () =>
      (await logs.send(new DescribeLogGroupsCommand({}))).logGroups!.find(({ logGroupName }) =>
        logGroupName!.includes('RuleProvider'),
      )!;
    const { logGroupName, retentionInDays } = await retention();
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 3653 }));
    await deploy('--revert-drift');
    expect((await retention()).retentionInDays).toBe(retentionInDays);
    expect(await rule.weights()).toEqual(MID_SHIFT);
  });

  describe('and a second cluster, which takes all traffic', () => {
    const ALL_GREEN = { blue: 0, green: 100 };
    beforeAll(async () => {
      const size = { count: 1 };
      await road.edit([
        { path: ['slots', 'blue', 'size'], value: size },
        { path: ['slots', 'green'], value: { version: '3.4', size, datastore: { new: {} } } },
      ]);
      await road.run.cdk([
        ...['deploy', 'kong-blue', 'kong-green', '--exclusively', '--concurrency', '2'],
        ...['--require-approval', 'never'],
      ]);
      await rule.set(ALL_GREEN);
    });

    test('when the settings name the other slot live, then deploying them moves nothing', async () => {
      await road.edit([{ path: ['live'], value: 'green' }]);
      await edge('alarms', { p99Seconds: 5 });
      await deploy();
      expect(await p99Threshold()).toBe(5);
      expect(await rule.weights()).toEqual(ALL_GREEN);
    });

    test('when blue is destroyed and everything is deployed with green alone in the settings, then blue is not brought back and the weights stay', async () => {
      await road.run.cdk(['destroy', 'kong-blue', '--exclusively', '--force']);
      await road.edit([{ path: ['slots', 'blue'], value: undefined }]);
      await edge('alarms', { p99Seconds: 6 });
      const before = await rule.describe();
      await road.run.cdk(['deploy', '--all', '--require-approval', 'never']);
      expect(await p99Threshold()).toBe(6);
      expect(await new CloudFormationStacks(cloudFormation).find('kong-blue')).toBeUndefined();
      expect(await describeStack('kong-green')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
      expect(await rule.describe()).toEqual(before);
    });

    test('when somebody has deleted the rule, then a deploy with a new repair text makes it again, all weight on live', async () => {
      const elb = new ElasticLoadBalancingV2Client(clientOptions(road.run));
      const { Priority, Conditions } = await rule.describe();
      await elb.send(new DeleteRuleCommand({ RuleArn: rule.arn }));
      await deploy('--context', 'repair=1');
      const made = (await describeStack()).Outputs?.find(
        ({ OutputKey }) => OutputKey === EDGE_OUTPUTS.weightedRuleArns,
      );
      const [arn] = JSON.parse(made?.OutputValue ?? '[]') as string[];
      expect(arn).not.toBe(rule.arn);
      const again = rule.at(arn!);
      expect(await again.describe()).toMatchObject({ Priority, Conditions });
      expect(await again.weights()).toEqual(ALL_GREEN);
    });
  });
});
