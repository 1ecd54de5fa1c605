import { compare, type ComparisonOptions, type MinutePair } from '../../../lib/traffic/comparison';
import { dispersionOf } from '../../../lib/traffic/dispersion';
import { overall } from '../../../lib/traffic/gates';
import { gatesOf } from '../../../lib/traffic/gates-of';
import type { SlotMinute } from '../../../lib/traffic/minutes';
import { minuteAt, POLICY, reading, span } from './readings';
import {
  chance,
  median,
  minute,
  minutesUntil,
  one,
  PLANNED,
  poisson,
  RAMP,
  ramp,
  RAMP_MINUTES,
  staged,
  type Traffic,
} from './simulated';

/** Simulated with fixed seeds: docs/gates.md prints these figures. */
const figures: Record<string, string> = {};
afterAll(() => process.env.PRINT_LAWS && process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`));

const shiftOf = (traffic: Traffic, random: () => number, looks = 240): MinutePair[] =>
  Array.from({ length: looks }, (_, index) => minute(index, traffic, random));

/** Share of shifts that fail, looked at 240 times over a ramp: FAIL is judged over every prefix. */
function failures(traffic: Traffic, runs: number, seed: number, options: () => ComparisonOptions = () => ({})): number {
  const random = chance(seed);
  let failed = 0;
  for (let run = 0; run < runs; run += 1)
    if (compare(staged(shiftOf(traffic, random)), options(), PLANNED).verdict === 'FAIL') failed += 1;
  return failed / runs;
}

const BACKGROUNDS: Record<string, Traffic['rate']> = {
  flat: () => 0.001,
  rising: (index) => 0.0005 * (1 + index / 24),
  falling: (index) => 0.0055 * (1 - index / 264),
  'in bursts on both slots': (_, random) => (random() < 0.05 ? 0.05 : 0.0005),
};
const GOOD: Traffic = { perMinute: 3000, share: ramp, rate: () => 0.001, ratio: () => 1 };

describe('false alarms at α = 1 %, over 240 looks and a weight ramp, are at most 1.5 %', () => {
  test.each(Object.entries(BACKGROUNDS))('with errors that are %s', (name, rate) => {
    const seen = failures({ ...GOOD, rate }, 400, 7);
    figures[`false alarms, ${name}`] = `${seen * 100} % of 400`;
    expect(seen).toBeLessThanOrEqual(0.015);
  });

  test('of a slot at the edge of what is tolerated', () => {
    const seen = failures({ ...GOOD, ratio: () => 1.25 }, 400, 8);
    figures['false alarms, 1.25 times the errors'] = `${seen * 100} % of 400`;
    expect(seen).toBeLessThanOrEqual(0.015);
  });

  test.each([4, 10])('with clusters of up to %d on one slot, and the dispersion measured before', (cluster) => {
    const traffic = { ...GOOD, cluster };
    const before = chance(40 + cluster);
    const seen = failures(traffic, 400, 9, () => ({ dispersion: measured(traffic, before) }));
    const unmeasured = failures(traffic, 60, 9);
    figures[`false alarms, clusters of up to ${cluster}`] =
      `${seen * 100} % of 400; unmeasured ${Math.round(unmeasured * 1000) / 10} % of 60`;
    expect(seen).toBeLessThanOrEqual(0.015);
    // The test would be empty if clusters did no harm.
    expect(unmeasured).toBeGreaterThan(0.03);
  });
});

describe('bursts in one minute of twenty, and the dispersion measured before', () => {
  const bursty: Traffic = { ...GOOD, rate: (_, random) => (random() < 0.05 ? 0.05 : 0.0005) };

  test('on both slots in the same minutes: no false alarms, and the evidence is not divided by a hundred', () => {
    const before = chance(44);
    const phis: number[] = [];
    const seen = failures(bursty, 400, 9, () => {
      const dispersion = measured(bursty, before);
      phis.push(dispersion);
      return { dispersion };
    });
    figures['bursts on both slots, measured before'] = `${seen * 100} % of 400, median dispersion ${median(phis)}`;
    expect(seen).toBeLessThanOrEqual(0.015);
    expect(median(phis)).toBeLessThan(3);
  });

  test('on one slot alone: not measured, and taken for a fault of that slot, which docs/gates.md says', () => {
    const random = chance(46);
    const alone = (): MinutePair[] =>
      Array.from({ length: 240 }, (_, index) => {
        const [a, b] = [minute(index, bursty, random), minute(index, bursty, random)];
        return { from: a.from, to: b.to };
      });
    const runs = 60;
    const failed = Array.from({ length: runs }, () => {
      const dispersion = measured(bursty, random);
      return compare(staged(alone()), { dispersion }, PLANNED).verdict;
    }).filter((verdict) => verdict === 'FAIL').length;
    figures['bursts on one slot alone'] = `${Math.round((failed / runs) * 100)} % of ${runs}`;
    expect(failed / runs).toBeGreaterThan(0.5);
  });
});

test('false alarms of errors, slow requests, 401, 403 and 429 together are at most 1.5 % of shifts', () => {
  const random = chance(59);
  const runs = 100;
  const slot = (requests: number): SlotMinute => {
    const some = (share: number): number => Math.min(requests, poisson(requests * share, random));
    const refusals = { '401': some(0.02), '403': some(0.004), '429': some(0.001) };
    return { requests, errors: some(0.001), slow: some(0.005), refusals };
  };
  const spans = RAMP.map((share, i) => span(i, share, i * RAMP_MINUTES, (i + 1) * RAMP_MINUTES));
  const stages = RAMP.map((share) => ({ share }));
  const failed = Array.from({ length: runs }, () => {
    const minutes = Array.from({ length: 240 }, (_, index) => {
      const green = poisson(3000 * ramp(index), random);
      return minuteAt(index, slot(3000 - green), slot(green));
    });
    const asked = { readings: [reading(minutes)], policy: POLICY, stages, spans };
    return overall(gatesOf({ ...asked, from: 'blue', to: 'green' }));
  }).filter((verdict) => verdict === 'FAIL').length;
  figures['false alarms, all gates together'] = `${(failed / runs) * 100} % of ${runs}`;
  expect(failed / runs).toBeLessThanOrEqual(0.015);
});

/** Blue against blue for three hours before the shift, in consecutive minutes. */
function measured(traffic: Traffic, random: () => number): number {
  const alone: Traffic = { ...traffic, share: () => 0 };
  const pairs = Array.from({ length: 90 }, (_, index) => {
    const [a, b] = [minute(2 * index, alone, random), minute(2 * index + 1, alone, random)];
    return { from: a.from, to: b.from };
  });
  return dispersionOf(pairs)?.dispersion ?? 1;
}

describe('false passes at β = 5 %, looked at each minute of a stage', () => {
  test.each([
    ['exactly harmful, 0.2 % errors', 2.5, 0.002, 200],
    ['exactly harmful, 0.04 % errors: the objective', 2.5, 0.0004, 500],
    ['ten times the errors, 0.1 %', 10, 0.001, 200],
    ['ten times the errors, 0.01 %: the objective', 10, 0.0001, 200],
  ] as const)('%s', (name, ratio, rate, runs) => {
    const random = chance(13);
    const traffic: Traffic = { perMinute: 3000, share: () => 0.25, rate: () => rate, ratio: () => ratio };
    const passed = Array.from({ length: runs }, () =>
      minutesUntil('PASS', 30, (index) => minute(index, traffic, random)),
    ).filter((minutes) => minutes <= 30).length;
    figures[`false passes, ${name}`] = `${(passed / runs) * 100} % of ${runs}`;
    expect(passed / runs).toBeLessThanOrEqual(0.05);
  });
});

describe('faults are caught', () => {
  const BROKEN: Traffic = { perMinute: 6000, share: () => 0.05, rate: () => 0.001, ratio: () => 10 };
  const judge = (options: ComparisonOptions = {}) => ({
    first: (minutes: readonly MinutePair[]) => compare(one(minutes), options, PLANNED),
    ramp: (minutes: readonly MinutePair[]) => compare(staged(minutes), options, PLANNED),
  });
  /** Minutes after the beginning of a fault until FAIL. */
  function caught(traffic: Traffic, seed: number, runs: number, from = 0, options: ComparisonOptions = {}): number[] {
    const random = chance(seed);
    return Array.from({ length: runs }, () => {
      const minutes = Array.from({ length: from }, (_, index) => minute(index, traffic, random));
      return minutesUntil(
        'FAIL',
        240 - from,
        (index) => minute(index + from, traffic, random),
        (after) => judge(options).ramp([...minutes, ...after]),
      );
    });
  }

  test.each([
    ['α for this gate alone', 0.01],
    ['the half of α that errors have by default', 0.005],
  ])(
    'ten times the errors at 5 % of 100 requests/s with 0.1 % errors: a median of at most 3 minutes (%s)',
    (name, alpha) => {
      const random = chance(11);
      const minutes = Array.from({ length: 301 }, () =>
        minutesUntil('FAIL', 60, (index) => minute(index, BROKEN, random), judge({ alpha }).first),
      );
      figures[`ten times the errors at 5 %, ${name}`] =
        `median ${median(minutes)} min of 301, slowest ${Math.max(...minutes)}`;
      expect(median(minutes)).toBeLessThanOrEqual(3);
    },
  );

  test.each([
    ['at the beginning of stage 3', 160, 10, 3],
    ['40 minutes into stage 3', 200, 10, 3],
    ['40 minutes into stage 1', 40, 10, 6],
    ['40 minutes into stage 3, of three times the errors only', 200, 3, 20],
  ] as const)('a fault that begins %s', (name, from, ratio, atMost) => {
    const traffic: Traffic = { ...BROKEN, share: ramp, ratio: (index) => (index < from ? 1 : ratio) };
    const minutes = caught(traffic, 19, 41, from);
    figures[`a fault that begins ${name}`] = `median ${median(minutes)} min of 41, slowest ${Math.max(...minutes)}`;
    expect(median(minutes)).toBeLessThanOrEqual(atMost);
  });

  test('a slow leak, from once to ten times the errors in an hour of stage 3', () => {
    const from = 2 * RAMP_MINUTES;
    const traffic: Traffic = {
      ...BROKEN,
      share: ramp,
      ratio: (index) => (index < from ? 1 : 1 + ((index - from) * 9) / 60),
    };
    const minutes = caught(traffic, 29, 31, from);
    figures['a slow leak in stage 3'] = `median ${median(minutes)} min of 31, slowest ${Math.max(...minutes)}`;
    expect(median(minutes)).toBeLessThanOrEqual(30);
    expect(Math.max(...minutes)).toBeLessThanOrEqual(60);
  });

  describe('with all traffic on the new slot, against 30 minutes of the old one before', () => {
    /** Shifts of 100 whose soak of 30 minutes gets the verdict, when errors are so many times those from before. */
    function soaks(times: number, wanted: 'PASS' | 'FAIL', seed: number): number {
      const random = chance(seed);
      const before: Traffic = { perMinute: 6000, share: () => 0.5, rate: () => 0.002, ratio: () => 1 };
      const after: Traffic = { ...before, share: () => 1, ratio: () => times };
      return Array.from({ length: 100 }, () => {
        const minutes = Array.from({ length: 30 }, (_, index) => minute(index, after, random));
        const reference = minutes.map(({ to }, index) => ({ from: minute(index, before, random).from, to }));
        return compare([{ stage: 0, minutes, reference }], {}, { shares: [1] }).verdict;
      }).filter((verdict) => verdict === wanted).length;
    }

    test('a slot like the old one passes', () => expect(soaks(1, 'PASS', 43)).toBeGreaterThanOrEqual(95));
    test('errors that double with the time of day are no reason to go back', () => {
      figures['soak, errors doubled with the time of day'] = `${soaks(2, 'FAIL', 47)} of 100 fail`;
      expect(soaks(2, 'FAIL', 47)).toBe(0);
    });
    test('ten times the errors fail', () => expect(soaks(10, 'FAIL', 53)).toBe(100));
  });

  test('401s that disappear on the new slot', () => {
    const traffic: Traffic = { ...BROKEN, rate: () => 0.02, ratio: () => 0 };
    // A third of the quarter of α that refusals have by default.
    const minutes = caught({ ...traffic, share: ramp }, 31, 41, 0, { twoSided: true, alpha: 0.01 / 12 });
    figures['401s gone, 2 % on the old slot, at 5 %'] =
      `median ${median(minutes)} min of 41, slowest ${Math.max(...minutes)}`;
    expect(median(minutes)).toBeLessThanOrEqual(4);
  });
});
