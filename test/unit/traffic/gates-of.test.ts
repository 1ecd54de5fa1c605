import { about, alphaOf, gatesOf, untold, type GateQuestion } from '../../../lib/traffic/gates-of';
import { overall } from '../../../lib/traffic/gates';
import { COUNTED } from '../../../lib/traffic/minutes';
import { at, minuteAt, minutes, POLICY, reading, span } from './readings';

const STAGES = [{ share: 0.05 }, { share: 0.5 }, { share: 1 }];
const BLUE = { requests: 5700, errors: 6 };
const GREEN = { requests: 300, errors: 0 };
const ALIKE = reading(minutes(0, 20, BLUE, GREEN));

function ask(more: Partial<GateQuestion> = {}) {
  const results = gatesOf({
    readings: [ALIKE],
    policy: POLICY,
    from: 'blue',
    to: 'green',
    stages: STAGES,
    spans: [span(0, 0.05, 0)],
    ...more,
  });
  return Object.fromEntries(results.map((result) => [result.gate, result]));
}

describe('the gates of a stage', () => {
  test('a slot like the other passes, in words and with its use', () => {
    const { errors, sampleRatio } = ask();
    expect(errors).toMatchObject({
      verdict: 'PASS',
      use: 'gate',
      reason: 'errors: none of 6000 on green (CloudWatch)',
    });
    expect(sampleRatio).toMatchObject({ verdict: 'PASS', reason: '5 % of 114000 requests on green, 5 % set' });
  });

  test('too few: how many, and how long it will take', () => {
    const { errors } = ask({ readings: [reading(minutes(0, 5, BLUE, GREEN))] });
    expect(errors).toMatchObject({ verdict: 'INCONCLUSIVE', needsSeconds: 720 });
    expect(errors!.reason).toBe('errors: 0 of 1500 on green, 30 of 28500 on blue: needs ~12 min');
  });

  test('what it foretells comes true of a slot that is like the other', () => {
    const seen = (count: number) =>
      ask({ readings: [reading(minutes(0, count, { requests: 19_000, errors: 38 }, { requests: 1000, errors: 2 }))] });
    const { needsSeconds } = seen(1).errors!;
    expect(needsSeconds).toBe(180);
    expect(seen(3).errors!.verdict).toBe('INCONCLUSIVE');
    expect(seen(4).errors!.verdict).toBe('PASS');
  });

  test('a clock that is 30 s off puts half a minute of the weights before into the stage: the share seen is not held for it', () => {
    const half = minuteAt(0, { requests: 5100, errors: 5 }, { requests: 900, errors: 1 });
    const stage = minutes(1, 12, { requests: 4500, errors: 5 }, { requests: 1500, errors: 1 });
    const { sampleRatio } = ask({ readings: [reading([half, ...stage])], spans: [span(0, 0.25, 0)] });
    expect(sampleRatio!.verdict).toBe('PASS');
  });

  test('ten times the errors fail', () => {
    const { errors } = ask({ readings: [reading(minutes(0, 5, BLUE, { requests: 300, errors: 3 }))] });
    expect(errors).toMatchObject({
      verdict: 'FAIL',
      reason: 'errors: 15 of 1500 on green, 30 of 28500 on blue: not by chance (CloudWatch)',
    });
  });

  test('a gate that is off is not asked; a dry run is asked and marked', () => {
    const policy = { ...POLICY, slow: 'off', errors: 'dryRun' } as const;
    expect(ask({ policy }).slow).toBeUndefined();
    expect(ask({ policy }).errors).toMatchObject({ use: 'dryRun', verdict: 'PASS' });
  });

  test('a fault that begins in stage 3 is seen behind the good hours before it', () => {
    const good = [
      ...minutes(0, 80, BLUE, GREEN),
      ...minutes(80, 80, { requests: 4500, errors: 5 }, { requests: 1500, errors: 1 }),
    ];
    const bad = minutes(160, 3, { requests: 3000, errors: 3 }, { requests: 3000, errors: 30 });
    const spans = [span(0, 0.05, 0, 80), span(1, 0.25, 80, 160), span(2, 0.5, 160)];
    const stages = [{ share: 0.05 }, { share: 0.25 }, { share: 0.5 }, { share: 1 }];
    expect(ask({ readings: [reading(good)], spans, stages }).errors!.verdict).not.toBe('FAIL');
    expect(ask({ readings: [reading([...good, ...bad])], spans, stages }).errors!.verdict).toBe('FAIL');
  });

  test('a stage that was resumed passes by the minutes since', () => {
    const spans = [span(0, 0.05, 0, 15), span(0, 0.05, 19)];
    expect(ask({ spans }).errors).toMatchObject({ verdict: 'INCONCLUSIVE' });
  });
});

