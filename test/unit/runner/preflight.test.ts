import type { PlaceReading } from '../../../lib/routers/router';
import { preflight, type BeforeShift } from '../../../lib/runner/preflight';
import { TrafficPlan } from '../../../lib/traffic/plan';
import type { ShiftRecord } from '../../../lib/traffic/shift-record';
import { allOn, weightsFor, type Weights } from '../../../lib/traffic/weights';

const place = (weights: Weights, id = 'rule'): PlaceReading => ({ id, weights, verbatim: [] });
const reading = (places: Weights[], admin: Weights = allOn('blue'), stickySeconds = 0): BeforeShift['reading'] => ({
  router: 'alb',
  places: places.map((weights, i) => place(weights, `rule-${i}`)),
  followers: [place(admin, 'admin')],
  stickySeconds,
});
const nodes = (slot: 'blue' | 'green', healthy: number, running = healthy) => ({
  slot,
  healthy,
  registered: running,
  running,
});
const NOW = Date.parse('2026-11-21T20:30:00Z');
const FINE: BeforeShift = {
  from: 'blue',
  to: 'green',
  isNamed: false,
  periodSeconds: 60,
  plan: TrafficPlan.standard(),
  smallestShare: 0.001,
  reading: reading([allOn('blue'), allOn('blue')]),
  alarms: [{ name: 'kong-5xx', state: 'OK' }],
  capacity: { rising: nodes('green', 2), other: nodes('blue', 2) },
  now: NOW,
  configWrites: { frozen: true, since: '2026-11-21T18:00:00Z' },
  snapshotTakenAt: '2026-11-21T18:05:00.000Z',
  maxExtensionSeconds: 1800,
};
const RECORD: ShiftRecord = {
  run: '20261120T203000Z-1',
  from: 'blue',
  to: 'green',
  phase: 'held',
  stage: 2,
  stages: 4,
  share: 0.25,
  startedAt: '',
  changedAt: '',
  reason: 'no data',
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: allOn('blue'),
  host: 'one',
  journal: 'run.ndjson',
};
const against = (changes: Partial<BeforeShift>) => preflight({ ...FINE, ...changes }).filter(({ ok }) => !ok);

describe('preflight', () => {
  test('when all is well nothing stands against it, and it is said what was looked at', () => {
    expect(against({})).toEqual([]);
    expect(preflight(FINE).map(({ what, found }) => `${what}: ${found}`)).toEqual([
      'weights: 100 % on blue, in 2 rules',
      'alarms: 1 exist, none is in ALARM',
      'capacity: green 2 healthy nodes, blue 2',
      'config writes: frozen since 2026-11-21T18:00:00Z',
    ]);
  });

  test('everything that stands against it is named at once, each with what mends it', () => {
    const all = against({
      record: RECORD,
      alarms: [{ name: 'gone', state: 'MISSING' }],
      configWrites: { frozen: false },
      credentialsEnd: NOW + 60_000,
    });
    expect(all.map(({ what }) => what)).toEqual(['last shift', 'alarms', 'config writes', 'credentials']);
    for (const { mend } of all) expect(mend).toBeTruthy();
  });
});

describe('weights', () => {
  test.each([
    ['rules that disagree', reading([allOn('blue'), weightsFor(0.25, 'green')]), /the rules disagree/],
    ['a slot that is live already', reading([allOn('green')], allOn('green')), /green has 100 % already/],
    [
      'a first stage that would lower',
      reading([weightsFor(0.1, 'green')]),
      /green has 10 % already, the first stage is 5 %/,
    ],
    ['a first stage that is there already', reading([weightsFor(0.05, 'green')]), /green has 5 % already/],
    ['an Admin API that is not where the traffic is', reading([allOn('blue')], allOn('green')), /Admin API.*green/],
  ])('%s', (_, given, found) => {
    expect(against({ reading: given })).toEqual([
      expect.objectContaining({ what: 'weights', found: expect.stringMatching(found) }),
    ]);
  });
  test('a pre-stage below the first one is a good beginning', () => {
    expect(against({ reading: reading([weightsFor(0.01, 'green')]) })).toEqual([]);
  });
  test('a share that the router cannot hold', () => {
    expect(against({ smallestShare: 0.1 })[0]!.found).toBe('the load balancer cannot hold 5 %');
  });
});

describe('the last shift', () => {
  test.each([
    'planned',
    'raising',
    'baking',
    'soaking',
    'soaked',
    'held',
    'rolling back',
    'rollback failed',
    'conflict',
  ] as const)('that is %s refuses, with how to end it', (phase) => {
    expect(against({ record: { ...RECORD, phase } })).toEqual([
      {
        ok: false,
        what: 'last shift',
        found: `run 20261120T203000Z-1 is not finished: ${phase} at stage 2 of 4 (no data)`,
        mend: expect.stringContaining('shift abort'),
      },
    ]);
  });
  test('that went the other way refuses to take the old slot for the next one, unless a person names it', () => {
    const record: ShiftRecord = { ...RECORD, phase: 'done', from: 'green', to: 'blue' };
    expect(against({ record })).toEqual([
      expect.objectContaining({ what: 'last shift', mend: expect.stringContaining('teardown --slot green') }),
    ]);
    expect(against({ record, isNamed: true })).toEqual([]);
  });
  test.each(['done', 'rolled back'] as const)('that is %s does not', (phase) => {
    expect(against({ record: { ...RECORD, phase } })).toEqual([]);
  });
});

