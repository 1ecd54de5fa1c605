import fc from 'fast-check';
import { nearest } from '../../../lib/settings/mistakes';

describe('the nearest known key', () => {
  test.each([
    ['weigths', 'weights'],
    ['LIVE', 'live'],
    ['weightOwnerhsip', 'weightOwnership'],
  ])('of %s is %s', (key, expected) => {
    expect(nearest(key, ['live', 'weights', 'weightOwnership', 'network'])).toBe(expected);
  });

  test('is none when nothing is near', () => {
    expect(nearest('certificate', ['live', 'weights'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  test('of a known key is that key, and otherwise always one of the known', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 3 }), { minLength: 1, selector: (s) => s.toLowerCase() }),
        fc.string(),
        (known, key) => {
          expect(nearest(known[0]!, known)).toBe(known[0]);
          expect([undefined, ...known]).toContain(nearest(key, known));
        },
      ),
    );
  });
});
