import fc from 'fast-check';
import { UNIQUE_VALUES, valueCounts } from '../../../../local/load-balancer/values';

const milliseconds = fc.integer({ min: 1, max: 30_000 }).map((one) => one / 1000);
const many = fc.array(milliseconds, { minLength: 1, maxLength: 2000, size: 'max' });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

test('up to 150 different values are told as they are, equal ones once with their count', () => {
  expect(valueCounts([0.2, 0.1, 0.2])).toEqual({ values: [0.1, 0.2], counts: [1, 2] });
  const all = Array.from({ length: UNIQUE_VALUES }, (_, n) => n / 1000);
  expect(valueCounts(all).values).toEqual(all);
});

test('no value: nothing', () => {
  expect(valueCounts([])).toEqual({ values: [], counts: [] });
});

test('law: never more than 150; count, sum, smallest and largest stay', () => {
  fc.assert(
    fc.property(many, (given) => {
      const { values, counts } = valueCounts(given);
      expect(values.length).toBeLessThanOrEqual(UNIQUE_VALUES);
      expect(sum(counts)).toBe(given.length);
      expect(sum(values.map((value, n) => value * counts[n]!))).toBeCloseTo(sum(given));
      expect([values[0], values.at(-1)]).toEqual([Math.min(...given), Math.max(...given)]);
    }),
    { numRuns: 50 },
  );
});

test('law: the 99th percentile of what is told is within 10 % of the real one', () => {
  fc.assert(
    fc.property(many, (given) => {
      const { values, counts } = valueCounts(given);
      const told = values.flatMap((value, n) => Array<number>(counts[n]!).fill(value));
      const p99 = (sorted: readonly number[]): number => sorted[Math.ceil(sorted.length * 0.99) - 1]!;
      const real = p99([...given].sort((a, b) => a - b));
      expect(Math.abs(p99(told) - real) / real).toBeLessThan(0.1);
    }),
    { numRuns: 50 },
  );
});