test('both weights 0 before the start: refused, a rollback would write them back', () => {
  const place = { id: 'rule', weights: { blue: 0, green: 0 }, verbatim: [] };
  const [found] = against({ reading: { ...FINE.reading, places: [place] } });
  expect(found).toMatchObject({ what: 'weights', mend: 'kong-dual-cluster shift set --to green --share 0' });
});

describe('alarms', () => {
  test('one that does not exist is named', () => {
    expect(
      against({
        alarms: [
          { name: 'typo', state: 'MISSING' },
          { name: 'a', state: 'OK' },
        ],
      })[0]!.found,
    ).toBe('there is no alarm typo');
  });
  test('one in ALARM before the start is named', () => {
    expect(against({ alarms: [{ name: 'a', state: 'ALARM' }] })[0]!.found).toBe('in ALARM before the start: a');
  });
  test('with the weights elsewhere and no alarm but those of the edge: refused, they may be OK without having seen a request', () => {
    const alarms = [{ name: 'edge', state: 'OK' as const }];
    expect(against({ alarms, onlyBreaches: ['edge'] })).toEqual([
      expect.objectContaining({ what: 'alarms', mend: expect.stringContaining('shift.alarms') as string }),
    ]);
    const own = { name: 'own', state: 'INSUFFICIENT_DATA' as const };
    expect(against({ alarms: [...alarms, own], onlyBreaches: ['edge'] })).toEqual([]);
  });
  test('none at all refuses', () => expect(against({ alarms: [] })[0]!.found).toBe('none'));
  test('one without data does not: there was no traffic on that slot', () =>
    expect(against({ alarms: [{ name: 'a', state: 'INSUFFICIENT_DATA' }] })).toEqual([]));
});

describe('capacity', () => {
  test.each([
    ['fewer nodes', nodes('green', 1), nodes('blue', 2)],
    ['no node', nodes('green', 0), nodes('blue', 0)],
    ['nodes that are not healthy', nodes('green', 1, 3), nodes('blue', 3)],
  ])('%s refuse', (_, rising, other) => {
    expect(against({ capacity: { rising, other } })).toEqual([expect.objectContaining({ what: 'capacity' })]);
  });
  test('the other slot counts by what runs, not by what is healthy', () => {
    expect(against({ capacity: { rising: nodes('green', 2), other: nodes('blue', 1, 3) } })).toHaveLength(1);
  });
});

describe('config writes', () => {
  test('not frozen refuses; a person’s word and dual apply do not', () => {
    expect(against({ configWrites: { frozen: false } })).toEqual([expect.objectContaining({ what: 'config writes' })]);
    expect(against({ configWrites: 'accepted' })).toEqual([]);
    expect(against({ configWrites: 'dualApply' })).toEqual([]);
  });
  test('frozen only after the snapshot refuses: a write may lie between', () => {
    expect(against({ configWrites: { frozen: true, since: '2026-11-21T19:00:00Z' } })[0]!.found).toContain(
      'a write may lie between',
    );
  });
  test.each(['2026-11-21T18:05:00Z', '2026-11-21T20:05:00+02:00'])(
    'frozen at %s, the moment of the snapshot, is before it',
    (since) => {
      expect(against({ configWrites: { frozen: true, since }, snapshotTakenAt: '2026-11-21T18:05:00.200Z' })).toEqual(
        [],
      );
    },
  );
});

describe('credentials', () => {
  test.each([
    ['that end before the plan', 3_599_000, 1],
    ['that leave no time for a stage that waits', 3_600_000 + 1_799_000, 1],
    ['that last as long as the plan and one extension', 3_600_000 + 1_800_000, 0],
  ])('%s', (_, left, findings) => {
    expect(against({ credentialsEnd: NOW + left })).toHaveLength(findings);
  });
  test('that have ended are told as 0s, not as a negative time', () => {
    expect(against({ credentialsEnd: NOW - 1 })[0]!.found).toBe('they end in 0s, the plan needs 1h30m');
  });
});

describe('stickiness', () => {
  const found = (stickySeconds: number) =>
    preflight({ ...FINE, reading: reading([allOn('blue')], allOn('blue'), stickySeconds) }).find(
      ({ what }) => what === 'stickiness',
    );
  test('is told, and that it makes the share lag behind when it is longer than any stage', () => {
    expect(found(0)).toBeUndefined();
    expect(found(600)).toEqual({ ok: true, what: 'stickiness', found: 'clients stay with their slot for 10m' });
    expect(found(86_400)!.found).toContain('will lag behind the weights');
  });
});

test.each([
  [-90, 'behind'],
  [90, 'ahead of'],
])('a clock that is %i s off stands against it: the timer and the minutes go by it', (clockAheadSeconds, word) => {
  expect(against({ clockAheadSeconds })).toMatchObject([
    { what: 'clock', found: `this machine's clock is 1m30s ${word} the one of AWS` },
  ]);
  expect(against({ clockAheadSeconds: clockAheadSeconds / 2 })).toEqual([]);
});
