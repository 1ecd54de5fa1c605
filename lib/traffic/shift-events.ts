import type { GateResult, RequestCounts, Verdict } from './gates';
import type { GatePolicy } from './gate-policy';
import type { Stage } from './plan';
import type { Slot, Weights, WeightScale } from './weights';

/** What a shift was started with; the first line of its journal. */
export interface ShiftStart {
  /** Id of the run, for example `20261121T203000Z-4711`. */
  readonly run: string;
  readonly system: string;
  readonly from: Slot;
  readonly to: Slot;
  readonly stages: readonly Stage[];
  /** Name of the router that is written to. @default alb */
  readonly router?: string;
  /** How finely that router splits. @default ELB_SCALE */
  readonly scale?: WeightScale;
  /** What the gates are asked, and what becomes of a stage without a verdict. */
  readonly gates?: GatePolicy;
  /** Requests that `to` must have got in a stage, from 0; a stage may ask for more. */
  readonly minRequests: number;
  /** Seconds that a stage may wait longer than its bake for data; a stage may say otherwise. */
  readonly maxExtensionSeconds: number;
  readonly alarms: readonly string[];
  /** Of these, those that count only in ALARM: the edge's, where the weights are elsewhere and the traffic may not pass it. */
  readonly onlyBreaches?: readonly string[];
  /** Seconds that a point of the metrics covers. @default 60 */
  readonly periodSeconds?: number;
  /** Seconds without a sign of life after which the old slot gets everything back; absent: never. */
  readonly deadManSeconds?: number;
  readonly account: string;
  readonly region: string;
  /** Id of the stack by slot; an adopted slot has none. */
  readonly stackIds: Readonly<Partial<Record<Slot, string>>>;
  readonly weightsBefore: Weights;
  /** The router's own reading before the first write; enough to restore it without any other source. */
  readonly reading: unknown;
}

/** Why a shift stands still although it has not ended; approval: the next stage waits for a person's `shift resume`. */
export type HeldBy = 'gates' | 'capacity' | 'approval' | 'person' | 'interrupt' | 'credentials' | 'error';

/** A line of the journal. An intent is written before the write it announces, its outcome after it. */
export type ShiftEvent =
  | ({ readonly type: 'started' } & ShiftStart)
  | { readonly type: 'raising'; readonly stage: number; readonly weights: Weights }
  | { readonly type: 'raised'; readonly stage: number; readonly weights: Weights }
  | {
      readonly type: 'looked';
      readonly stage: number;
      readonly verdict: Verdict;
      readonly gates: readonly GateResult[];
      /** Requests in the stage so far; absent in a journal of an earlier version, and where nobody counts. */
      readonly counts?: RequestCounts;
      /** Errors in the settled periods of the stage so far; a slot of which nothing is known is absent. */
      readonly errors?: Partial<RequestCounts>;
    }
  | {
      readonly type: 'passed';
      readonly stage: number;
      readonly counts: RequestCounts;
      readonly gates: readonly GateResult[];
    }
  | { readonly type: 'held'; readonly by: HeldBy; readonly why: string; readonly counts?: RequestCounts }
  | { readonly type: 'resumed'; readonly by: string }
  | { readonly type: 'rolling back'; readonly why: string; readonly counts?: RequestCounts }
  | { readonly type: 'rolled back'; readonly seconds: number; readonly by: 'gates' | 'person' }
  | { readonly type: 'rollback failed'; readonly why: string }
  | { readonly type: 'conflict'; readonly found: string }
  | { readonly type: 'done' };

const TYPES: Readonly<Record<ShiftEvent['type'], true>> = {
  started: true,
  raising: true,
  raised: true,
  looked: true,
  passed: true,
  held: true,
  resumed: true,
  'rolling back': true,
  'rolled back': true,
  'rollback failed': true,
  conflict: true,
  done: true,
};
/** To know an event of ours in a file that anybody may have edited. */
export const EVENT_TYPES: ReadonlySet<unknown> = new Set(Object.keys(TYPES));

/** An event as it stands in the journal. */
export type JournalLine = ShiftEvent & {
  /** Position in the journal, from 1. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
};
