import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricAlarm, MetricDatum, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { App, Stack, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EdgeAlarms } from '../../../lib/aws-cdk/alarms';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, eventually, sleep, startTestWorld } from './helpers';

/** In a test world 60 s of an alarm's period are 1 s. */
jest.setTimeout(120_000);

const Namespace = 'AWS/ApplicationELB';
const LOAD_BALANCER = 'app/edge/1';

let world: World;
let client: CloudWatchClient;
beforeAll(async () => {
  process.env['CDK_VALIDATION'] = 'false';
  world = await startTestWorld();
  client = new CloudWatchClient({ ...clientOptions(world), disableRequestCompression: true });
});
afterAll(async () => world.stop());

const named = async (...AlarmNames: string[]): Promise<MetricAlarm[]> =>
  (await client.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms ?? [];
const stateOf = async (name: string): Promise<string | undefined> => (await named(name))[0]?.StateValue;
const becomes = (name: string, state: string, seconds = 15): Promise<true> =>
  eventually(`${name} in ${state}`, seconds, async () => ((await stateOf(name)) === state ? true : undefined));

type Counts = Readonly<Record<string, number>>;
const datum = (MetricName: string, value: number, slot?: string): MetricDatum => ({
  MetricName,
  Dimensions: [
    { Name: 'LoadBalancer', Value: LOAD_BALANCER },
    ...(slot === undefined ? [] : [{ Name: 'TargetGroup', Value: `targetgroup/${slot}/1` }]),
  ],
  ...(MetricName === 'TargetResponseTime' ? { Values: [value], Counts: [100] } : { Value: value }),
});

/** Publishes the same each half second until `stop`: counts of a slot, or of the load balancer. */
function publish(counts: Counts, slot?: string): { stop(): Promise<void> } {
  let running = true;
  const ended = (async () => {
    while (running) {
      const MetricData = Object.entries(counts).map(([name, value]) => datum(name, value, slot));
      await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
      await sleep(500);
    }
  })();
  return {
    stop() {
      running = false;
      return ended;
    },
  };
}

describe('the alarms of an edge stack', () => {
  const names: Record<string, string> = {};
  beforeAll(async () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Edge');
    const alarms = new EdgeAlarms(stack, 'Alarms', {
      spec: { errorShare: 0.01, p99Seconds: 1 },
      loadBalancerFullName: LOAD_BALANCER,
      targetGroupFullNames: { blue: 'targetgroup/blue/1', green: 'targetgroup/green/1' },
    });
    new cloudwatch.CompositeAlarm(stack, 'AnyOfGreen', {
      compositeAlarmName: 'any-of-green',
      alarmRule: cloudwatch.AlarmRule.anyOf(
        ...Object.values(alarms.green).map((alarm: cloudwatch.Alarm) =>
          cloudwatch.AlarmRule.fromAlarm(alarm, cloudwatch.AlarmState.ALARM),
        ),
      ),
    });
    const made = new TestStack(world, 'edge-alarms');
    const { Parameters: _bootstrap, Rules: _rule, ...template } = Template.fromStack(stack).toJSON();
    expect(await made.create(template)).toBe('CREATE_COMPLETE');
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    for (const { AlarmName } of MetricAlarms!) {
      const id = /Alarms(Blue|Green)?(ErrorShare|P99|UnhealthyNodes|LoadBalancerErrors)/.exec(AlarmName!)!;
      names[`${id[1] ?? ''}${id[2]}`] = AlarmName!;
    }
  });

  test('without requests have INSUFFICIENT_DATA, and that of the load balancer itself is OK', async () => {
    await becomes(names['LoadBalancerErrors']!, 'OK');
    for (const name of ['BlueErrorShare', 'BlueP99', 'BlueUnhealthyNodes', 'GreenErrorShare']) {
      expect(await stateOf(names[name]!)).toBe('INSUFFICIENT_DATA');
    }
  });

  test('follow what a slot shows: OK, ALARM with its composite alarm, OK again, INSUFFICIENT_DATA when it falls silent', async () => {
    const good = publish({ RequestCount: 50, TargetResponseTime: 0.1, UnHealthyHostCount: 0 }, 'green');
    for (const name of ['GreenErrorShare', 'GreenP99', 'GreenUnhealthyNodes']) await becomes(names[name]!, 'OK');
    expect(await stateOf(names['BlueErrorShare']!)).toBe('INSUFFICIENT_DATA');

    const errors = publish({ HTTPCode_Target_5XX_Count: 2 }, 'green');
    await becomes(names['GreenErrorShare']!, 'ALARM');
    const [alarm] = await named(names['GreenErrorShare']!);
    expect(alarm!.StateReason).toMatch(
      /^Threshold Crossed: 3 out of the last [45] datapoints \[.*0\.04.*\] were greater/,
    );
    expect(Date.now() - alarm!.StateUpdatedTimestamp!.getTime()).toBeLessThan(5000);
    expect([await stateOf(names['GreenP99']!), await stateOf(names['GreenUnhealthyNodes']!)]).toEqual(['OK', 'OK']);
    const { CompositeAlarms } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: ['any-of-green'], AlarmTypes: ['CompositeAlarm'] }),
    );
    expect(CompositeAlarms).toMatchObject([{ StateValue: 'ALARM' }]);

    await errors.stop();
    await becomes(names['GreenErrorShare']!, 'OK');
    await good.stop();
    for (const name of ['GreenErrorShare', 'GreenP99']) await becomes(names[name]!, 'INSUFFICIENT_DATA');
  });

  test('go off for slow answers, for a node that is not healthy and for errors of the load balancer itself', async () => {
    const bad = publish({ RequestCount: 50, TargetResponseTime: 3, UnHealthyHostCount: 1 }, 'blue');
    const own = publish({ HTTPCode_ELB_5XX_Count: 1, RequestCount: 50 });
    for (const name of ['BlueP99', 'BlueUnhealthyNodes', 'LoadBalancerErrors']) await becomes(names[name]!, 'ALARM');
    expect(await stateOf(names['BlueErrorShare']!)).toBe('OK');
    await Promise.all([bad.stop(), own.stop()]);
  });
});

