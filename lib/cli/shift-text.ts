import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import type { ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import { shareOf, type Slot } from '../traffic/weights';
import { stageResults, type StageResult } from '../traffic/stage-results';

/** The end of a shift as data: what `--output json` prints. */
export interface ShiftReport {
  readonly run: string;
  readonly outcome: ShiftState['phase'];
  readonly from: Slot;
  readonly to: Slot;
  readonly reason?: string;
  readonly stages: readonly StageResult[];
  /** Weights that were verified last. */
  readonly weights: ShiftState['weights'];
  /** Whether a write of the next weights was begun and never verified: the rules may disagree. */
  readonly betweenStages: boolean;
  /** From the look that found the breach to verified weights, seconds. */
  readonly rollbackSeconds?: number;
  readonly journal: string;
}

const WRITES: ReadonlySet<JournalLine['type']> = new Set(['raising', 'raised', 'rolled back']);

export function shiftReport(state: ShiftState, lines: readonly JournalLine[], journal: string): ShiftReport {
  const rolledBack = lines.findLast((line) => line.type === 'rolled back');
  return {
    run: state.start.run,
    outcome: state.phase,
    from: state.start.from,
    to: state.start.to,
    ...(state.reason !== undefined && { reason: state.reason }),
    stages: stageResults(lines),
    weights: state.weights,
    betweenStages: lines.findLast(({ type }) => WRITES.has(type))?.type === 'raising',
    // Another command that put the weights back has measured its own time.
    ...(rolledBack?.type === 'rolled back' && rolledBack.by === 'gates' && { rollbackSeconds: rolledBack.seconds }),
    journal,
  };
}

export function reportText(report: ShiftReport): string {
  const { outcome, from, reason, stages, rollbackSeconds, journal, run } = report;
  const ends: Partial<Record<ShiftState['phase'], string>> = {
    done: `done: ${shareLine(report)}`,
    'rolled back': `rolled back to ${from}${rollbackSeconds === undefined ? '' : ` in ${rollbackSeconds} s`}: ${reason ?? 'aborted'}`,
    held: `held: ${reason ?? ''}\n  traffic stays as it is: ${report.betweenStages ? 'some rules may have the next weights already, see kong-dual-cluster shift status' : shareLine(report)}\n  go on: kong-dual-cluster shift resume    back to ${from}: kong-dual-cluster shift abort`,
    conflict: `stopped, somebody else changed the weights: ${reason ?? ''}\n  nothing was fought and nothing rolled back. Back to ${from}: kong-dual-cluster shift abort    go on: shift set to the share of the stage, then shift resume`,
    'rollback failed': `THE ROLLBACK FAILED: ${reason ?? ''}\n  at once: kong-dual-cluster shift abort`,
  };
  return [
    ...(stages.length > 0 ? [stageTable(stages), ''] : []),
    ends[outcome] ?? outcome,
    ...(outcome === 'done' ? [next(report)] : []),
    `run ${run}, journal ${journal}`,
  ].join('\n');
}

function next({ weights, from, to }: ShiftReport): string {
  return weights[from] > 0
    ? `next: both slots serve, and live stays ${from}. On: kong-dual-cluster shift start --to ${to} --shares with shares above ${percent(shareOf(weights, to))}    back to ${from}: kong-dual-cluster shift abort --force`
    : `next: look at ${to} as long as you need; ${from} still runs and \`shift abort --force\` goes back while nothing was written. Then: kong-dual-cluster teardown`;
}

const shareLine = ({ weights, to }: Pick<ShiftReport, 'weights' | 'to'>): string =>
  `blue ${weights.blue}, green ${weights.green} (${to} rises)`;

export function stageTable(stages: readonly StageResult[]): string {
  const rows = [
    ['stage', 'slot', 'share set', 'share seen', 'requests', 'took', ''],
    ...stages.map((stage) => [
      String(stage.stage),
      stage.slot,
      percent(stage.shareSet),
      stage.shareSeen === null ? 'no data' : percent(Math.round(stage.shareSeen * 1000) / 1000),
      String(stage.requests),
      durationOf(stage.seconds),
      stage.outcome,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column >= 2 && column <= 5 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
