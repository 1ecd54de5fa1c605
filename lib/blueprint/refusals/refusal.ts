import type { Lock, Settings } from '../../settings/schema';

/** One thing in the settings that is refused, in plain data: where, what was wrong, the value found, what mends it. */
export interface Refusal {
  readonly code: string;
  /** Key path in dual-cluster.yaml, so that the loader can name the line. */
  readonly path: readonly (string | number)[];
  readonly problem: string;
  /** The value found; never a secret. */
  readonly found: string;
  readonly remedy: string;
}

/** A check of the whole file against itself and the lock; pure, and silent where nothing is wrong. */
export type Check = (settings: Settings, lock: Lock) => readonly Refusal[];
