import { knownWeights, type ShiftState } from '../traffic/shift';
import type { ShiftRecord } from '../traffic/shift-record';
import { shareOf } from '../traffic/weights';

/** The state as other machines read it. @param at ISO 8601 */
export function recordOf(
  { start, phase, stage, weights, reason }: ShiftState,
  where: { readonly startedAt: string; readonly host: string; readonly journal: string },
  at: string,
): ShiftRecord {
  return {
    run: start.run,
    from: start.from,
    to: start.to,
    phase,
    stage: stage + 1,
    stages: start.stages.length,
    share: shareOf(weights, start.to),
    startedAt: where.startedAt,
    changedAt: at,
    ...(reason !== undefined && { reason }),
    account: start.account,
    region: start.region,
    stackIds: start.stackIds,
    ...(start.router !== undefined && { router: start.router }),
    weightsBefore: start.weightsBefore,
    known: knownWeights({ start, stage }),
    host: where.host,
    journal: where.journal,
  };
}

/** Id of a run: its time, so that journals sort, and what tells two of one second apart. */
export const runId = (now: Date, pid: number): string =>
  `${now.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-${pid}`;
