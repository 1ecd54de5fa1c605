import { fold, type ShiftState } from '../traffic/shift';
import { shareSeen, type GateResult } from '../traffic/gates';
import type { JournalLine } from '../traffic/shift-events';
import { shareOf, SLOTS, type Slot, type Weights } from '../traffic/weights';
import { changeLine } from './shift-change';
import { shiftView, type ShiftView } from './shift-view';

/** A journal as it is told afterwards; `--output json` of the report. Times are ISO 8601, shares 0–1. */
export interface ShiftStory {
  readonly view: ShiftView;
  readonly endedAt: string;
  readonly router: string;
  readonly account: string;
  readonly region: string;
  /** From the look that found the breach to verified weights, seconds; null when nothing was rolled back by the gates. */
  readonly rollbackSeconds: number | null;
  /** Every change of the weights, the first one at the start. */
  readonly weights: readonly { readonly at: string; readonly share: number; readonly weights: Weights }[];
  readonly looks: readonly StoryLook[];
  readonly spans: readonly StorySpan[];
  readonly events: readonly { readonly at: string; readonly type: JournalLine['type']; readonly text: string }[];
}

/** What was counted between a look and the one before it in the same stage. */
export interface StoryLook {
  readonly at: string;
  /** When the one before it was, or the stage was raised. */
  readonly since: string;
  /** From 1. */
  readonly stage: number;
  readonly verdict: GateResult['verdict'];
  /** Of the requests between the two; null where nothing was counted. */
  readonly shareSeen: number | null;
  readonly requests: number | null;
  /** By slot; null where no source tells them. */
  readonly errors: Readonly<Record<Slot, number | null>>;
  readonly gates: readonly GateResult[];
}

/** A time in which the shift did one thing. */
export interface StorySpan {
  readonly what: 'preparing' | 'raising' | 'watching' | 'held' | 'rolling back' | 'conflict';
  /** From 1. */
  readonly stage: number;
  readonly from: string;
  readonly until: string;
}

/** @throws KongDualClusterError JOURNAL_DAMAGED when the first line is not the start of a shift */
export function shiftStory(lines: readonly JournalLine[]): ShiftStory {
  const state = fold(lines);
  const { start } = state;
  const endedAt = lines.at(-1)!.at;
  const rolledBack = lines.findLast((line) => line.type === 'rolled back');
  return {
    view: shiftView({ state, lines, now: Date.parse(endedAt), isRun: false }),
    endedAt,
    router: start.router ?? 'alb',
    account: start.account,
    region: start.region,
    rollbackSeconds: rolledBack?.type === 'rolled back' && rolledBack.by === 'gates' ? rolledBack.seconds : null,
    weights: weightsOver(lines, state),
    looks: looksOf(lines, start.to),
    spans: spansOver(lines),
    events: eventsOf(lines),
  };
}

function weightsOver(lines: readonly JournalLine[], { start }: ShiftState): ShiftStory['weights'] {
  return lines.flatMap((line) => {
    const weights =
      line.type === 'raised'
        ? line.weights
        : line.type === 'started' || line.type === 'rolled back'
          ? start.weightsBefore
          : undefined;
    return weights ? [{ at: line.at, share: shareOf(weights, start.to), weights }] : [];
  });
}

function looksOf(lines: readonly JournalLine[], to: Slot): StoryLook[] {
  const looks: StoryLook[] = [];
  let since = lines[0]!.at;
  let before: Counted = {};
  for (const line of lines) {
    if (line.type === 'raised') {
      since = line.at;
      before = {};
    }
    if (line.type !== 'looked' && line.type !== 'passed') continue;
    const now: Counted = { ...before, ...line.counts, ...(line.type === 'looked' && { errorsOf: line.errors }) };
    const more = (slot: Slot): number => Math.max(0, (now[slot] ?? 0) - (before[slot] ?? 0));
    const requests = more('blue') + more('green');
    const known = line.counts !== undefined && (line.counts.blue !== undefined || line.counts.green !== undefined);
    const errors = (slot: Slot): number | null => {
      const all = line.type === 'looked' ? line.errors?.[slot] : undefined;
      return all === undefined ? null : Math.max(0, all - (before.errorsOf?.[slot] ?? 0));
    };
    looks.push({
      at: line.at,
      since,
      stage: line.stage + 1,
      verdict: line.type === 'passed' ? 'PASS' : line.verdict,
      shareSeen: known ? (shareSeen({ blue: more('blue'), green: more('green') }, to) ?? null) : null,
      requests: known ? requests : null,
      errors: { blue: errors('blue'), green: errors('green') },
      gates: line.gates,
    });
    // A look that counted nothing new is no end of what the next one counts.
    if (requests > 0 || line.type === 'passed') since = line.at;
    before = now;
  }
  return looks;
}

type Counted = Partial<Record<Slot, number | undefined>> & {
  readonly errorsOf?: Partial<Record<Slot, number | undefined>> | undefined;
};

function spansOver(lines: readonly JournalLine[]): StorySpan[] {
  const spans: StorySpan[] = [];
  let stage = 1;
  for (const [index, line] of lines.entries()) {
    if ('stage' in line) stage = line.stage + 1 + (line.type === 'passed' ? 1 : 0);
    const what = SPANS[line.type];
    const last = spans.at(-1);
    const until = lines[index + 1]?.at ?? line.at;
    if (what === undefined || (last?.what === what && last.stage === stage)) {
      if (last) spans[spans.length - 1] = { ...last, until: ENDS.has(line.type) ? line.at : until };
      continue;
    }
    spans.push({ what, stage, from: line.at, until });
  }
  return spans;
}

const SPANS: Readonly<Partial<Record<JournalLine['type'], StorySpan['what']>>> = {
  started: 'preparing',
  raising: 'raising',
  raised: 'watching',
  held: 'held',
  resumed: 'preparing',
  'rolling back': 'rolling back',
  conflict: 'conflict',
};
const ENDS: ReadonlySet<JournalLine['type']> = new Set(['done', 'rolled back', 'rollback failed']);

function eventsOf(lines: readonly JournalLine[]): ShiftStory['events'] {
  const state = { start: fold(lines.slice(0, 1)).start };
  return lines.flatMap((line) => {
    const text =
      line.type === 'raised' ? `the weights are ${shownWeights(line.weights)}, read back` : changeLine(line, state);
    return text === undefined ? [] : [{ at: line.at, type: line.type, text: text.trim() }];
  });
}

export const shownWeights = (weights: Weights): string => SLOTS.map((slot) => `${slot} ${weights[slot]}`).join(' : ');
