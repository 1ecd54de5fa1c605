import fc from 'fast-check';
import {
  allOn,
  liveSlot,
  MAX_WEIGHT,
  otherSlot,
  sameShare,
  shareOf,
  SLOTS,
  validateWeights,
  weightsFor,
} from '../../../lib/traffic/weights';
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

describe('weights for a share', () => {
  const share = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000),
  );
  const slot = fc.constantFrom(...SLOTS);

  test('law: whole numbers that a router takes, of a hundred or of a thousand', () => {
    fc.assert(
      fc.property(share, slot, (s, to) => {
        const w = validateWeights(weightsFor(s, to));
        expect([100, 1000]).toContain(w.blue + w.green);
      }),
    );
  });
  test('law: a share above 0 is never weight 0, and one below 1 never everything', () => {
    fc.assert(
      fc.property(share, slot, (s, to) => {
        const w = weightsFor(s, to);
        expect(w[to] > 0).toBe(s > 0);
        expect(w[otherSlot(to)] > 0).toBe(s < 1);
      }),
      {
        examples: [
          [1e-9, 'green'],
          [1 - 1e-9, 'green'],
          [4e-7, 'blue'],
        ],
      },
    );
  });
  test('law: the share they mean is the one asked for, to half a thousandth, or the smallest step above 0 and below 1', () => {
    fc.assert(
      fc.property(share, slot, (s, to) => {
        const clamped = s === 0 || s === 1 ? s : Math.min(0.999, Math.max(0.001, s));
        expect(Math.abs(shareOf(weightsFor(s, to), to) - clamped)).toBeLessThanOrEqual(0.0005 + 1e-9);
      }),
    );
  });
  test('law: more share is never less weight', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(shareOf(weightsFor(low, 'green'), 'green')).toBeLessThanOrEqual(
          shareOf(weightsFor(high, 'green'), 'green'),
        );
      }),
    );
  });
  test.each([
    [0.05, { blue: 95, green: 5 }],
    [0.29, { blue: 71, green: 29 }],
    [0.005, { blue: 995, green: 5 }],
    [1, { blue: 0, green: 100 }],
    [0, { blue: 100, green: 0 }],
  ])('%d is %j', (s, w) => expect(weightsFor(s, 'green')).toEqual(w));
});

describe('weights that mean the same', () => {
  test('law: multiples are the same, and different shares are not', () => {
    const small = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(fc.record({ blue: small, green: small }), fc.integer({ min: 1, max: 9 }), (w, n) => {
        expect(sameShare(w, { blue: w.blue * n, green: w.green * n })).toBe(true);
      }),
    );
    fc.assert(
      fc.property(weights, weights, (a, b) => {
        expect(sameShare(a, b)).toBe(
          a.blue * b.green === a.green * b.blue && shareOf(a, 'blue') === shareOf(b, 'blue'),
        );
      }),
    );
  });
  test('all-zero is the same as nothing else', () => {
    fc.assert(fc.property(weights, (w) => expect(sameShare(w, { blue: 0, green: 0 })).toBe(false)));
  });
});
