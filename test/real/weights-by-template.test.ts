import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EDGE_OUTPUTS } from '../../lib/blueprint/output-names';
import type { Weights } from '../../lib/traffic/weights';
import { CommandFailed } from '../../local/demo/commands';
import { until } from '../../local/demo/gateway';
import { clientOptions } from '../../local/demo/run';
import { LiveRule } from './live-rule';
import { Road } from './road';

jest.setTimeout(240_000);
process.env.CDK_VALIDATION = 'false'; // of aws-cdk-lib; test/unit/aws-cdk/stacks-nag.test.ts has it on

const OWN_APP = ['--app', `${process.execPath} ${join(__dirname, '../fixtures/own-app/app.js')}`];
const FIRST = { blue: 90, green: 10 };
const SECOND = { blue: 75, green: 25 };
const FOREIGN = { blue: 60, green: 40 };
const NO_GROUPS = { blue: '', green: '' };
const ALL_GREEN = { blue: 0, green: 100 };

/** `weightOwnership: template`: each stage is a `cdk deploy`, and what somebody set by hand is not overruled by one. */
describe('given an edge whose weights are in the settings', () => {
  let road: Road;
  let rule: LiveRule;
  let outputs: Record<string, string>;
  let cloudFormation: CloudFormationClient;

  const weights = (value: Weights) => road.edit([{ path: ['weights'], value }]);
  const edge = (key: string, value: unknown) => road.edit([{ path: ['edge', key], value }]);
  const deploy = (...options: string[]) =>
    road.run.cdk(['deploy', 'kong-edge', '--exclusively', '--require-approval', 'never', ...options]);
  const failure = async (deployed: Promise<string>): Promise<CommandFailed> => {
    const error = await deployed.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof CommandFailed)) throw new Error(`expected the deploy to fail, got ${String(error)}`);
    return error;
  };
  const stack = async () =>
    (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'kong-edge' }))).Stacks![0]!;

  beforeAll(async () => {
    road = await Road.start();
    await road.writeSettings();
    await road.edit([
      { path: ['weightOwnership'], value: 'template' },
      { path: ['weights'], value: FIRST },
      { path: ['slots', 'green'], value: { version: '3.4', datastore: { new: {} } } },
    ]);
    outputs = (await road.run.deploy(['kong-edge']))['kong-edge'] ?? {};
    cloudFormation = new CloudFormationClient(clientOptions(road.run));
    const [arn] = JSON.parse(outputs[EDGE_OUTPUTS.weightedRuleArns] ?? '[]') as string[];
    rule = new LiveRule(road.run.world, arn!, {
      blue: outputs[EDGE_OUTPUTS.targetGroupArn.blue]!,
      green: outputs[EDGE_OUTPUTS.targetGroupArn.green]!,
    });
  });
  afterAll(() => road?.stop(), 60_000);

  test('when it is deployed for the first time, then the rule has the weights of the settings, and the Admin API is not split', async () => {
    expect(await rule.weights()).toEqual(FIRST);
    const admin = (await new LiveRule(road.run.world, outputs[EDGE_OUTPUTS.adminRuleArn]!, NO_GROUPS).describe())
      .Actions;
    expect(admin?.[0]?.ForwardConfig?.TargetGroups?.map(({ Weight }) => Weight)).toEqual([100, 0]);
  });

  test('when a stage that changed the weights fails and rolls back, then the rule has those of the stage before', async () => {
    await weights(SECOND);
    const failed = failure(deploy(...OWN_APP, '-c', 'failAfter=1', '-c', 'priority=900', '-c', 'path=/v1/*'));
    await until('the stage to be written', 60, async () => (await rule.weights()).green === SECOND.green);
    await failed;
    expect(await stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await rule.weights()).toEqual(FIRST);
    expect(await rule.shape()).toMatchObject({ priority: '1000', path: '/*' });
  });

  test('when the next stage is deployed, then the rule has its weights, in one and the same rule', async () => {
    await weights(SECOND);
    await deploy();
    expect(await rule.weights()).toEqual(SECOND);
  });

  describe('and a weight that somebody set by hand', () => {
    beforeEach(() => rule.set(FOREIGN));

    test('when a stage is deployed, then it is refused with both, and the weight stays', async () => {
      await weights({ blue: 50, green: 50 });
      const { output } = await failure(deploy());
      expect(output).toContain('WEIGHTS_CHANGED_OUTSIDE');
      expect(output).toContain('live blue 60, green 40, last deployment blue 75, green 25, this one blue 50, green 50');
      expect(await stack()).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(await rule.weights()).toEqual(FOREIGN);
    });

    test('when something unrelated is deployed with a tag for the stack, then both are done and the weight stays', async () => {
      await weights(SECOND);
      await edge('drainSeconds', 2);
      await deploy('--tags', 'team=gateway');
      expect(await stack()).toMatchObject({
        StackStatus: 'UPDATE_COMPLETE',
        Tags: [{ Key: 'team', Value: 'gateway' }],
      });
      expect(await rule.weights()).toEqual(FOREIGN);
    });

    test('when a change set from before the weight is executed, then it is refused and the weight stays', async () => {
      await rule.set(SECOND);
      await weights({ blue: 50, green: 50 });
      await deploy('--method', 'prepare-change-set', '--change-set-name', 'stale');
      await rule.set(FOREIGN);
      const { output } = await failure(deploy('--method', 'execute-change-set', '--change-set-name', 'stale'));
      expect(output).toContain('WEIGHTS_CHANGED_OUTSIDE');
      expect(await rule.weights()).toEqual(FOREIGN);
    });

    test('when the settings take it over, as the refusal says, then it is deployed and the weight stays', async () => {
      await rule.set(ALL_GREEN);
      await weights(ALL_GREEN);
      await deploy();
      expect(await stack()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
      expect(await rule.weights()).toEqual(ALL_GREEN);
    });

    // Not a promise of ours: the native rule is CloudFormation's, and whoever asks for this asks for this.
    test('when drift is reverted, then the rule has the weights of the settings', async () => {
      await deploy('--revert-drift');
      expect(await rule.weights()).toEqual(ALL_GREEN);
    });
  });

  test('when all weight is on green and blue is gone from the settings, then deploying them moves nothing', async () => {
    const before = await rule.describe();
    await road.edit([
      { path: ['live'], value: 'green' },
      { path: ['slots', 'blue'], value: undefined },
    ]);
    await edge('drainSeconds', 3);
    await deploy();
    expect(await stack()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
    expect(await rule.describe()).toEqual(before);
    expect(await rule.weights()).toEqual(ALL_GREEN);
  });
});
