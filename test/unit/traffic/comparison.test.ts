import { compare, minutesNeeded, type MinutePair } from '../../../lib/traffic/comparison';
import { chance, median, minute, minutesUntil, one, poisson } from './simulated';

const quiet = (requests: number): MinutePair => ({ from: { requests, events: 0 }, to: { requests, events: 0 } });
const alike = (index: number, random: () => number, share = 0.5, ratio = 1) =>
  minute(index, { perMinute: 6000, share: () => share, rate: () => 0.002, ratio: () => ratio }, random);

describe('the comparison of two slots', () => {
  test('passes a slot like the other when there was enough to see', () => {
    const random = chance(17);
    const minutes = Array.from({ length: 60 }, (_, index) => alike(index, random));
    expect(compare(one(minutes))).toMatchObject({ verdict: 'PASS' });
  });

  test('passes on no event in enough requests, and not before: just under ln(1 / (0.35 · 0.05)) / 0.001 = 4044', () => {
    expect(compare(one([quiet(3945)])).verdict).toBe('INCONCLUSIVE');
    expect(compare(one([quiet(3946)])).verdict).toBe('PASS');
  });

  test('passes with a few events too, when their share is well below the objective', () => {
    const few = { from: { requests: 0, events: 0 }, to: { requests: 20_000, events: 4 } };
    expect(compare(one([few])).verdict).toBe('PASS');
    expect(compare(one([{ ...few, to: { requests: 20_000, events: 18 } }])).verdict).toBe('INCONCLUSIVE');
  });

  test('a stage passes by its own minutes: what an earlier one gathered does not count', () => {
    const before = { stage: 0, minutes: [quiet(100_000)] };
    expect(compare([before], {}, { shares: [0.05, 0.5] }).verdict).toBe('PASS');
    expect(compare([before, { stage: 1, minutes: [quiet(50)] }], {}, { shares: [0.05, 0.5] }).verdict).toBe(
      'INCONCLUSIVE',
    );
  });

  test('without requests on the new slot it is inconclusive, whatever the old one did', () => {
    const silent = { from: { requests: 1000, events: 50 }, to: { requests: 0, events: 0 } };
    expect(compare(one([silent]))).toMatchObject({ verdict: 'INCONCLUSIVE', reason: 'no requests on the new slot' });
    expect(compare([])).toMatchObject({ verdict: 'INCONCLUSIVE' });
  });

  test('two-sided: a slot that lets everybody in fails by the 401s that it does not answer', () => {
    const minutes = Array.from({ length: 10 }, () => ({
      from: { requests: 950, events: 95 },
      to: { requests: 50, events: 0 },
    }));
    expect(compare(one(minutes)).verdict).not.toBe('FAIL');
    expect(compare(one(minutes), { twoSided: true }).verdict).toBe('FAIL');
  });

  test('two-sided: no event on either slot passes only when both were asked often enough', () => {
    const half = { from: { requests: 300, events: 0 }, to: { requests: 9000, events: 0 } };
    expect(compare(one([half]), { twoSided: true }).verdict).toBe('INCONCLUSIVE');
    expect(compare(one([quiet(9000)]), { twoSided: true }).verdict).toBe('PASS');
  });

  test('a burst counts for less when the dispersion was measured', () => {
    const burst = { from: { requests: 950, events: 1 }, to: { requests: 50, events: 7 } };
    expect(compare(one([burst])).verdict).toBe('FAIL');
    expect(compare(one([burst]), { dispersion: 6 }).verdict).not.toBe('FAIL');
  });

  test('what failed once stays failed, whatever comes after', () => {
    const bad = { from: { requests: 950, events: 1 }, to: { requests: 50, events: 20 } };
    const after = Array.from({ length: 30 }, () => ({
      from: { requests: 950, events: 20 },
      to: { requests: 50, events: 0 },
    }));
    expect(compare(one([bad, ...after])).verdict).toBe('FAIL');
  });

  test('a tolerated ratio that is larger tolerates it', () => {
    const minutes = Array.from({ length: 30 }, () => ({
      from: { requests: 3000, events: 30 },
      to: { requests: 3000, events: 60 },
    }));
    expect(compare(one(minutes)).verdict).toBe('FAIL');
    expect(compare(one(minutes), { tolerated: 2, harmful: 4 }).verdict).not.toBe('FAIL');
  });
});

describe('with all traffic on the new slot', () => {
  const soak = (events: number, before: number) => {
    const minutes = Array.from({ length: 20 }, () => ({
      from: { requests: 0, events: 0 },
      to: { requests: 6000, events },
    }));
    const reference = minutes.map(({ to }) => ({ from: { requests: 3000, events: before }, to }));
    return compare([{ stage: 0, minutes, reference }], {}, { shares: [1] });
  };

  test('it passes when the old slot was like it before', () => expect(soak(30, 15).verdict).toBe('PASS'));
  test('it fails when it is harmful against the old slot before, and above the objective', () =>
    expect(soak(300, 15).verdict).toBe('FAIL'));
  test('twice as many may be the time of day: no verdict', () => expect(soak(60, 15).verdict).toBe('INCONCLUSIVE'));
  test('below the objective it never fails', () => expect(soak(3, 0).verdict).not.toBe('FAIL'));
  test('without a minute of the old slot the absolute bound lets it pass', () => {
    const minutes = [{ from: { requests: 0, events: 0 }, to: { requests: 9000, events: 0 } }];
    expect(compare([{ stage: 0, minutes, reference: [] }], {}, { shares: [1] }).verdict).toBe('PASS');
  });
});

describe('how long a verdict takes', () => {
  test.each([
    [0.05, 1, 'PASS'],
    [0.25, 1, 'PASS'],
    [0.05, 4, 'FAIL'],
    [0.5, 2, 'FAIL'],
  ] as const)('is foretold within a factor of two at a share of %d and a ratio of %d: %s', (share, ratio, wanted) => {
    const needed = minutesNeeded({ requestsPerMinute: 6000, share, rate: 0.002, fault: 0.002 * ratio });
    const foretold = wanted === 'PASS' ? needed.pass : needed.fail;
    const random = chance(23);
    const seen = median(
      Array.from({ length: 51 }, () => minutesUntil(wanted, 500, (index) => alike(index, random, share, ratio))),
    );
    expect(seen).toBeLessThanOrEqual(Math.ceil(foretold * 2));
    expect(seen).toBeGreaterThanOrEqual(Math.floor(foretold / 2));
  });

  test('without errors it is the absolute bound that passes, and nothing fails', () => {
    const needed = minutesNeeded({ requestsPerMinute: 100, share: 0.05, rate: 0 });
    expect(needed.pass).toBeCloseTo(Math.log(1 / (0.35 * 0.05)) / -Math.log(1 - 0.001) / 5);
    expect(needed.fail).toBe(Infinity);
  });

  test('while it goes on, what is left is told in periods', () => {
    const half = compare(one([quiet(1000), quiet(1000)]));
    expect(half).toMatchObject({ verdict: 'INCONCLUSIVE', needsPeriods: 3 });
  });

  test('without traffic on the new slot nobody can tell', () => {
    expect(compare(one([])).needsPeriods).toBeUndefined();
    expect(poisson(0, chance(1))).toBe(0);
  });
});
