import type { CloudWatchClient, GetMetricDataCommand, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { slotMetrics } from '../../../../local/demo/slot-metrics';

/*
 * Models GetMetricData (CloudWatch API): a result for each query by its Id, values beside their timestamps, latest first,
 * in pages by NextToken; no datum where nothing was published.
 */
const epoch = Date.parse('2026-11-21T12:00:00Z');
const of = {
  loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/kong/1',
  targetGroupArns: {
    blue: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/2',
    green: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/green/3',
  },
};
const asked: GetMetricDataCommand[] = [];
const cloudWatch = (...pages: MetricDataResult[][]) =>
  ({
    send: (command: GetMetricDataCommand) => {
      asked.push(command);
      const MetricDataResults = pages.shift();
      return Promise.resolve({ MetricDataResults, NextToken: pages.length > 0 ? 'more' : undefined });
    },
  }) as unknown as CloudWatchClient;
const series = (Id: string, ...data: [second: number, value: number][]): MetricDataResult => ({
  Id,
  Timestamps: data.map(([second]) => new Date(epoch + second * 1000)),
  Values: data.map(([, value]) => value),
});

describe('what the load balancer counted', () => {
  test('given two pages of series, then they are one row a second and slot, in order', async () => {
    const client = cloudWatch(
      [series('blue_requests', [8, 90], [7, 100]), series('green_requests', [8, 5])],
      [series('blue_p50', [8, 0.004]), series('green_p99', [8, 0.2])],
    );
    const { seconds } = await slotMetrics(client, of, epoch, epoch + 10_000);
    expect(seconds.map(({ at, slot, requests, p50, p99 }) => [at, slot, requests, p50, p99])).toEqual([
      [7, 'blue', 100, undefined, undefined],
      [8, 'blue', 90, 0.004, undefined],
      [8, 'green', 5, undefined, 0.2],
    ]);
  });

  test('given 5xx of targets and connections that failed, then both are errors of the slot; the load balancer’s own are not', async () => {
    const client = cloudWatch([
      series('green_requests', [3, 10]),
      series('green_answers5xx', [3, 2]),
      series('green_connectionErrors', [3, 1]),
      series('loadBalancer', [3, 4], [4, 1]),
    ]);
    const { seconds, loadBalancerErrors } = await slotMetrics(client, of, epoch, epoch + 10_000);
    expect(seconds.map(({ errors }) => errors)).toEqual([3]);
    expect(loadBalancerErrors).toBe(5);
  });

  test('given the question, then it asks by the second for each slot’s target group of this load balancer', async () => {
    asked.length = 0;
    await slotMetrics(cloudWatch([]), of, epoch, epoch + 10_000);
    const query = asked[0]?.input.MetricDataQueries?.find(({ Id }) => Id === 'green_requests');
    expect(query?.MetricStat).toEqual({
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCount',
        Dimensions: [
          { Name: 'LoadBalancer', Value: 'app/kong/1' },
          { Name: 'TargetGroup', Value: 'targetgroup/green/3' },
        ],
      },
      Period: 1,
      Stat: 'Sum',
    });
  });
});
