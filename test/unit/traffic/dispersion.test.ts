import { consecutivePairs, dispersionOf, dispersionsOf } from '../../../lib/traffic/dispersion';
import { minuteAt, minutes, reading } from './readings';
import { chance, events, poisson } from './simulated';

/** Pairs of halves with so many errors a minute, in clusters. */
function pairs(count: number, mean: number, cluster: number, random: () => number) {
  const half = () => ({ requests: poisson(1000, random), events: events(mean, cluster, random) });
  return Array.from({ length: count }, () => ({ from: half(), to: half() }));
}

describe('how bursty errors are', () => {
  test('errors that come by chance have 1, in nine of ten measurements', () => {
    const random = chance(5);
    const measured = Array.from({ length: 300 }, () => dispersionOf(pairs(90, 5, 1, random))!.dispersion);
    expect(measured.filter((value) => value === 1).length / 300).toBeGreaterThan(0.85);
    expect(Math.max(...measured)).toBeLessThan(2.5);
  });

  test.each([
    // Mean of the squares over the mean of the sizes 1 … n: (2n + 1) / 3.
    [4, 3],
    [10, 7],
  ])('clusters of up to %d have at least %d, in eight of ten measurements', (cluster, least) => {
    const random = chance(6);
    const measured = Array.from({ length: 300 }, () => dispersionOf(pairs(90, 5, cluster, random))!.dispersion);
    expect(measured.filter((value) => value >= least).length / 300).toBeGreaterThan(0.8);
    expect(measured.reduce((a, b) => a + b, 0) / 300).toBeLessThan(least * 1.5);
  });

  test('an upstream that breaks in one minute of twenty does not make all evidence worthless', () => {
    const random = chance(7);
    const half = () => {
      const errors = random() < 0.05 ? poisson(150, random) : poisson(2, random);
      return { requests: 3000, events: errors };
    };
    const measured = Array.from(
      { length: 100 },
      () => dispersionOf(Array.from({ length: 90 }, () => ({ from: half(), to: half() })))!.dispersion,
    );
    expect(measured.toSorted((a, b) => a - b)[90]).toBeLessThan(4);
  });

  test('one event a pair says nothing of clusters, and does not pretend to', () => {
    const lone = Array.from({ length: 50 }, (_, i) => ({
      from: { requests: 100, events: i % 2 },
      to: { requests: 100, events: (i + 1) % 2 },
    }));
    expect(dispersionOf(lone)).toEqual({ dispersion: 1, inTime: 1, pairs: 50 });
  });

  test('with too few pairs nobody can tell', () => {
    expect(dispersionOf([])).toBeUndefined();
    expect(dispersionOf(pairs(9, 5, 1, chance(1)))).toBeUndefined();
    const quiet = { from: { requests: 9, events: 0 }, to: { requests: 9, events: 0 } };
    expect(dispersionOf(Array.from({ length: 90 }, () => quiet))).toBeUndefined();
  });
});

describe('from what a source says', () => {
  const blue = (errors: number) => ({ requests: 100, errors });

  test('consecutive minutes, none in two pairs, only settled ones', () => {
    const all = [minuteAt(0, blue(1)), minuteAt(1, blue(2)), minuteAt(2), minuteAt(3, blue(3)), minuteAt(4, blue(4))];
    const open = { ...minuteAt(5, blue(9)), settled: false };
    expect(consecutivePairs([...all, open], 'blue', 'errors').map(({ from, to }) => [from.events, to.events])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('of each kind that is told; the most that any source shows', () => {
    const even = reading(minutes(0, 40, { requests: 100, errors: 4, slow: 5 }));
    const bursts = reading(Array.from({ length: 40 }, (_, i) => minuteAt(i, blue(i % 2 === 0 ? 0 : 8))));
    expect(dispersionsOf([even], 'blue')).toEqual({ errors: 1, slow: 1 });
    const both = dispersionsOf([even, bursts], 'blue');
    expect(both.errors).toBeGreaterThan(8);
    expect(dispersionsOf([even], 'green')).toEqual({});
  });
});
