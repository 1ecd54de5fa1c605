import type { Slot } from '../../../lib/traffic/weights';

/**
 * Everything that the page shows, as plain data: the page reads no clock, no file and no network. Times `at` are seconds
 * since `startedAt`; shares are 0–1; latencies are seconds. What was not measured is left out, never zero.
 */
export interface ReportData {
  readonly title: string;
  /** One sentence beneath the verdict. */
  readonly summary: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** How long the whole run took. */
  readonly seconds: number;
  readonly holds: boolean;
  readonly failure?: string;
  readonly figures: readonly Figure[];
  /** What each round does, from round 1 on; steps of round 0 are common to all. */
  readonly rounds: readonly string[];
  readonly steps: readonly StepSpan[];
  /** Share of green as it was set: one entry a change. */
  readonly weights: readonly WeightsSet[];
  /** What the load balancer counted, a second and slot at a time. */
  readonly slotSeconds: readonly SlotSecond[];
  readonly clientSeconds: readonly ClientSecond[];
  readonly errors: ErrorCounts;
  readonly moments: readonly Moment[];
  readonly shifts: readonly ShiftReport[];
  /** Small tables that stand after the charts. */
  readonly tables: readonly Table[];
  /** What this is and what it is not; one paragraph each. */
  readonly notes: readonly string[];
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail?: string;
  readonly tone?: 'good' | 'bad';
}

export interface StepSpan {
  readonly name: string;
  /** A word or two, for the ribbon above the chart. */
  readonly short: string;
  readonly at: number;
  readonly seconds: number;
  readonly note: string;
  /** Steps of one round stand together. */
  readonly round: number;
  readonly failed?: true;
}

export interface WeightsSet {
  readonly at: number;
  readonly green: number;
}

export interface SlotSecond {
  readonly at: number;
  readonly slot: Slot;
  readonly requests: number;
  /** Answers with a status of 500 or above, and connections that could not be made. */
  readonly errors: number;
  /** Of the target's own time until its answer begins. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

export interface ClientSecond {
  readonly at: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
}

/** Errors of the whole run. */
export interface ErrorCounts {
  readonly blue: number;
  readonly green: number;
  /** 5xx that the load balancer made itself: in no slot's count. */
  readonly loadBalancer: number;
  /** Requests that failed at the client, whoever's fault it was. */
  readonly client: number;
}

/** Something that happened at one instant. */
export interface Moment {
  readonly at: number;
  readonly label: string;
  readonly tone?: 'good' | 'bad';
}

export interface ShiftReport {
  readonly title: string;
  readonly to: Slot;
  readonly from: number;
  readonly until: number;
  readonly outcome: string;
  readonly tone?: 'good' | 'bad';
  readonly stages: readonly StageReport[];
}

export interface StageReport {
  readonly slot: Slot;
  readonly shareSet: number;
  readonly shareSeen: number | undefined;
  /** On both slots. */
  readonly requests: number;
  /** Three standard deviations of a share seen in so many requests; undefined without requests. */
  readonly bound: number | undefined;
  readonly within: boolean | undefined;
  readonly note?: string;
}

export interface Table {
  readonly title: string;
  readonly detail?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
