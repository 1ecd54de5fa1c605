import * as fc from 'fast-check';
import { TrafficPlan } from '../../../lib/traffic/plan';
import { samplesNeeded, type SamplePlan } from '../../../lib/traffic/samples-needed';
import { workablePlan } from '../../../lib/traffic/workable-plan';
import { POLICY } from './readings';

const plan = (requestsPerMinute: number, more: Partial<SamplePlan> = {}): SamplePlan => ({
  stages: TrafficPlan.standard().stages,
  traffic: { requestsPerMinute, errorRate: 0 },
  policy: POLICY,
  shift: { maxExtensionSeconds: 1800, minRequests: 100 },
  delaySeconds: 120,
  ...more,
});

test('nothing to propose where every stage can have a verdict', () => expect(workablePlan(plan(600))).toBeUndefined());

test('200 requests a minute: fewer stages, or more time', () =>
  expect(workablePlan(plan(200))).toEqual({
    shares: [0.16, 0.29, 0.54, 1],
    maxExtensionSeconds: 5580,
    objective: 0.005,
  }));

test('everything at once, or nearly, is never proposed', () => {
  const poor = plan(600, { traffic: { requestsPerMinute: 600, errorRate: 0.001 } });
  expect(workablePlan(poor)).toEqual({ maxExtensionSeconds: 6960, objective: 0.005 });
  expect(workablePlan(plan(120))).not.toHaveProperty('shares');
});

test('without traffic there is no way', () => expect(workablePlan(plan(0))).toEqual({}));

test('a stage with an extension of its own is not helped by the shift’s', () => {
  const [first, ...rest] = TrafficPlan.standard().stages;
  const stages = [{ ...first!, maxExtensionSeconds: 60 }, ...rest];
  expect(workablePlan(plan(600, { stages }))).toMatchObject({ shares: expect.any(Array) as unknown });
  expect(workablePlan(plan(600, { stages }))).not.toHaveProperty('maxExtensionSeconds');
});

test('what is proposed has a verdict in every stage', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom(0, 0.0002, 0.002, 0.3), (traffic, errorRate) => {
      const asked = plan(traffic, { traffic: { requestsPerMinute: traffic, errorRate } });
      const found = workablePlan(asked);
      const able = (candidate: SamplePlan): boolean =>
        samplesNeeded(candidate).every(({ within }) => within !== 'never');
      if (found === undefined) return expect(able(asked)).toBe(true);
      const { shares, maxExtensionSeconds, objective } = found;
      if (shares) {
        expect(shares.at(-1)).toBe(1);
        const stages = shares.map((share) => ({ share, bakeSeconds: share === 1 ? 1800 : 600 }));
        expect(able({ ...asked, stages })).toBe(true);
      }
      if (maxExtensionSeconds !== undefined)
        expect(able({ ...asked, shift: { ...asked.shift, maxExtensionSeconds } })).toBe(true);
      if (objective !== undefined)
        expect(able({ ...asked, policy: { ...POLICY, comparison: { objective } } })).toBe(true);
    }),
    { numRuns: 60 },
  ));
