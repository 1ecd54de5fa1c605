import { ELB_SCALE, type WeightScale } from '../../../lib/traffic/weights';
import { weightsHeld } from '../../../lib/traffic/weights-held';

/** 0–255 each: Route 53. */
const DNS: WeightScale = { kind: 'total', totals: [256], max: 255 };
/** The old targets keep 1000: Kong upstreams. */
const KONG: WeightScale = { kind: 'oldStays', weight: 100, max: 1000 };

describe('what a router makes of a share', () => {
  test('a load balancer holds 5 % as it is asked', () =>
    expect(weightsHeld(0.05, 'green', ELB_SCALE)).toEqual({
      weights: { blue: 95, green: 5 },
      share: 0.05,
      held: 0.05,
    }));
  test('Route 53 rounds to 256ths', () =>
    expect(weightsHeld(0.02, 'green', DNS, 'route53')).toMatchObject({
      weights: { blue: 251, green: 5 },
      note: 'asked 2 %, held 1.95 %',
    }));
  test('and holds 1/256 at the least', () =>
    expect(weightsHeld(0.001, 'green', DNS, 'route53').note).toBe(
      'asked 0.1 %: Route 53 holds 1/256 = 0.39 % at the least',
    ));
  test('a router whose old side stays', () =>
    expect(weightsHeld(0.02, 'blue', KONG, 'kongUpstream')).toMatchObject({
      weights: { blue: 2, green: 100 },
      note: 'asked 2 %, held 1.96 %',
    }));
  test('everything is held exactly', () => expect(weightsHeld(1, 'green', DNS).note).toBeUndefined());
});
