import type { JournalLine } from './shift-events';
import type { Weights } from './weights';

/** A time in which one stage's weights were set. A stage that was held and resumed has two. */
export interface StageSpan {
  /** Index into the plan's stages, from 0. */
  readonly stage: number;
  readonly weights: Weights;
  /** From when on the weights hold for every new request, ISO 8601. */
  readonly from: string;
  /** When it was left, ISO 8601; absent while it is under way. */
  readonly until?: string;
}

/**
 * The spans of a journal, the one under way last.
 * @param settleSeconds time that a written weight may take until new requests follow it
 */
export function spansOf(lines: readonly JournalLine[], settleSeconds: number): StageSpan[] {
  const spans: StageSpan[] = [];
  const leave = (at: string): void => {
    const open = spans.at(-1);
    if (open && open.until === undefined) spans[spans.length - 1] = { ...open, until: at };
  };
  for (const line of lines) {
    if (line.type === 'raised') {
      leave(line.at);
      const from = new Date(Date.parse(line.at) + settleSeconds * 1000).toISOString();
      spans.push({ stage: line.stage, weights: line.weights, from });
    } else if (LEAVES.has(line.type)) leave(line.at);
  }
  return spans;
}

/** Events after which the stage's weights are not watched or not there any more. */
const LEAVES: ReadonlySet<JournalLine['type']> = new Set([
  'raising',
  'held',
  'conflict',
  'rolling back',
  'rolled back',
]);
