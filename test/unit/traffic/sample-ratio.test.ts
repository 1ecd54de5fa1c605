import { sampleRatio, shareTolerance } from '../../../lib/traffic/sample-ratio';
import { chance } from './simulated';

const asked = (to: number, all: number, set: number, tolerance?: number) =>
  sampleRatio({ requests: { from: all - to, to }, set, to: 'green', ...(tolerance !== undefined && { tolerance }) });

describe('the share seen against the share set', () => {
  test('passes by chance in more than 99 of 100 looks, and holds else', () => {
    const random = chance(3);
    for (const set of [0.01, 0.05, 0.5]) {
      const held = Array.from({ length: 400 }, () => {
        const to = Array.from({ length: 2000 }, () => (random() < set ? 1 : 0)).reduce<number>((a, b) => a + b, 0);
        return asked(to, 2000, set).verdict;
      }).filter((verdict) => verdict !== 'PASS').length;
      expect(held / 400).toBeLessThanOrEqual(0.01);
    }
  });

  test('too few on the new slot: it holds, and says what it may be', () => {
    expect(asked(10, 10_000, 0.05)).toEqual({
      gate: 'sampleRatio',
      verdict: 'INCONCLUSIVE',
      reason:
        '0.1 % of 10000 requests on green, 5 % set: clients that stay with their slot, DNS caches, or nodes of green that do not take their part',
    });
  });

  test('too many on the new slot: other causes', () =>
    expect(asked(2000, 10_000, 0.05).reason).toContain('one big client behind one address'));
  test('never a FAIL, however far it is off', () => expect(asked(0, 1_000_000, 0.5).verdict).toBe('INCONCLUSIVE'));
  test('with fewer than ten expected requests nothing can be told', () =>
    expect(asked(9, 180, 0.05).reason).toBe('9 of 180 requests on green: too few to tell the share'));
  test('a sticky router may be off by what the caller says', () => {
    expect(asked(2000, 100_000, 0.05).verdict).toBe('INCONCLUSIVE');
    expect(asked(2000, 100_000, 0.05, 0.04).verdict).toBe('PASS');
  });
  test('with everything set, requests that were under way may still end on the old slot', () => {
    expect(asked(9970, 10_000, 1).verdict).toBe('PASS');
    expect(asked(9000, 10_000, 1).verdict).toBe('INCONCLUSIVE');
  });
  test('the tolerance shrinks to the floor', () => expect(shareTolerance(1e9, 0.5)).toBeCloseTo(0.005, 3));
  test('a small share has a small floor', () => expect(asked(600, 100_000, 0.01).verdict).toBe('INCONCLUSIVE'));
});
