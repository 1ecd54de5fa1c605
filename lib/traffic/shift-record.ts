import type { Slot, Weights } from './weights';

/** Where a shift stands; the words of ARCHITECTURE.md. */
export type ShiftPhase =
  | 'planned'
  | 'raising'
  | 'baking'
  | 'soaking'
  | 'soaked'
  | 'held'
  | 'rolling back'
  | 'rolled back'
  | 'rollback failed'
  | 'conflict'
  | 'done';

/**
 * The last shift of a system as every machine can read it: one item of the edge's table, beside the lock. `status`,
 * `abort`, `teardown` and `doctor` need nothing else.
 */
export interface ShiftRecord {
  readonly run: string;
  readonly from: Slot;
  readonly to: Slot;
  readonly phase: ShiftPhase;
  /** 1-based stage under way and how many there are. */
  readonly stage: number;
  readonly stages: number;
  /** Share (0–1) that `to` is set to. */
  readonly share: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly changedAt: string;
  readonly reason?: string;
  readonly account: string;
  readonly region: string;
  /** Id of the stack by slot at the start; an adopted slot has none. */
  readonly stackIds: Readonly<Partial<Record<Slot, string>>>;
  /** Name of the router that is written to. @default alb */
  readonly router?: string;
  readonly weightsBefore: Weights;
  /** Weights that this run has set or may have set so far: any other is somebody else's. */
  readonly known?: readonly Weights[];
  /** Name of the machine and path of the journal on it. */
  readonly host: string;
  readonly journal: string;
}
