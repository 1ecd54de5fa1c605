import { percent } from '../traffic/plan';
import type { ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { ShiftRecord } from '../traffic/shift-record';
import { shareOf, type Slot } from '../traffic/weights';

/** What people elsewhere are told of a shift. */
export type NoticeKind =
  | 'started'
  | 'stage passed'
  | 'approval needed'
  | 'held'
  | 'resumed'
  | 'rolling back'
  | 'rolled back'
  | 'rollback failed'
  | 'conflict'
  | 'done';

/** The body of a webhook's POST, and of the message to the topic; docs/shift.md has it. */
export interface Notice {
  readonly version: 1;
  readonly kind: NoticeKind;
  /** Whether a person has to do something. */
  readonly needsPerson: boolean;
  /** One line for people. */
  readonly text: string;
  readonly system: string;
  readonly run: string;
  readonly from: Slot;
  readonly to: Slot;
  /** From 1. */
  readonly stage: number;
  readonly stages: number;
  /** Share (0–1) that `to` has. */
  readonly share: number;
  readonly reason?: string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601. */
  readonly at: string;
  /** What to run when a person has to act. */
  readonly commands: readonly string[];
}

/** What a line of the journal is worth telling; undefined for what happens in between. */
export function noticeOf(line: JournalLine, state: ShiftState): Notice | undefined {
  const { start } = state;
  const kind = kindOf(line);
  if (kind === undefined) return undefined;
  const stage = 'stage' in line ? line.stage : state.stage;
  const reason = reasonOf(line) ?? (kind === 'rolled back' ? state.reason : undefined);
  const where = `stage ${stage + 1} of ${start.stages.length} (${percent(start.stages[stage]?.share ?? 0)} on ${start.to})`;
  return {
    version: 1,
    kind,
    needsPerson: COMMANDS[kind] !== undefined,
    text: `${start.system}: ${kind}, ${where}${reason === undefined ? '' : `: ${reason}`}`,
    system: start.system,
    run: start.run,
    from: start.from,
    to: start.to,
    stage: stage + 1,
    stages: start.stages.length,
    share: shareOf(state.weights, start.to),
    ...(reason !== undefined && { reason }),
    account: start.account,
    region: start.region,
    at: line.at,
    commands: COMMANDS[kind] ?? [],
  };
}

/** Of an abort from any machine: the run itself may be dead. */
export const noticeOfAbort = (record: ShiftRecord, system: string): Notice => ({
  version: 1,
  kind: 'rolled back',
  needsPerson: false,
  text: `${system}: rolled back, stage ${record.stage} of ${record.stages}: ${record.reason ?? 'aborted'}`,
  system,
  run: record.run,
  from: record.from,
  to: record.to,
  stage: record.stage,
  stages: record.stages,
  share: record.share,
  ...(record.reason !== undefined && { reason: record.reason }),
  account: record.account,
  region: record.region,
  at: record.changedAt,
  commands: [],
});

const ON_OR_BACK = ['kong-dual-cluster shift resume', 'kong-dual-cluster shift abort'];
const COMMANDS: Readonly<Partial<Record<NoticeKind, readonly string[]>>> = {
  'approval needed': ON_OR_BACK,
  held: ON_OR_BACK,
  conflict: ['kong-dual-cluster shift status', 'kong-dual-cluster shift abort'],
  'rollback failed': ['kong-dual-cluster shift abort'],
};

function kindOf(line: JournalLine): NoticeKind | undefined {
  switch (line.type) {
    case 'raising':
    case 'raised':
    case 'looked':
      return undefined;
    case 'passed':
      return 'stage passed';
    case 'held':
      return line.by === 'approval' ? 'approval needed' : 'held';
    default:
      return line.type;
  }
}

function reasonOf(line: JournalLine): string | undefined {
  if (line.type === 'held' || line.type === 'rolling back' || line.type === 'rollback failed') return line.why;
  return line.type === 'conflict' ? line.found : undefined;
}
