import fc from 'fast-check';
import { percent, TrafficPlan } from '../../../lib/traffic/plan';

const shares = (plan: TrafficPlan): number[] => plan.stages.map(({ share }) => share);
const refused = (found?: string) =>
  expect.objectContaining({ code: 'PLAN_INVALID', exitCode: 64, ...(found !== undefined && { found }) });

describe('a plan', () => {
  test('linear in tenths has ten stages, without the dust of floating point', () => {
    expect(shares(TrafficPlan.linear({ step: 0.1 }))).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });

  test.each([
    [0.3, [0.3, 0.6, 0.9, 1]],
    [0.5, [0.5, 1]],
    [1, [1]],
    [0.999, [0.999, 1]],
  ])('linear by %d is %j', (step, expected) => expect(shares(TrafficPlan.linear({ step }))).toEqual(expected));

  test('canary and allAtOnce', () => {
    expect(shares(TrafficPlan.canary({ share: 0.02 }))).toEqual([0.02, 1]);
    expect(shares(TrafficPlan.allAtOnce())).toEqual([1]);
  });

  test('the standard one bakes 10 minutes and soaks 30', () => {
    expect(TrafficPlan.standard().toString()).toBe('5 % (10m) → 25 % (10m) → 50 % (10m) → 100 % (30m), 1h in all');
  });

  test('knows its time and whether it ends with everything on the new slot', () => {
    const plan = TrafficPlan.custom([
      { share: 0.1, bakeSeconds: 90 },
      { share: 0.5, bakeSeconds: 30 },
    ]);
    expect([plan.totalSeconds, plan.endsWhole]).toEqual([120, false]);
    expect(TrafficPlan.standard().endsWhole).toBe(true);
  });

  test('knows the longest it may take', () => {
    const plan = TrafficPlan.custom([
      { share: 0.1, bakeSeconds: 60 },
      { share: 0.5, bakeSeconds: 60, maxExtensionSeconds: 0 },
      { share: 1, bakeSeconds: 100 },
    ]);
    expect(plan.worstSeconds({ maxExtensionSeconds: 30 })).toBe(60 + 30 + 60 + 100 + 30);
    expect(plan.worstSeconds({ maxExtensionSeconds: 30, whenInconclusive: 'extend' })).toBe(Infinity);
    const one = TrafficPlan.custom([{ share: 1, bakeSeconds: 100, whenInconclusive: 'abort' }]);
    expect(one.worstSeconds({ maxExtensionSeconds: 30, whenInconclusive: 'extend' })).toBe(130);
  });

  test('law: linear rises, ends at 1 and adds the step each time but the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 1000 }), (thousandths) => {
        const all = shares(TrafficPlan.linear({ step: thousandths / 1000 }));
        expect(all.at(-1)).toBe(1);
        expect(all).toHaveLength(Math.ceil(1000 / thousandths));
        all.forEach((share, i) => expect(share).toBe(Math.min(1, ((i + 1) * thousandths) / 1000)));
      }),
    );
  });
});

describe('a plan that is refused, exit code 64', () => {
  const one = (share: number, bakeSeconds = 60) => [{ share, bakeSeconds }];
  test.each([
    ['empty', [], 'none'],
    ['falling', [...one(0.5), ...one(0.25)], 'stage 2 has 25 % after 50 %'],
    ['standing still', [...one(0.5), ...one(0.5)], 'stage 2 has 50 % after 50 %'],
    ['zero', one(0), '0 %'],
    ['negative', one(-0.1), '-10 %'],
    ['more than everything', one(1.2), '120 %'],
    ['NaN', one(Number.NaN), 'NaN'],
    ['infinite', one(Infinity), 'Infinity'],
    ['smaller than a router can hold', one(0.00005), '0.01 %'],
    ['without a bake', one(0.5, 0), '0 s'],
    ['with a bake of NaN', one(0.5, Number.NaN), 'NaN s'],
    ['with an endless bake', one(0.5, Infinity), 'Infinity s'],
    ['asking for a negative number of requests', [{ ...one(0.5)[0]!, minRequests: -1 }], '-1'],
    ['asking for half a request', [{ ...one(0.5)[0]!, minRequests: 0.5 }], '0.5'],
    ['extended by less than nothing', [{ ...one(0.5)[0]!, maxExtensionSeconds: -1 }], '-1 s'],
    ['extended by NaN', [{ ...one(0.5)[0]!, maxExtensionSeconds: Number.NaN }], 'NaN s'],
  ])('%s', (_, stages, found) => expect(() => TrafficPlan.custom(stages)).toThrow(refused(found)));

  test.each([0, -0.1, 1.5, Number.NaN])('linear by %d', (step) =>
    expect(() => TrafficPlan.linear({ step })).toThrow(refused()),
  );
  test('linear by a thousandth has too many stages', () =>
    expect(() => TrafficPlan.linear({ step: 0.001 })).toThrow(refused('1000')));
  test.each([0, 1, 1.2])('canary with %d', (share) => expect(() => TrafficPlan.canary({ share })).toThrow(refused()));
});

describe('percent', () => {
  test.each([
    [0.05, '5 %'],
    [0.005, '0.5 %'],
    [1 / 3, '33.33 %'],
    [0.29, '29 %'],
  ])('%d is %s', (share, text) => expect(percent(share)).toBe(text));
});
