import { gatesOf } from '../traffic/gates-of';
import type { GateResult } from '../traffic/gates';
import { invariants } from '../traffic/invariants';
import type { MinuteReading } from '../traffic/minutes';
import type { JournalLine, ShiftStart } from '../traffic/shift-events';
import { spansOf } from '../traffic/stage-span';

/** What the sources said at one look. */
export interface MinutesSeen {
  readonly lines: readonly JournalLine[];
  readonly readings: readonly MinuteReading[];
  /** Why a source did not answer, in words. */
  readonly silent: readonly string[];
  /** Seconds that written weights may take until requests follow them. */
  readonly settleSeconds: number;
}

/** The gates that look at minutes; none where the shift asks for none. */
export function minuteGates(start: ShiftStart, { lines, readings, silent, settleSeconds }: MinutesSeen): GateResult[] {
  const { gates: policy, from, to, stages } = start;
  if (policy === undefined) return [];
  const spans = spansOf(lines.filter(isNoWait), settleSeconds);
  return [
    ...invariants({ readings, policy, to, spans }),
    ...gatesOf({ readings, policy, from, to, stages, spans }),
    ...silent.map((reason) => ({
      gate: 'metrics',
      verdict: 'INCONCLUSIVE' as const,
      // Another source may tell all that is asked for.
      use: 'dryRun' as const,
      reason: `a source did not answer: ${reason}`,
    })),
  ];
}

/** A run that waits for a person goes on watching: the stage's span is not over. */
const isNoWait = (line: JournalLine): boolean =>
  line.type !== 'held' || (line.by !== 'person' && line.by !== 'approval');
