import { shareSeen, type RequestCounts } from './gates';
import type { JournalLine } from './shift-events';
import type { Slot } from './weights';

/** What one stage of a shift came to. */
export interface StageResult {
  /** From 1. */
  readonly stage: number;
  readonly slot: Slot;
  /** Fraction (0–1) that was set, and that was seen; null where nothing was counted. */
  readonly shareSet: number;
  readonly shareSeen: number | null;
  /** Requests that both slots got in the stage. */
  readonly requests: number;
  readonly seconds: number;
  readonly outcome: 'passed' | 'rolled back' | 'rollback failed' | 'held' | 'conflict' | 'under way';
}

/** Stages that were begun, from the journal; a stage that was resumed counts once, by its last attempt. */
export function stageResults(lines: readonly JournalLine[]): StageResult[] {
  const started = lines[0];
  if (started?.type !== 'started') return [];
  const results = new Map<number, StageResult>();
  let raisedAt = started.at;
  let current: number | undefined;
  const close = (outcome: StageResult['outcome'], at: string, counts?: RequestCounts): void => {
    const open = current === undefined ? undefined : results.get(current);
    if (open?.outcome !== 'under way') return;
    results.set(open.stage - 1, {
      ...open,
      ...(counts && seenOf(counts, open.slot)),
      outcome,
      seconds: secondsBetween(raisedAt, at),
    });
  };
  const reopened = (outcome: 'rolled back' | 'rollback failed'): void => {
    const open = current === undefined ? undefined : results.get(current);
    if (open?.outcome === 'rolled back' || open?.outcome === 'rollback failed')
      results.set(open.stage - 1, { ...open, outcome });
  };
  for (const line of lines) {
    if (line.type === 'raised') {
      current = line.stage;
      raisedAt = line.at;
      results.set(line.stage, {
        stage: line.stage + 1,
        slot: started.to,
        shareSet: started.stages[line.stage]?.share ?? 0,
        shareSeen: null,
        requests: 0,
        seconds: 0,
        outcome: 'under way',
      });
    } else if (line.type === 'passed') {
      const open = results.get(line.stage);
      if (open) {
        results.set(line.stage, {
          ...open,
          ...seenOf(line.counts, started.to),
          seconds: secondsBetween(raisedAt, line.at),
          outcome: 'passed',
        });
      }
    } else if (line.type === 'rolling back') close('rolled back', line.at, line.counts);
    // What was asked for is not what was reached.
    else if (line.type === 'rollback failed') reopened('rollback failed');
    else if (line.type === 'rolled back') reopened('rolled back');
    else if (line.type === 'held') close('held', line.at, line.counts);
    else if (line.type === 'conflict') close('conflict', line.at);
  }
  return [...results.values()];
}

const seenOf = (counts: RequestCounts, slot: Slot): Pick<StageResult, 'shareSeen' | 'requests'> => ({
  shareSeen: shareSeen(counts, slot) ?? null,
  requests: (counts.blue ?? 0) + (counts.green ?? 0),
});

const secondsBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 100) / 10;