const put = (change: Partial<PutMetricAlarmCommandInput> & { AlarmName: string }) =>
  client.send(
    new PutMetricAlarmCommand({
      Namespace,
      MetricName: 'Nothing',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      ...change,
    }),
  );
const set = (AlarmName: string, StateValue: 'OK' | 'ALARM') =>
  client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'on purpose' }));

describe('SetAlarmState', () => {
  test('lasts until the next evaluation finds another state', async () => {
    await put({ AlarmName: 'short', TreatMissingData: 'notBreaching' });
    await becomes('short', 'OK');
    await set('short', 'ALARM');
    expect(await named('short')).toMatchObject([{ StateValue: 'ALARM', StateReason: 'on purpose' }]);
    await becomes('short', 'OK', 3);
  });

  test('holds on an alarm without any data that ignores missing data', async () => {
    await put({ AlarmName: 'held', TreatMissingData: 'ignore' });
    for (const state of ['ALARM', 'OK'] as const) {
      await set('held', state);
      await sleep(3000);
      expect(await named('held')).toMatchObject([{ StateValue: state, StateReason: 'on purpose' }]);
    }
  });
});

test.each([
  ['GreaterThanOrEqualToThreshold', 1, 'ALARM'],
  ['LessThanThreshold', 1, 'OK'],
  ['LessThanOrEqualToThreshold', 1, 'ALARM'],
  ['GreaterThanThreshold', 1, 'OK'],
] as const)('an alarm compares by %s', async (ComparisonOperator, value, state) => {
  const MetricName = `Compare${ComparisonOperator}`;
  await put({ AlarmName: MetricName, MetricName, ComparisonOperator, Dimensions: datum('', 0).Dimensions });
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: [datum(MetricName, value)] }));
  await becomes(MetricName, state, 4);
});

test('a percentile of too few samples leaves the state where the alarm says so, and changes it where not', async () => {
  const p99 = {
    Statistic: undefined,
    ExtendedStatistic: 'p99',
    MetricName: 'Slow',
    Dimensions: datum('', 0).Dimensions,
  };
  await put({ ...p99, AlarmName: 'patient', EvaluateLowSampleCountPercentile: 'ignore' });
  await put({ ...p99, AlarmName: 'hasty' });
  await client.send(
    new PutMetricDataCommand({ Namespace, MetricData: [{ ...datum('Slow', 0), Value: undefined, Values: [5] }] }),
  );
  await becomes('hasty', 'ALARM', 4);
  expect(await stateOf('patient')).toBe('INSUFFICIENT_DATA');
});

test('an alarm that does not exist is not told, and those that do are', async () => {
  await put({ AlarmName: 'there' });
  expect((await named('there', 'not-there')).map(({ AlarmName }) => AlarmName)).toEqual(['there']);
});

test('an alarm that cannot be evaluated is refused', async () => {
  await expect(put({ AlarmName: 'odd', ComparisonOperator: 'LessThanLowerThreshold' })).rejects.toThrow('comparison');
  await expect(put({ AlarmName: 'odd', Statistic: undefined, ExtendedStatistic: 'tm90' })).rejects.toThrow('tm90');
});
