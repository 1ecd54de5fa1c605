import type { Slot } from './weights';

/** Statuses that are compared two-sided: a gateway that lets everybody in answers fewer of them. */
export const REFUSALS = ['401', '403', '429'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What is counted of a slot and compared with the other one. */
export type Counted = 'errors' | 'slow' | (typeof REFUSALS)[number];
export const COUNTED: readonly Counted[] = ['errors', 'slow', ...REFUSALS];

/** What one slot did in one period (a minute on AWS). */
export interface SlotMinute {
  readonly requests: number;
  /** 5xx of the nodes, and connection, TLS and timeout errors that the router made for them. */
  readonly errors: number;
  /** Requests slower than the limit; absent where the source cannot tell. */
  readonly slow?: number;
  /** By status; absent where the source cannot tell. */
  readonly refusals?: Readonly<Record<Refusal, number>>;
}

export interface Minute {
  /** Start of the period, ISO 8601. */
  readonly at: string;
  /** Whether late points are in: it is older than the source's delay. Gates look at settled periods only. */
  readonly settled: boolean;
  /** A slot that published nothing is absent: that is not zero. */
  readonly slots: Readonly<Partial<Record<Slot, SlotMinute>>>;
  /** Errors that the router made and that the source cannot tell a slot of; absent when there were none. */
  readonly unattributed?: number;
}

/** What one source says about a time. */
export interface MinuteReading {
  /** Where it is from, for people: `CloudWatch`, `Kong's Prometheus`, `access logs`. */
  readonly source: string;
  readonly periodSeconds: number;
  /** Rising in time, without gaps filled in. */
  readonly minutes: readonly Minute[];
  /** Seconds since the newest point, where it is older than it should be: nothing passes on it. */
  readonly staleSeconds?: number;
  /** What the source could not tell and why, for people: a node that does not answer, a metric that is switched off. */
  readonly notes?: readonly string[];
}

/** @param from and @param to: periods that begin at or after `from` and end at or before `to` */
export type MinuteSource = (from: Date, to: Date) => Promise<MinuteReading>;