describe('data that is missing lets nothing pass', () => {
  test.each([
    ['no source at all', [], 'no source has answered'],
    [
      'no minute of this stage',
      [reading(minutes(-30, 30, BLUE))],
      'CloudWatch has no settled minute of this stage yet',
    ],
    [
      'minutes that are not settled',
      [reading([...minutes(-5, 5, BLUE), ...minutes(0, 20, BLUE, GREEN).map((each) => ({ ...each, settled: false }))])],
      'CloudWatch has no settled minute of this stage yet',
    ],
    ['nothing of the new slot', [reading(minutes(0, 20, BLUE))], 'CloudWatch has no requests of green in this stage'],
    [
      'nothing of the old slot',
      [reading(minutes(0, 20, undefined, GREEN))],
      'CloudWatch has no requests of blue in this stage',
    ],
    ['a source that is late', [{ ...ALIKE, staleSeconds: 600 }], 'CloudWatch is late: its newest point is ~10 min old'],
    [
      'a new slot that fell silent',
      [reading([...minutes(0, 20, BLUE, GREEN), ...minutes(20, 2, BLUE)])],
      'green has published nothing for ~2 min (CloudWatch)',
    ],
  ])('%s', (_, readings, reason) => {
    const all = ask({ readings });
    expect(all.errors).toMatchObject({ verdict: 'INCONCLUSIVE', reason });
    expect(overall(Object.values(all))).toBe('INCONCLUSIVE');
  });

  test('a minute that begins before the stage, or ends after it, does not count', () => {
    const early = { ...span(0, 0.05, 0), from: new Date(Date.parse(at(0)) + 1000).toISOString() };
    expect(ask({ spans: [early], readings: [reading(minutes(0, 2, BLUE, GREEN))] }).sampleRatio!.reason).toContain(
      'of 6000',
    );
  });

  test('a slot with a request now and then is not silent for a minute without one', () => {
    const rare = { requests: 1, errors: 0 };
    const readings = [reading([...minutes(0, 20, BLUE, rare), ...minutes(20, 3, BLUE)])];
    expect(ask({ readings }).errors!.reason).not.toContain('nothing');
  });

  test('what a late source has counted may still fail', () => {
    const bad = reading(minutes(0, 5, BLUE, { requests: 300, errors: 9 }), { staleSeconds: 600 });
    expect(ask({ readings: [bad] }).errors!.verdict).toBe('FAIL');
  });
});

describe('several sources', () => {
  const refusals = { '401': 30, '403': 3, '429': 0 };
  const logs = reading(
    minutes(0, 20, { ...BLUE, refusals: { '401': 570, '403': 57, '429': 0 } }, { ...GREEN, refusals }),
    { source: 'access logs' },
  );

  test('the one is asked that tells it', () => {
    const { refusals: result } = ask({ readings: [ALIKE, logs] });
    expect(result!.reason).toContain('401');
    expect(ask().refusals).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: 'no source tells 401, 403 and 429 apart (asked: CloudWatch)',
    });
  });

  test('of two that tell the same, the fresh one, then the one with more minutes; they are never added up', () => {
    const short = reading(minutes(15, 5, BLUE, GREEN), { source: "Kong's Prometheus" });
    expect(ask({ readings: [short, ALIKE] }).sampleRatio!.reason).toContain('of 114000');
    const stale = { ...ALIKE, staleSeconds: 900 };
    expect(ask({ readings: [stale, short] }).sampleRatio!.reason).toContain('of 24000');
  });

  test('401s that are missing on the new slot fail, the others may be as they are', () => {
    const open = reading(
      minutes(
        0,
        20,
        { ...BLUE, refusals: { '401': 570, '403': 57, '429': 0 } },
        { ...GREEN, refusals: { ...refusals, '401': 0 } },
      ),
    );
    expect(ask({ readings: [open] }).refusals).toMatchObject({ verdict: 'FAIL', use: 'watch' });
    expect(ask({ readings: [open] }).refusals!.reason).toBe(
      '401: 0 of 6000 on green, 11400 of 114000 on blue: not by chance (CloudWatch)',
    );
  });

  test('before a shift: the gates that nobody can tell', () => {
    const before = [reading(minutes(-60, 60, { ...BLUE, slow: 3 }))];
    expect(untold(before, POLICY)).toEqual([
      { gate: 'refusals', use: 'watch', reason: 'no source tells 401, 403 and 429 apart (asked: CloudWatch)' },
    ]);
    expect(untold([], POLICY).map(({ gate }) => gate)).toEqual(['errors', 'slow', 'refusals', 'sampleRatio']);
    expect(untold([], { ...POLICY, errors: 'off' }).map(({ gate }) => gate)).not.toContain('errors');
  });
});

