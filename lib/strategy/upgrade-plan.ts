import type { Hop, Warning } from '../release/hop';

export type StrategyName =
  'dual-cluster' | 'in-place' | 'rolling' | 'shared-database' | 'new-keyspace' | 'fresh-datastore';

export interface Strategy {
  readonly name: StrategyName;
  /** Why this one, in sentences. */
  readonly why: string;
  /** Why none of the others. */
  readonly others: readonly { readonly name: StrategyName; readonly whyNot: string }[];
}

/** One step of the runbook; somebody who is tired can do it, check it and undo it. */
export interface RunbookStep {
  /** Stable, in kebab-case: what a table or a ticket names. */
  readonly id: string;
  readonly title: string;
  readonly phase: 'before' | 'during' | 'after';
  /** Who does it: `platform engineer`, `kong-dual-cluster`, `plugin author`, … */
  readonly who: string;
  /** As typed, one a line; empty for a step without a command. Values to fill in stand as `$NAME` or `NAME`. */
  readonly commands: readonly string[];
  /** Files that the commands use, as they are to be written. */
  readonly files?: readonly { readonly name: string; readonly content: string }[];
  /** Why the step is there, where that is not plain. */
  readonly why?: string;
  /** What is to be seen when it went well. */
  readonly expected: string;
  /** How to look. */
  readonly check: string;
  /** How to take it back; what can not be taken back is said. */
  readonly undo: string;
  /** Weights alone do not bring the old state back after this step. */
  readonly pointOfNoReturn: boolean;
  /** Kong or AWS documents, issues, recordings. */
  readonly sources: readonly string[];
}

/** What `plan` says of an upgrade, in plain data. */
export interface UpgradePlan {
  /** As asked for, `2.8` or `3.4.3.12`. */
  readonly from: string;
  readonly to: string;
  /** The day for which support dates were judged, `2026-08-21`. */
  readonly asOf: string;
  readonly hops: readonly Hop[];
  readonly strategy: Strategy;
  readonly runbook: readonly RunbookStep[];
  readonly warnings: readonly Warning[];
}
