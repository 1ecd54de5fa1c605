import fc from 'fast-check';
import { logSum, RestartedMixture } from '../../../lib/traffic/restarted-mixture';

/** Log-likelihood ratios of a toss against a fair coin, for coins that fall so often on heads. */
const COINS = [0.6, 0.9];
const gains = (isHead: boolean): number[] => COINS.map((heads) => Math.log((isHead ? heads : 1 - heads) / 0.5));

/** The evidence against a fair coin after these tosses. */
function evidence(tosses: readonly boolean[], starts: readonly number[]): number {
  const mixture = new RestartedMixture([0.7, 0.3]);
  tosses.forEach((toss, index) => mixture.add(starts[index] ?? 0, gains(toss)));
  return Math.exp(mixture.logE());
}

describe('an e-process that may begin at any period', () => {
  test('law: with a fair coin its mean over everything that can happen is 1, whatever the prior of the starts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.6, noNaN: true }), { minLength: 8, maxLength: 8 }), (starts) => {
        const all = Array.from({ length: 256 }, (_, bits) =>
          evidence(
            Array.from({ length: 8 }, (__, i) => (bits & (1 << i)) !== 0),
            starts,
          ),
        );
        expect(all.reduce((a, b) => a + b, 0) / 256).toBeCloseTo(1, 9);
      }),
      { numRuns: 50 },
    );
  });

  test('before the first period it is 1', () => expect(new RestartedMixture([1]).logE()).toBe(0));

  test('a coin that goes bad late is seen behind a hundred good tosses', () => {
    const good = Array.from({ length: 200 }, (_, i) => i % 2 === 0);
    const bad = Array.from({ length: 30 }, () => true);
    const spread = [0.5, ...Array.from({ length: 229 }, () => 0.5 / 229)];
    expect(evidence([...good, ...bad], spread)).toBeGreaterThan(100);
    // Begun at the first toss alone, it is still far from 100.
    expect(evidence([...good, ...bad], [1])).toBeLessThan(10);
  });

  test('what has become impossible adds nothing', () => {
    expect(logSum([])).toBe(-Infinity);
    expect(logSum([-Infinity, 0])).toBe(0);
    expect(logSum([1000, 1000])).toBeCloseTo(1000 + Math.log(2));
  });
});
