import { planOf } from '../../../lib/traffic/plan-of-settings';

const SETTINGS = {
  stages: [{ share: 0.05, bake: '2m' }, { share: 0.5 }, { share: 1 }],
  bake: '10m',
  soak: '30m',
  maxExtension: '30m',
  minRequests: 100,
  alarms: [],
  periodSeconds: 60 as const,
};
const told = (overrides = {}) => planOf(SETTINGS, overrides).toString();

describe('the plan of the settings', () => {
  test('a stage’s own bake wins over shift.bake; the last stage is soaked', () => {
    expect(told()).toBe('5 % (2m) → 50 % (10m) → 100 % (30m), 42m in all');
  });
  test('the command line wins over all of it, a stage’s own bake too', () => {
    expect(told({ bake: '1m', soak: '5m' })).toBe('5 % (1m) → 50 % (1m) → 100 % (5m), 7m in all');
  });
  test('other shares take the general bake', () => {
    expect(told({ shares: [0.1, 1] })).toBe('10 % (10m) → 100 % (30m), 40m in all');
  });
  test.each([
    [{ linear: 0.5 }, '50 % (10m) → 100 % (30m), 40m in all'],
    [{ canary: 0.02 }, '2 % (10m) → 100 % (30m), 40m in all'],
    [{ allAtOnce: true }, '100 % (30m), 30m in all'],
    [{ allAtOnce: false }, '5 % (2m) → 50 % (10m) → 100 % (30m), 42m in all'],
  ])('%j is %s', (overrides, text) => expect(told(overrides)).toBe(text));
  test.each([{ shares: [0.5, 0.25] }, { shares: [] }, { bake: '0s' }, { canary: 1 }, { linear: 0 }])(
    '%j is refused',
    (overrides) =>
      expect(() => planOf(SETTINGS, overrides)).toThrow(
        expect.objectContaining({ code: 'PLAN_INVALID', exitCode: 64 }),
      ),
  );
});
