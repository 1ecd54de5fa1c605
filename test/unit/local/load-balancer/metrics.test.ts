import fc from 'fast-check';
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { dimensionOf, MetricsFold } from '../../../../local/load-balancer/metrics';

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/edge/50dc6c495c0c9188';
const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/0123456789abcdef';
const at = new Date(0);

/** Sum and number of the samples of a datum, whichever way it tells them. */
const sumOf = ({ StatisticValues, Values = [], Counts = [] }: MetricDatum): number =>
  StatisticValues?.Sum ?? Values.reduce((sum, value, n) => sum + value * (Counts[n] ?? 1), 0);
const countOf = ({ StatisticValues, Counts = [] }: MetricDatum): number =>
  StatisticValues?.SampleCount ?? Counts.reduce((sum, count) => sum + count, 0);

const sums = (fold: MetricsFold): Record<string, number | undefined> =>
  Object.fromEntries(
    fold
      .drain(at)
      .map((datum) => [`${datum.MetricName}${(datum.Dimensions ?? []).length === 2 ? ' of group' : ''}`, sumOf(datum)]),
  );

describe('metrics', () => {
  test('dimensions are named as AWS names them', () => {
    expect([LOAD_BALANCER, GROUP].map(dimensionOf)).toEqual([
      'app/edge/50dc6c495c0c9188',
      'targetgroup/blue/0123456789abcdef',
    ]);
  });

  test('nothing happened: no data, not a zero', () => {
    expect(new MetricsFold().drain(at)).toEqual([]);
  });

  test("a target's 5xx is the load balancer's and the group's; a 502 that the load balancer made is never the group's", () => {
    const fold = new MetricsFold();
    fold.request(LOAD_BALANCER, GROUP);
    fold.targetAnswer(LOAD_BALANCER, GROUP, 500, 0.25);
    fold.request(LOAD_BALANCER, GROUP);
    fold.loadBalancerError(LOAD_BALANCER, 502);
    expect(sums(fold)).toEqual({
      RequestCount: 2,
      'RequestCount of group': 2,
      HTTPCode_Target_5XX_Count: 1,
      'HTTPCode_Target_5XX_Count of group': 1,
      TargetResponseTime: 0.25,
      'TargetResponseTime of group': 0.25,
      HTTPCode_ELB_5XX_Count: 1,
      HTTPCode_ELB_502_Count: 1,
    });
  });

  test('response times are told as values, from which CloudWatch computes percentiles; counts as statistic sets', () => {
    const fold = new MetricsFold();
    for (const seconds of [0.5, 0.25, 0.5]) fold.targetAnswer(LOAD_BALANCER, GROUP, 200, seconds);
    const [count, , time] = fold.drain(at);
    expect(time).toMatchObject({ MetricName: 'TargetResponseTime', Values: [0.25, 0.5], Counts: [1, 2] });
    expect(time).not.toHaveProperty('StatisticValues');
    expect(count).toMatchObject({ StatisticValues: { SampleCount: 3, Sum: 3, Minimum: 1, Maximum: 1 } });
  });

  test('host counts are reported for the group, also when they are zero', () => {
    const fold = new MetricsFold();
    fold.hosts(LOAD_BALANCER, GROUP, 2, 0);
    expect(sums(fold)).toEqual({ 'HealthyHostCount of group': 2, 'UnHealthyHostCount of group': 0 });
  });

  test('law: however the times are split over rounds, counts and sums add up and the extremes are kept', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 10_000 })), { minLength: 1 }), (rounds) => {
        const fold = new MetricsFold();
        const times = rounds.flat();
        const seen = rounds.flatMap((round) => {
          for (const time of round) fold.targetAnswer(LOAD_BALANCER, GROUP, 200, time);
          return fold
            .drain(at)
            .filter(({ MetricName, Dimensions }) => MetricName === 'TargetResponseTime' && Dimensions?.length === 1);
        });
        const total = (of: (datum: MetricDatum) => number): number => seen.reduce((sum, datum) => sum + of(datum), 0);
        expect(total(countOf)).toBe(times.length);
        expect(total(sumOf)).toBeCloseTo(times.reduce((sum, time) => sum + time, 0));
        if (times.length > 0) expect(Math.max(...seen.map(({ Values }) => Values!.at(-1)!))).toBe(Math.max(...times));
      }),
    );
  });
});
