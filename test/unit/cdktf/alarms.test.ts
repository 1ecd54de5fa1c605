import type { TerraformStack } from 'cdktf';
import type { EdgeAlarms } from '../../../lib/cdktf/alarms';
import { resolve } from './resolve';
import { watch } from './edge-parts';
import type { Block } from './synth';
import { resources, synth } from './synth';

const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:ops';
const alarmsOf = (build: (stack: TerraformStack) => unknown): Block[] =>
  resources(
    synth((stack) => void build(stack)),
    'aws_cloudwatch_metric_alarm',
  );
const named = (alarms: readonly Block[], name: string): Block =>
  alarms.find(({ alarm_name }) => alarm_name === `kong-edge-${name}`)!;

describe('given the alarms of the edge', () => {
  const alarms = alarmsOf((stack) => watch(stack, TOPIC));

  test('then there are three of each slot and the load balancer’s, by the system’s name', () => {
    expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual([
      'kong-edge-blue-error-share',
      'kong-edge-blue-p99',
      'kong-edge-blue-unhealthy-nodes',
      'kong-edge-green-error-share',
      'kong-edge-green-p99',
      'kong-edge-green-unhealthy-nodes',
      'kong-edge-load-balancer-errors',
    ]);
  });

  test('then a share is an expression that alone returns data, over metrics by the minute', () => {
    const { metric_query: queries, ...alarm } = named(alarms, 'green-error-share');
    const [share, ...metrics] = queries as Block[];
    expect(share).toMatchObject({
      expression: '(FILL(greenErrors, 0) + FILL(greenRefused, 0)) / greenRequests',
      return_data: true,
    });
    expect(share).not.toHaveProperty('metric');
    expect(metrics.map(({ id, return_data }) => [id, return_data])).toEqual([
      ['greenErrors', false],
      ['greenRefused', false],
      ['greenRequests', false],
    ]);
    expect(metrics[1]!['metric']).toEqual({
      namespace: 'AWS/ApplicationELB',
      metric_name: 'TargetConnectionErrorCount',
      stat: 'Sum',
      period: 60,
      dimensions: {
        LoadBalancer: '${data.aws_ssm_parameter.LoadBalancer.insecure_value}',
        TargetGroup: '${data.aws_ssm_parameter.Green.insecure_value}',
      },
    });
    // The provider refuses either beside metric_query.
    for (const single of ['metric_name', 'namespace', 'period', 'statistic', 'extended_statistic', 'dimensions'])
      expect(alarm).not.toHaveProperty(single);
  });

  test('then response time is the 99th percentile, in the argument for percentiles, evaluated however few requests there were', () => {
    const alarm = named(alarms, 'blue-p99');
    expect(alarm).toMatchObject({ metric_name: 'TargetResponseTime', extended_statistic: 'p99', threshold: 1.5 });
    expect(alarm).not.toHaveProperty('statistic');
    expect(alarm).not.toHaveProperty('evaluate_low_sample_count_percentiles');
  });

  test('then one node that does not answer is enough', () => {
    expect(named(alarms, 'blue-unhealthy-nodes')).toMatchObject({ statistic: 'Maximum', threshold: 0, period: 60 });
  });

  test('then a slot without requests is no data and not fine; the load balancer’s own errors are none when nothing is said', () => {
    const missing = alarms.filter(({ treat_missing_data }) => treat_missing_data === 'missing');
    expect(missing).toHaveLength(6);
    expect(named(alarms, 'load-balancer-errors')['treat_missing_data']).toBe('notBreaching');
  });

  test('then three of five minutes ring, and the topic hears all of them', () => {
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        comparison_operator: 'GreaterThanThreshold',
        evaluation_periods: 5,
        datapoints_to_alarm: 3,
        alarm_actions: [TOPIC],
      });
  });
});

test('given no topic, then the alarms tell nobody', () => {
  for (const alarm of alarmsOf((stack) => watch(stack))) expect(alarm).not.toHaveProperty('alarm_actions');
});

test('given whoever uses the construct, then names are there by what they watch', () => {
  let made: EdgeAlarms | undefined;
  let names: Record<string, unknown> = {};
  alarmsOf((stack) => {
    made = watch(stack);
    names = resolve(stack, made.names);
  });
  expect(made!.all).toHaveLength(7);
  const of = (id: string) =>
    expect.stringMatching(new RegExp(`^\\$\\{aws_cloudwatch_metric_alarm.Alarms_${id}_`)) as string;
  expect(names).toEqual({
    blue: [of('BlueErrorShare'), of('BlueP99'), of('BlueUnhealthyNodes')],
    green: [of('GreenErrorShare'), of('GreenP99'), of('GreenUnhealthyNodes')],
    loadBalancer: [of('LoadBalancerErrors')],
  });
});
