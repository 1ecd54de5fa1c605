import type { CapacityReading } from '../deployed/capacity';
import type { LockReading } from '../deployed/shift-table';
import type { Look, ShiftView } from '../render/shift-view';
import type { AlarmReading } from '../traffic/gates';
import type { JournalLine } from '../traffic/shift-events';
import type { ShiftRecord } from '../traffic/shift-record';
import type { Slot, Weights } from '../traffic/weights';

/** Where the traffic is and what is under way, read live; of a shift what its journal says, if it can be read from here. */
export interface Status {
  /** Of each rule; none where the rules cannot be read as ours. */
  readonly weights: readonly Weights[];
  /** Why the rules cannot be read: one is gone, or somebody made another one of it. */
  readonly unreadable?: string;
  /** The slot with most of the traffic; null on an even split or when the rules disagree. */
  readonly live: Slot | null;
  readonly adminApi: Weights | null;
  readonly capacity: Readonly<Record<Slot, CapacityReading>>;
  readonly lock: LockReading | null;
  /** The holder was a process of this machine that is gone; of another machine's nothing is known. */
  readonly lockHolderIsDead?: boolean;
  readonly shift: ShiftRecord | null;
  readonly stages: readonly { readonly share: number; readonly bakeSeconds: number; readonly outcome: string }[];
  readonly alarms: readonly AlarmReading[];
  /** Stages, gates, what happens next; null where the journal cannot be read from here, then `journal` says why. */
  readonly view: ShiftView | null;
  readonly journal: string | null;
}

/** All that one look has read. */
export interface Looked {
  readonly status: Omit<Status, 'stages' | 'view'>;
  readonly lines: readonly JournalLine[];
  readonly look?: Look;
  readonly timerAt?: number;
}
