import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { stageResults } from '../../../lib/traffic/stage-results';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const BEGIN: ShiftEvent[] = [
  {
    type: 'started',
    run: 'run',
    system: 'kong',
    from: 'blue',
    to: 'green',
    stages: [{ share: 0.2, bakeSeconds: 10 }],
    minRequests: 0,
    maxExtensionSeconds: 0,
    alarms: [],
    account: '',
    region: '',
    stackIds: {},
    weightsBefore: allOn('blue'),
    reading: {},
  },
  { type: 'raised', stage: 0, weights: weightsFor(0.2, 'green') },
  { type: 'rolling back', why: 'an alarm' },
];
const outcomes = (...events: ShiftEvent[]): string[] =>
  stageResults(
    [...BEGIN, ...events].map((event, i): JournalLine => ({ n: i + 1, at: '2026-11-21T20:30:00Z', ...event })),
  ).map(({ outcome }) => outcome);

test('given the rollback failed, its stage is not called rolled back: the traffic is still there', () => {
  expect(outcomes({ type: 'rollback failed', why: 'credentials' })).toEqual(['rollback failed']);
});

test('given abort has put it back after that, it is', () => {
  expect(
    outcomes({ type: 'rollback failed', why: 'credentials' }, { type: 'rolled back', seconds: 1, by: 'person' }),
  ).toEqual(['rolled back']);
});
