import { compare } from '../../../lib/traffic/comparison';
import { samplesNeeded, type SamplePlan } from '../../../lib/traffic/samples-needed';
import { TrafficPlan } from '../../../lib/traffic/plan';
import { POLICY } from './readings';
import { chance, median, minute, minutesUntil, one } from './simulated';

const plan = (more: Partial<SamplePlan> = {}): SamplePlan => ({
  stages: TrafficPlan.standard().stages,
  traffic: { requestsPerMinute: 6000, errorRate: 0.001 },
  policy: POLICY,
  shift: { maxExtensionSeconds: 1800, minRequests: 100 },
  ...more,
});

describe('what a stage needs for a verdict', () => {
  test('at much traffic: in its bake, and a fault is caught in minutes', () => {
    const needs = samplesNeeded(plan({ traffic: { requestsPerMinute: 60_000, errorRate: 0.001 } }));
    expect(needs.map(({ within }) => within)).toEqual(['bake', 'bake', 'bake', 'bake']);
    expect(needs[0]).toMatchObject({ minutes: 2, caughtMinutes: 1, requests: 3703, advice: [] });
  });

  test('in words', () =>
    expect(samplesNeeded(plan())[0]!.text).toBe(
      'needs 3703 requests on the new slot, ~13 min; 1 % errors are caught in ~3 min',
    ));

  test('what it foretells is what a simulation shows, within a factor of two', () => {
    const [first] = samplesNeeded(plan());
    const random = chance(37);
    const traffic = { perMinute: 6000, share: () => 0.05, rate: () => 0.001, ratio: () => 1 };
    const seen = median(
      Array.from({ length: 41 }, () =>
        minutesUntil(
          'PASS',
          200,
          (index) => minute(index, traffic, random),
          (all) => compare(one(all), { objective: 0.004 }),
        ),
      ),
    );
    expect(seen).toBeGreaterThan(first!.minutes! / 2);
    expect(seen).toBeLessThan(first!.minutes! * 2);
  });

  test('at little traffic: never, and what to do about it', () => {
    const [first] = samplesNeeded(plan({ traffic: { requestsPerMinute: 200, errorRate: 0 } }));
    expect(first).toMatchObject({ within: 'never', requests: 1010, minutes: 101, caughtMinutes: 36 });
    expect(first!.text).toBe(
      'needs 1010 requests on the new slot, ~101 min; it has 10m and 30m more: no verdict to be expected',
    );
    expect(first!.advice).toEqual([
      'give it 13 % instead of 5 %',
      'bake it 1h41m',
      'accept more: shift.gates.objective: 0.005 (0.5 % bad answers)',
      'watch instead of gate (shift.gates.errors: watch): the stage then ends without a verdict, a FAIL still rolls back',
    ]);
  });

  test('the advice holds: with a share, a bake or an objective of it there is a verdict', () => {
    const little = plan({ traffic: { requestsPerMinute: 400, errorRate: 0 } });
    const [first] = samplesNeeded(little);
    expect(first!.within).toBe('never');
    const share = Number(/give it (\d+) %/.exec(first!.advice[0]!)![1]) / 100;
    const [stage, ...rest] = little.stages;
    expect(samplesNeeded({ ...little, stages: [{ ...stage!, share }, ...rest] })[0]!.within).toBe('extension');
    const bakeSeconds = first!.minutes! * 60;
    expect(samplesNeeded({ ...little, stages: [{ ...stage!, bakeSeconds }, ...rest] })[0]!.within).toBe('bake');
    const policy = { ...POLICY, comparison: { objective: 0.002 } };
    expect(first!.advice).toContain('accept more: shift.gates.objective: 0.002 (0.2 % bad answers)');
    expect(samplesNeeded({ ...little, policy })[0]!.within).not.toBe('never');
  });

  test('600 requests a minute without errors: the standard plan has a verdict at every stage', () => {
    const needs = samplesNeeded(plan({ traffic: { requestsPerMinute: 600, errorRate: 0 }, delaySeconds: 120 }));
    expect(needs.map(({ within }) => within)).toEqual(['extension', 'extension', 'extension', 'bake']);
    expect(needs.map(({ minutes }) => minutes)).toEqual([36, 16, 16, 9]);
  });

  test('bursts that keep it from a verdict are told, and the way out', () => {
    const policy = { ...POLICY, dispersion: { errors: 47 } };
    const [first] = samplesNeeded(plan({ policy }));
    expect(first!.advice).toContain(
      'errors come in bursts, so that it takes 47 times as many requests; where both slots have them in the same minutes (an upstream), shift.gates.dispersion: 1',
    );
  });

  test('no traffic: no number of minutes, and one advice', () =>
    expect(samplesNeeded(plan({ traffic: { requestsPerMinute: 0, errorRate: 0 } }))[0]).toMatchObject({
      requests: null,
      minutes: null,
      within: 'never',
      advice: ['send traffic first: without requests nothing can be told'],
    }));

  test('a stage that may wait for ever gets its verdict at last', () =>
    expect(
      samplesNeeded(
        plan({
          traffic: { requestsPerMinute: 200, errorRate: 0 },
          shift: { maxExtensionSeconds: 0, whenInconclusive: 'extend' },
        }),
      )[0]!.within,
    ).toBe('extension'));

  test('with errors only watched, the minimum of requests is all it needs', () => {
    const watched = { ...POLICY, errors: 'watch' } as const;
    const [first] = samplesNeeded(plan({ policy: watched, traffic: { requestsPerMinute: 200, errorRate: 0 } }));
    expect(first).toMatchObject({ within: 'bake', minutes: 10, requests: 100 });
  });

  test('with nothing that counts, nothing is waited for', () => {
    const off = { ...POLICY, errors: 'off' } as const;
    const [first] = samplesNeeded(
      plan({ policy: off, shift: { maxExtensionSeconds: 0, minRequests: 0 }, delaySeconds: 120 }),
    );
    expect(first).toMatchObject({ text: 'no gate waits for counts', minutes: 0, requests: 0, within: 'bake' });
  });

  test('bursts make it longer, and so does the delay of the counts', () => {
    const [plain] = samplesNeeded(plan());
    const [bursty] = samplesNeeded(plan({ policy: { ...POLICY, dispersion: { errors: 2 } } }));
    const [late] = samplesNeeded(plan({ delaySeconds: 120 }));
    expect(bursty!.requests).toBeCloseTo(plain!.requests! * 2, -1);
    expect(late!.minutes).toBe(plain!.minutes! + 2);
    expect(late!.requests).toBe(plain!.requests);
  });
});
