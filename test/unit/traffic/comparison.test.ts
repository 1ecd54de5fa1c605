import { compare, minutesNeeded, type MinutePair } from '../../../lib/traffic/comparison';

/** Deterministic chance: mulberry32. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

interface Traffic {
  readonly perMinute: number;
  readonly share: (minute: number) => number;
  /** Share of bad events on the old slot in this minute. */
  readonly rate: (minute: number, random: () => number) => number;
  readonly ratio: number;
}

function minute(index: number, { perMinute, share, rate, ratio }: Traffic, random: () => number): MinutePair {
  const to = poisson(perMinute * share(index), random);
  const from = poisson(perMinute * (1 - share(index)), random);
  const bad = rate(index, random);
  return {
    from: { requests: from, events: Math.min(from, poisson(from * bad, random)) },
    to: { requests: to, events: Math.min(to, poisson(to * Math.min(1, bad * ratio), random)) },
  };
}

/** 5, 25 and 50 % for 80 minutes each: 240 looks. */
const ramp = (index: number): number => [0.05, 0.25, 0.5][Math.floor(index / 80)] ?? 0.5;
const BACKGROUNDS: Record<string, Traffic['rate']> = {
  flat: () => 0.001,
  rising: (index) => 0.0005 * (1 + index / 24),
  falling: (index) => 0.0055 * (1 - index / 264),
  'in bursts': (_, random) => (random() < 0.05 ? 0.05 : 0.0005),
};

describe('the comparison of two slots', () => {
  describe.each(Object.entries(BACKGROUNDS))('with errors that are %s on both slots', (_, rate) => {
    test('fails a good slot in at most 1.5 % of shifts at α = 1 %, looked at 240 times', () => {
      const random = chance(7);
      const runs = 400;
      let failed = 0;
      for (let run = 0; run < runs; run += 1) {
        const minutes = Array.from({ length: 240 }, (__, index) =>
          minute(index, { perMinute: 3000, share: ramp, rate, ratio: 1 }, random),
        );
        // FAIL is judged over every prefix, so that this is 240 looks.
        if (compare(minutes).verdict === 'FAIL') failed += 1;
      }
      expect(failed / runs).toBeLessThanOrEqual(0.015);
    });
  });

  test('catches ten times the errors at 5 % of 100 requests/s with 0.1 % errors within 3 minutes, in the median', () => {
    const random = chance(11);
    const traffic = { perMinute: 6000, share: () => 0.05, rate: () => 0.001, ratio: 10 };
    const caught = Array.from({ length: 301 }, () => {
      const minutes: MinutePair[] = [];
      while (minutes.length < 60) {
        minutes.push(minute(minutes.length, traffic, random));
        if (compare(minutes).verdict === 'FAIL') break;
      }
      return minutes.length;
    }).sort((a, b) => a - b);
    expect(caught[150]).toBeLessThanOrEqual(3);
  });

  test('passes a slot with 2.6 times the errors in at most 5 % of shifts, looked at each minute', () => {
    const random = chance(13);
    const passed = Array.from({ length: 300 }, () => {
      const minutes = Array.from({ length: 30 }, (__, index) =>
        minute(index, { perMinute: 3000, share: () => 0.25, rate: () => 0.002, ratio: 2.6 }, random),
      );
      return minutes.some((__, index) => compare(minutes.slice(0, index + 1)).verdict === 'PASS');
    }).filter(Boolean).length;
    expect(passed / 300).toBeLessThanOrEqual(0.05);
  });

  test('passes a slot like the other when there was enough to see', () => {
    const random = chance(17);
    const minutes = Array.from({ length: 60 }, (__, index) =>
      minute(index, { perMinute: 6000, share: () => 0.5, rate: () => 0.002, ratio: 1 }, random),
    );
    expect(compare(minutes)).toMatchObject({ verdict: 'PASS' });
  });

  const quiet = (requests: number): MinutePair => ({ from: { requests, events: 0 }, to: { requests, events: 0 } });

  test('passes on no event in enough requests, and not before', () => {
    // ln 20 / 0.001 = 2996 requests
    expect(compare([quiet(2990)]).verdict).toBe('INCONCLUSIVE');
    expect(compare([quiet(3000)]).verdict).toBe('PASS');
  });

  test('without requests on the new slot it is inconclusive, whatever the old one did', () => {
    const silent = { from: { requests: 1000, events: 50 }, to: { requests: 0, events: 0 } };
    expect(compare([silent])).toMatchObject({ verdict: 'INCONCLUSIVE', reason: 'no requests on the new slot' });
    expect(compare([])).toMatchObject({ verdict: 'INCONCLUSIVE' });
  });

  test('two-sided: a slot that lets everybody in fails by the 401s that it does not answer', () => {
    const minutes = Array.from({ length: 10 }, () => ({
      from: { requests: 950, events: 95 },
      to: { requests: 50, events: 0 },
    }));
    expect(compare(minutes).verdict).not.toBe('FAIL');
    expect(compare(minutes, { twoSided: true }).verdict).toBe('FAIL');
  });

  test('a burst counts for less when the dispersion was measured', () => {
    const burst = { from: { requests: 950, events: 1 }, to: { requests: 50, events: 6 } };
    expect(compare([burst]).verdict).toBe('FAIL');
    expect(compare([burst], { dispersion: 6 }).verdict).not.toBe('FAIL');
  });
});

describe('how long a verdict takes', () => {
  /** Median over seeds of the minutes until the verdict. */
  function median(share: number, ratio: number, wanted: 'PASS' | 'FAIL'): number {
    const random = chance(23);
    const traffic = { perMinute: 6000, share: () => share, rate: () => 0.002, ratio };
    return Array.from({ length: 101 }, () => {
      const minutes: MinutePair[] = [];
      while (minutes.length < 500) {
        minutes.push(minute(minutes.length, traffic, random));
        if (compare(minutes).verdict === wanted) break;
      }
      return minutes.length;
    }).sort((a, b) => a - b)[50]!;
  }

  test.each([
    [0.05, 1, 'PASS'],
    [0.25, 1, 'PASS'],
    [0.05, 4, 'FAIL'],
    [0.5, 2, 'FAIL'],
  ] as const)('is foretold within a factor of two at a share of %d and a ratio of %d: %s', (share, ratio, wanted) => {
    const needed = minutesNeeded({ requestsPerMinute: 6000, share, rate: 0.002 }, { ratio });
    const foretold = wanted === 'PASS' ? needed.pass : needed.fail;
    const seen = median(share, ratio, wanted);
    expect(seen).toBeLessThanOrEqual(Math.ceil(foretold * 2));
    expect(seen).toBeGreaterThanOrEqual(Math.floor(foretold / 2));
  });

  test('without errors it is the absolute bound that passes, and nothing fails', () => {
    const needed = minutesNeeded({ requestsPerMinute: 100, share: 0.05, rate: 0 });
    expect(needed.pass).toBeCloseTo(Math.log(20) / 0.001 / 5);
    expect(needed.fail).toBe(Infinity);
  });
});
