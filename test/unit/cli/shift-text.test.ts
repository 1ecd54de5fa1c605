import { reportText, shiftReport } from '../../../lib/cli/shift-text';
import { seen } from '../../../lib/render/shift-change';
import { fold } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const FIVE = weightsFor(0.05, 'green');
const STARTED: ShiftEvent = {
  type: 'started',
  run: '20261121T203000Z-1',
  system: 'kong',
  from: 'blue',
  to: 'green',
  stages: [
    { share: 0.05, bakeSeconds: 10 },
    { share: 1, bakeSeconds: 20 },
  ],
  minRequests: 100,
  maxExtensionSeconds: 60,
  alarms: ['a'],
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: allOn('blue'),
  reading: {},
};
const raising: ShiftEvent = { type: 'raising', stage: 0, weights: FIVE };
const raised: ShiftEvent = { type: 'raised', stage: 0, weights: FIVE };
const passed: ShiftEvent = { type: 'passed', stage: 0, counts: { blue: 9512, green: 488 }, gates: [] };
const START = Date.parse('2026-11-21T20:30:00.000Z');
const report = (...events: ShiftEvent[]) => {
  const lines = [STARTED, ...events].map((event, i): JournalLine => ({
    n: i + 1,
    at: new Date(START + i * 10_000).toISOString(),
    ...event,
  }));
  return shiftReport(fold(lines), lines, 'run.ndjson');
};
const text = (...events: ShiftEvent[]): string => reportText(report(...events));

describe('the end of a shift', () => {
  test('done: the stages as a table, and what comes next', () => {
    const all: ShiftEvent[] = [
      raising,
      raised,
      passed,
      { type: 'raising', stage: 1, weights: allOn('green') },
      { type: 'raised', stage: 1, weights: allOn('green') },
      { type: 'passed', stage: 1, counts: { blue: undefined, green: 1000 }, gates: [] },
      { type: 'done' },
    ];
    expect(text(...all)).toBe(
      [
        'stage  slot   share set  share seen  requests  took',
        '1      green        5 %       4.9 %     10000   10s  passed',
        '2      green      100 %       100 %      1000   10s  passed',
        '',
        'done: blue 0, green 100 (green rises)',
        'next: look at green as long as you need; blue still runs and `shift abort --force` goes back while nothing was written. Then: kong-dual-cluster teardown',
        'run 20261121T203000Z-1, journal run.ndjson',
      ].join('\n'),
    );
  });

  test('rolled back: to what, in which time, and why', () => {
    const events: ShiftEvent[] = [
      raising,
      raised,
      { type: 'rolling back', why: 'kong-5xx is in ALARM', counts: {} as never },
      { type: 'rolled back', seconds: 1.27, by: 'gates' },
    ];
    expect(text(...events)).toContain('rolled back to blue in 1.27 s: kong-5xx is in ALARM');
    expect(report(...events)).toMatchObject({ outcome: 'rolled back', rollbackSeconds: 1.27, weights: allOn('blue') });
  });

  test('held: where the traffic is, the way on and the way back', () => {
    expect(text(raising, raised, { type: 'held', by: 'gates', why: 'no data' })).toMatch(
      /held: no data\n {2}traffic stays as it is: blue 95, green 5.*\n.*shift resume.*shift abort/,
    );
  });

  test('held in the middle of a write: it does not claim to know the weights', () => {
    const held: ShiftEvent = { type: 'held', by: 'error', why: 'denied' };
    expect(report(raising, held).betweenStages).toBe(true);
    expect(text(raising, held)).toContain(
      'some rules may have the next weights already, see kong-dual-cluster shift status',
    );
    expect(text(raising, held)).not.toContain('blue 100');
  });

  test('a conflict: nothing was fought, and both ways from here', () => {
    expect(text(raising, raised, { type: 'conflict', found: 'rule-1 has blue 50, green 50' })).toMatch(
      /somebody else changed the weights: rule-1 has blue 50, green 50\n.*nothing was fought.*shift abort.*shift set.*shift resume/,
    );
  });

  test('a rollback that failed is loud and names the command', () => {
    expect(
      text(raising, raised, { type: 'rolling back', why: 'x' }, { type: 'rollback failed', why: 'denied' }),
    ).toMatch(/THE ROLLBACK FAILED: denied\n {2}at once: kong-dual-cluster shift abort/);
  });

  test('before the first stage there is no table', () => {
    expect(text({ type: 'held', by: 'capacity', why: 'green has 1' })).toMatch(/^held: green has 1/);
  });
});

describe('what was seen so far', () => {
  test.each([
    [{ blue: undefined, green: undefined }, 'no requests counted yet'],
    [{ blue: 9512, green: 488 }, '4.9 % of 10000 requests on green'],
    [{ blue: 10, green: undefined }, '0 % of 10 requests on green'],
  ])('%j', (counts, expected) => expect(seen(counts, 'green')).toBe(expected));
});
