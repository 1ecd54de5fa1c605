import { reportText, shiftReport, type ShiftReport } from '../../../lib/cli/shift-text';
import { fold } from '../../../lib/traffic/shift';
import type { JournalLine, ShiftEvent } from '../../../lib/traffic/shift-events';
import { allOn, weightsFor } from '../../../lib/traffic/weights';

const HALF = weightsFor(0.5, 'green');
const linesOf = (...events: ShiftEvent[]): JournalLine[] =>
  events.map((event, i) => ({ n: i + 1, at: new Date(i * 10_000).toISOString(), ...event }));
const reportOf = (...events: ShiftEvent[]): ShiftReport => {
  const lines = linesOf(
    {
      type: 'started',
      run: 'run',
      system: 'kong',
      from: 'blue',
      to: 'green',
      stages: [{ share: 0.5, bakeSeconds: 10 }],
      minRequests: 0,
      maxExtensionSeconds: 60,
      alarms: [],
      account: '',
      region: '',
      stackIds: {},
      weightsBefore: allOn('blue'),
      reading: {},
    },
    { type: 'raising', stage: 0, weights: HALF },
    { type: 'raised', stage: 0, weights: HALF },
    ...events,
  );
  return shiftReport(fold(lines), lines, 'run.ndjson');
};

test('given a plan that ends at 50 %, its end names no teardown: the old slot serves half of the users', () => {
  const text = reportText(
    reportOf({ type: 'passed', stage: 0, counts: { blue: 10, green: 10 }, gates: [] }, { type: 'done' }),
  );
  expect(text).not.toContain('teardown');
  expect(text).toContain(
    'next: both slots serve, and live stays blue. On: kong-dual-cluster shift start --to green --shares with shares above 50 %    back to blue: kong-dual-cluster shift abort --force',
  );
});

test('given another command has put the weights back, no time is made up for it', () => {
  const text = reportText(
    reportOf({ type: 'rolling back', why: 'aborted by alice' }, { type: 'rolled back', seconds: 0, by: 'person' }),
  );
  expect(text).toContain('rolled back to blue: aborted by alice');
});
