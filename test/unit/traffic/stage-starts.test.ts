import fc from 'fast-check';
import { StageStarts } from '../../../lib/traffic/stage-starts';

describe('the prior over the moment at which a fault begins', () => {
  test('law: it adds up to 1 at most, however long the stages are and whatever is resumed', () => {
    const shares = fc.uniqueArray(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        shares,
        fc.array(fc.nat(5), { maxLength: 2000 }),
        fc.constantFrom(1, 60, 3600),
        (all, visits, period) => {
          const starts = new StageStarts(all, period);
          const total = visits.reduce((sum, visit) => sum + starts.next(visit % all.length), 0);
          expect(total).toBeLessThanOrEqual(1 + 1e-9);
          const masses = all.map((_, stage) => starts.massOf(stage));
          expect(masses.reduce((a, b) => a + b, 0)).toBeCloseTo(1);
        },
      ),
    );
  });

  test('half of a stage lies on its first period, and a small share has most', () => {
    const starts = new StageStarts([0.05, 0.25, 0.5], 60);
    expect(starts.massOf(0)).toBeCloseTo(20 / 26);
    expect(starts.next(0)).toBeCloseTo(10 / 26);
    expect(starts.next(0)).toBeCloseTo(10 / 26 / 30);
    expect(starts.next(2)).toBeCloseTo(1 / 26);
  });
});
