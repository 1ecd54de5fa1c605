import fc from 'fast-check';
import { albMinute, albQueries, slowerThan } from '../../../lib/metrics/alb-metrics';

const LB = 'arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/kong/50dc6c495c0c9188';
const group = (slot: string) => `arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/${slot}/73e2d6bc24d8a067`;
const minute = (values: Record<string, number>) => albMinute((id) => values[id]);

describe('what is asked of CloudWatch', () => {
  const queries = albQueries({
    loadBalancerArn: LB,
    targetGroupArns: { blue: group('blue'), green: group('green') },
    periodSeconds: 60,
    slowSeconds: 1.5,
  });
  const named = (id: string) => queries.find(({ Id }) => Id === id)?.MetricStat;

  test('is one query a metric, with ids that CloudWatch takes, and fewer than it takes at once', () => {
    expect(new Set(queries.map(({ Id }) => Id)).size).toBe(queries.length);
    expect(queries.every(({ Id }) => /^[a-z][a-zA-Z0-9_]*$/.test(Id ?? ''))).toBe(true);
    expect(queries.length).toBe(20);
  });
  test('is by target group for what is published so', () => {
    expect(named('green_failed')).toEqual({
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'HTTPCode_Target_5XX_Count',
        Dimensions: [
          { Name: 'LoadBalancer', Value: 'app/kong/50dc6c495c0c9188' },
          { Name: 'TargetGroup', Value: 'targetgroup/green/73e2d6bc24d8a067' },
        ],
      },
      Period: 60,
      Stat: 'Sum',
    });
  });
  test('is by load balancer for the errors that it made itself', () => {
    expect(named('lb_made502')?.Metric?.Dimensions).toEqual([
      { Name: 'LoadBalancer', Value: 'app/kong/50dc6c495c0c9188' },
    ]);
  });
  test('counts slow requests by a trimmed count of the response time', () => {
    expect(named('blue_slow')?.Metric?.MetricName).toBe('TargetResponseTime');
    expect(named('blue_slow')?.Stat).toBe('TC(1.5:)');
    expect(slowerThan(1)).toBe('TC(1:)');
  });
});

describe('a minute of a load balancer', () => {
  test('with requests and without errors has none', () => {
    expect(minute({ blue_requests: 100, blue_ok: 100 }).slots).toEqual({
      blue: { requests: 100, errors: 0, slow: 0 },
    });
  });
  test('without a count of requests has no data of that slot, whatever else was published', () => {
    expect(minute({ blue_requests: 10, blue_ok: 10, green_failed: 3 }).slots).not.toHaveProperty('green');
    expect(minute({})).toEqual({ slots: {}, isEmpty: true });
  });
  test('counts 5xx of the nodes, and connections to them that failed', () => {
    const { slots } = minute({
      blue_requests: 100,
      blue_ok: 90,
      blue_failed: 4,
      blue_unconnected: 5,
      blue_untrusted: 1,
      lb_made502: 6,
    });
    expect(slots.blue).toEqual({ requests: 100, errors: 10, slow: 0 });
  });
  test('counts slow requests', () => {
    expect(minute({ green_requests: 5, green_ok: 5, green_slow: 2 }).slots.green?.slow).toBe(2);
  });
  test('gives what the load balancer made to the slot whose requests got no answer', () => {
    const { slots, unattributed } = minute({
      blue_requests: 950,
      blue_ok: 950,
      green_requests: 50,
      green_ok: 40,
      lb_made502: 7,
      lb_made504: 3,
    });
    expect(slots.blue?.errors).toBe(0);
    expect(slots.green?.errors).toBe(10);
    expect(unattributed).toBeUndefined();
  });
  test('divides it where both have requests without an answer', () => {
    const { slots } = minute({ blue_requests: 100, blue_ok: 70, green_requests: 100, green_ok: 90, lb_made504: 20 });
    expect(slots.blue?.errors).toBe(15);
    expect(slots.green?.errors).toBe(5);
  });
  test('takes requests under way at its end for no errors: the load balancer made none', () => {
    expect(minute({ blue_requests: 100, blue_ok: 80 }).slots.blue?.errors).toBe(0);
  });
  test('names nobody for a 503, for which no target was chosen, nor for more than went without an answer', () => {
    expect(minute({ blue_requests: 10, blue_ok: 10, lb_made503: 4 }).unattributed).toBe(4);
    expect(minute({ blue_requests: 10, blue_ok: 8, lb_made502: 5 })).toMatchObject({
      slots: { blue: { errors: 2 } },
      unattributed: 3,
    });
  });
  test('names nobody for errors of requests that had begun earlier: the slot has no requests in it, or fewer', () => {
    expect(
      minute({ blue_requests: 5, blue_ok: 5, green_failed: 3, green_unconnected: 1, lb_made502: 1 }),
    ).toMatchObject({
      slots: { blue: { errors: 0 } },
      unattributed: 4,
    });
    expect(minute({ green_requests: 1, green_failed: 3 })).toMatchObject({
      slots: { green: { requests: 1, errors: 1 } },
      unattributed: 2,
    });
  });
  test('with nothing but 503 is told', () => {
    expect(minute({ lb_made503: 9 })).toEqual({ slots: {}, unattributed: 9, isEmpty: false });
  });

  const count = fc.option(fc.nat(50), { nil: undefined });
  const slot = fc.record({
    requests: count,
    ok: count,
    refused: count,
    failed: count,
    unconnected: count,
    slow: count,
  });
  test('never has more errors or slow requests than requests, and never less than the nodes’ own', () => {
    fc.assert(
      fc.property(slot, slot, count, count, count, (blue, green, made502, made503, made504) => {
        const values: Record<string, number | undefined> = {
          lb_made502: made502,
          lb_made503: made503,
          lb_made504: made504,
        };
        for (const [name, value] of Object.entries(blue)) values[`blue_${name}`] = value;
        for (const [name, value] of Object.entries(green)) values[`green_${name}`] = value;
        const { slots, unattributed } = albMinute((id) => values[id]);
        for (const each of ['blue', 'green'] as const) {
          const seen = slots[each];
          expect(seen === undefined).toBe(values[`${each}_requests`] === undefined);
          if (seen === undefined) continue;
          expect(seen.errors).toBeLessThanOrEqual(seen.requests);
          expect(seen.slow).toBeLessThanOrEqual(seen.requests);
          expect(seen.errors).toBeGreaterThanOrEqual(Math.min(seen.requests, values[`${each}_failed`] ?? 0));
          expect(Number.isInteger(seen.errors)).toBe(true);
        }
        // No error is lost: what the nodes answered and refused, and all that the load balancer made beyond that.
        const of = (name: string): number => (values[`blue_${name}`] ?? 0) + (values[`green_${name}`] ?? 0);
        const made = (made502 ?? 0) + (made504 ?? 0);
        const total = of('failed') + Math.max(of('unconnected'), made) + (made503 ?? 0);
        expect((slots.blue?.errors ?? 0) + (slots.green?.errors ?? 0) + (unattributed ?? 0)).toBe(total);
        expect(unattributed ?? 0).toBeGreaterThanOrEqual(made503 ?? 0);
      }),
    );
  });
});
