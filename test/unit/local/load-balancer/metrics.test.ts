import fc from 'fast-check';
import { dimensionOf, MetricsFold } from '../../../../local/load-balancer/metrics';

const LOAD_BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/edge/50dc6c495c0c9188';
const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/0123456789abcdef';
const at = new Date(0);

const sums = (fold: MetricsFold): Record<string, number | undefined> =>
  Object.fromEntries(
    fold
      .drain(at)
      .map((datum) => [
        `${datum.MetricName}${(datum.Dimensions ?? []).length === 2 ? ' of group' : ''}`,
        datum.StatisticValues?.Sum,
      ]),
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
        const total = (field: 'SampleCount' | 'Sum'): number =>
          seen.reduce((sum, datum) => sum + (datum.StatisticValues?.[field] ?? 0), 0);
        expect([total('SampleCount'), total('Sum')]).toEqual([
          times.length,
          times.reduce((sum, time) => sum + time, 0),
        ]);
        if (times.length > 0)
          expect(Math.max(...seen.map((datum) => datum.StatisticValues?.Maximum ?? 0))).toBe(Math.max(...times));
      }),
    );
  });
});
