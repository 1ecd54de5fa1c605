import { percent } from '../traffic/plan';
import { counted } from './grouped-findings';
import { shareSeen, type RequestCounts } from '../traffic/gates';
import type { ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { Slot } from '../traffic/weights';

/**
 * A line of the journal as a line for people, for a log that nobody watches; undefined for what the lines around it say.
 * @param state after the line
 */
export function changeLine(
  line: JournalLine,
  { start, reason }: Pick<ShiftState, 'start' | 'reason'>,
): string | undefined {
  const { from, to, stages } = start;
  switch (line.type) {
    case 'started':
      return `run ${start.run}: ${from} → ${to} in ${stages.map(({ share }) => percent(share)).join(', ')}`;
    case 'raising':
      return `stage ${line.stage + 1} of ${stages.length}: ${percent(stages[line.stage]?.share ?? 0)} on ${to}`;
    case 'raised':
      return undefined;
    case 'looked':
      return `  ${line.verdict}: ${decisive(line)}`;
    case 'passed':
      return `  passed: ${line.gates.map(({ reason }) => reason).join('; ')}; ${seen(line.counts, to)}`;
    case 'held':
      return line.by === 'approval' ? `  waits for approval: ${line.why}` : `  held: ${line.why}`;
    case 'resumed':
      return `  resumed by ${line.by}`;
    case 'rolling back':
      return `rolling back to ${from}: ${line.why}`;
    case 'rolled back':
      return `rolled back to ${from}${reason === undefined ? '' : `: ${reason}`}`;
    case 'rollback failed':
      return `THE ROLLBACK FAILED: ${line.why}`;
    case 'conflict':
      return `  somebody else changed the weights: ${line.found}`;
    case 'done':
      return 'done';
  }
}

/** `24.8 % of 12345 requests on green`: what a stage has seen so far. */
export function seen(counts: RequestCounts, to: Slot): string {
  const total = (counts.blue ?? 0) + (counts.green ?? 0);
  const share = shareSeen(counts, to);
  return share === undefined
    ? 'no requests counted yet'
    : `${percent(Math.round(share * 1000) / 1000)} of ${total} requests on ${to}`;
}

/** What a verdict is due to: of a look that did not pass only the gates that did not. */
function decisive({ gates, verdict }: Extract<JournalLine, { type: 'looked' }>): string {
  const open = gates.filter((gate) => gate.verdict !== 'PASS');
  return verdict === 'PASS' || open.length === 0
    ? counted(gates.length, 'gate')
    : [...new Set(open.map(({ reason }) => reason))].join('; ');
}
