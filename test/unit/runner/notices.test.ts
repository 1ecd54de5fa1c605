import { noticeOf, noticeOfAbort } from '../../../lib/runner/notices';
import { recordOf } from '../../../lib/runner/record';
import { after, fold } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';

const line = (event: ShiftEvent, n = 1): JournalLine => ({ n, at: '2026-11-21T20:30:00.000Z', ...event });
const START = line({
  type: 'started',
  run: 'r',
  system: 'kong',
  from: 'blue',
  to: 'green',
  stages: [
    { share: 0.25, bakeSeconds: 1 },
    { share: 1, bakeSeconds: 1, approval: true },
  ],
  minRequests: 0,
  maxExtensionSeconds: 0,
  alarms: [],
  account: '111122223333',
  region: 'eu-central-1',
  stackIds: {},
  weightsBefore: { blue: 100, green: 0 },
  reading: { secret: 'reading' },
});
const RAISED = line({ type: 'raised', stage: 0, weights: { blue: 75, green: 25 } });
const told = (event: ShiftEvent) => {
  const state = fold([START, RAISED]);
  return noticeOf(line(event), after(state, event));
};

describe('what people are told of a shift', () => {
  test.each<[ShiftEvent, string, boolean]>([
    [{ type: 'passed', stage: 0, counts: { blue: 1, green: 1 }, gates: [] }, 'stage passed', false],
    [{ type: 'held', by: 'gates', why: 'no verdict' }, 'held', true],
    [{ type: 'held', by: 'approval', why: 'the plan asks' }, 'approval needed', true],
    [{ type: 'rolling back', why: 'alarm' }, 'rolling back', false],
    [{ type: 'rolled back', seconds: 1, by: 'gates' }, 'rolled back', false],
    [{ type: 'rollback failed', why: 'denied' }, 'rollback failed', true],
    [{ type: 'conflict', found: 'rule x has blue 50' }, 'conflict', true],
    [{ type: 'done' }, 'done', false],
  ])('of %j: %s', (event, kind, needsPerson) => {
    expect(told(event)).toMatchObject({
      kind,
      needsPerson,
      system: 'kong',
      run: 'r',
      stages: 2,
      at: expect.any(String),
    });
    expect(told(event)?.commands.length).toBe(needsPerson ? 2 - Number(kind === 'rollback failed') : 0);
  });

  test('is nothing of what happens in between', () => {
    expect(told({ type: 'raising', stage: 1, weights: { blue: 0, green: 100 } })).toBeUndefined();
    expect(told({ type: 'looked', stage: 0, verdict: 'INCONCLUSIVE', gates: [] })).toBeUndefined();
  });

  test('is one line with stage, share and reason, and nothing of the router reading', () => {
    const notice = told({ type: 'held', by: 'gates', why: 'no verdict' });
    expect(notice?.text).toBe('kong: held, stage 1 of 2 (25 % on green): no verdict');
    expect(notice?.share).toBe(0.25);
    expect(JSON.stringify(notice)).not.toContain('reading');
  });
});

test('an abort by a person is told from the shared record, whoever ran the shift', () => {
  const state = fold([
    START,
    RAISED,
    line({ type: 'rolling back', why: 'aborted by ann' }),
    line({ type: 'rolled back', seconds: 1, by: 'person' }),
  ]);
  const record = recordOf(state, { startedAt: '', host: 'h', journal: 'j' }, '2026-11-21T20:31:00.000Z');
  expect(noticeOfAbort(record, 'kong')).toMatchObject({
    kind: 'rolled back',
    share: 0,
    text: 'kong: rolled back, stage 1 of 2: aborted by ann',
  });
});
