import fc from 'fast-check';
import { allOn, liveSlot, MAX_WEIGHT, otherSlot, shareOf, SLOTS, validateWeights } from '../../../lib/traffic/weights';
import { KongDualClusterError } from '../../../lib/errors';

const weight = fc.integer({ min: 0, max: MAX_WEIGHT });
const weights = fc.record({ blue: weight, green: weight }).filter(({ blue, green }) => blue + green > 0);

describe('weights of two slots', () => {
  test('given any weights that a router takes, when validated, then they come back as they are', () => {
    fc.assert(fc.property(weights, (w) => expect(validateWeights(w)).toEqual(w)));
  });

  test('given any weights, then the shares of the slots are between 0 and 1 and sum to 1', () => {
    fc.assert(
      fc.property(weights, (w) => {
        const shares = SLOTS.map((slot) => shareOf(w, slot));
        for (const share of shares) expect(share >= 0 && share <= 1).toBe(true);
        expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
      }),
    );
  });

  test.each([-5, 5000, 1000, 0.5, Number.NaN])(
    'given a weight of %p, when validated, then it is refused with the value found',
    (value) => {
      expect(() => validateWeights({ blue: value, green: 1 })).toThrow(
        expect.objectContaining({ code: 'WEIGHTS_OUT_OF_RANGE', found: String(value) }),
      );
    },
  );

  test('given both weights 0, when validated, then they are refused: the load balancer would answer 503', () => {
    expect(() => validateWeights({ blue: 0, green: 0 })).toThrow(KongDualClusterError);
  });

  test('given a slot, then all traffic on it means share 1 there and 0 on the other', () => {
    for (const slot of SLOTS) {
      expect(shareOf(allOn(slot), slot)).toBe(1);
      expect(shareOf(allOn(slot), otherSlot(slot))).toBe(0);
    }
  });

  test('given an even split, then no slot is live: the role is derived from the weights alone', () => {
    expect(liveSlot({ blue: 50, green: 50 })).toBeUndefined();
    expect(liveSlot({ blue: 1, green: 99 })).toBe('green');
  });
});