describe('with all traffic on the new slot', () => {
  const soak = span(2, 1, 60);
  const before = minutes(0, 60, { requests: 3000, errors: 30 }, { requests: 3000, errors: 29 });
  const whole = (errors: number, count = 20) => minutes(60, count, undefined, { requests: 6000, errors });
  const spans = [span(1, 0.5, 0, 60), soak];

  test('it passes against the minutes of the old slot before', () => {
    const all = ask({ readings: [reading([...before, ...whole(60)])], spans });
    expect(all.errors).toMatchObject({
      verdict: 'PASS',
      reason: 'errors: 1200 of 120000 on green, 600 of 60000 on blue before (CloudWatch)',
    });
    expect(all.sampleRatio!.verdict).toBe('PASS');
  });

  test('it fails when it is harmful', () => {
    expect(ask({ readings: [reading([...before, ...whole(400)])], spans }).errors!.verdict).toBe('FAIL');
  });

  test('the minutes of the old slot from before the shift do it too, when everything went at once', () => {
    const alone = minutes(0, 60, { requests: 6000, errors: 60 });
    const once = { spans: [{ ...soak, stage: 0 }], stages: [{ share: 1 }] };
    expect(ask({ readings: [reading([...alone, ...whole(60)])], ...once }).errors!.verdict).toBe('PASS');
    expect(ask({ readings: [reading([...alone, ...whole(600)])], ...once }).errors!.verdict).toBe('FAIL');
  });

  test('without any such minute, only few enough errors pass', () => {
    const once = { spans: [{ ...soak, stage: 0 }], stages: [{ share: 1 }] };
    expect(ask({ readings: [reading(whole(0, 1))], ...once }).errors!.verdict).toBe('PASS');
    expect(ask({ readings: [reading(whole(60))], ...once }).errors!.verdict).toBe('INCONCLUSIVE');
  });
});

test('the chances of a false FAIL of all gates together are the shift’s', () => {
  const all = COUNTED.reduce((total, counted) => total + alphaOf(counted, POLICY), 0);
  expect(all).toBeCloseTo(0.01);
  expect(alphaOf('errors', { ...POLICY, slow: 'off', refusals: 'off' })).toBeCloseTo(0.01);
});

test.each([
  [40, '~40 s'],
  [61, '~61 s'],
  [170, '~3 min'],
  [3600 * 5, '~5 h'],
  [129 * 60, '~2.2 h'],
])('%d s is told as %s', (seconds, text) => expect(about(seconds)).toBe(text));

describe('a gap', () => {
  const gapped = (after: number) => [...minutes(0, 20, BLUE, GREEN), ...minutes(21, after, BLUE, GREEN)];
  const lone = minuteAt(20, undefined, { requests: 300, errors: 100 });

  test.each([
    ['of the old slot', minuteAt(20, undefined, { requests: 300, errors: 100 }), 'blue'],
    ['of the new slot', minuteAt(20, BLUE), 'green'],
  ])('%s lets nothing pass by what was before it: nobody knows what was in it', (_, minute, slot) => {
    const some = reading([...gapped(1), minute].sort((a, b) => a.at.localeCompare(b.at)));
    expect(ask({ readings: [some] }).errors).toMatchObject({
      verdict: 'INCONCLUSIVE',
      reason: `errors: 0 of 300 on green, 6 of 5700 on blue: needs ~23 min (since a gap of ~60 s on ${slot})`,
    });
    const more = reading([...gapped(20), minute].sort((a, b) => a.at.localeCompare(b.at)));
    expect(ask({ readings: [more] }).errors!.verdict).toBe('PASS');
  });

  test('of both slots at once is one too: the source was away', () => {
    expect(ask({ readings: [reading(gapped(1))] }).errors!.verdict).toBe('INCONCLUSIVE');
    expect(ask({ readings: [reading(gapped(20))] }).errors!.verdict).toBe('PASS');
  });

  test('does not hide a fault that was before it', () => {
    const bad = [...minutes(0, 5, BLUE, { requests: 300, errors: 30 }), lone, ...minutes(21, 40, BLUE, GREEN)];
    expect(ask({ readings: [reading(bad)] }).errors!.verdict).toBe('FAIL');
  });

  test('of a slot with a request now and then is none', () => {
    const rare = { requests: 1, errors: 0 };
    const all = reading([...minutes(0, 9, BLUE, rare), ...minutes(9, 3, BLUE), ...minutes(12, 9, BLUE, rare)]);
    expect(ask({ readings: [all] }).errors!.reason).not.toContain('gap');
  });

  test('in the soak counts for the new slot alone, and no minute of the old slot stands twice', () => {
    const before = minutes(0, 60, { requests: 6000, errors: 60 }, { requests: 300, errors: 3 });
    const whole = [
      ...minutes(60, 10, undefined, { requests: 6000, errors: 60 }),
      ...minutes(75, 15, undefined, { requests: 6000, errors: 60 }),
    ];
    const soak = { spans: [span(1, 0.5, 0, 60), span(2, 1, 60)] };
    expect(ask({ readings: [reading([...before, ...whole])], ...soak }).errors).toMatchObject({
      verdict: 'PASS',
      reason: 'errors: 900 of 90000 on green, 900 of 90000 on blue before (CloudWatch)',
    });
  });
});

test.each([NaN, -5, Infinity, -Infinity, 1e300])('%d is no count, and passes nothing', (value) => {
  for (const odd of [
    { requests: value, errors: 0 },
    { requests: 300, errors: value },
  ]) {
    expect(overall(Object.values(ask({ readings: [reading(minutes(0, 20, BLUE, odd))] })))).toBe('INCONCLUSIVE');
    expect(overall(Object.values(ask({ readings: [reading(minutes(0, 20, odd, GREEN))] })))).toBe('INCONCLUSIVE');
  }
});
