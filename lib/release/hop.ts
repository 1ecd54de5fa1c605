import type { MinorHopKind } from './hops';
import type { Edition } from './kong-version';

/** How Kong's documents call a step that its migrations support; `patch` is one inside a minor. */
export type HopKind = 'patch' | MinorHopKind;

/** One step of an upgrade path: what one `migrations up` and `finish` may cross. */
export interface Hop {
  /** A minor, `2.8`; for a step inside a minor the versions themselves. */
  readonly from: string;
  readonly to: string;
  readonly kind: HopKind;
  /**
   * What to run at this stop: at the last one the version asked for where it names a patch, else the latest patch of
   * the edition; the minor itself where the edition or its patches are not known.
   */
  readonly version: string;
  /** The latest patch of `to` that the facts know, by edition; what to install at this stop. */
  readonly latestPatch: { readonly oss?: string; readonly enterprise?: string };
  /** Major versions of PostgreSQL that this stop supports; undefined where Kong's documents name none. */
  readonly postgres?: readonly number[];
  /** The edition for which the hop is documented; undefined for both. */
  readonly edition?: Edition;
  readonly note?: string;
  /** What `deck file convert` knows for this hop, and from which decK on. */
  readonly deckConvert?: string;
  /** Kong's own guide to this hop. */
  readonly guide?: string;
  /** Kong's own check before this hop. */
  readonly preflight?: string;
  readonly sources: readonly string[];
}

/** Something to know before going, under a stable code that `kong-dual-cluster explain CODE` knows. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

export interface UpgradePath {
  /** As asked for. */
  readonly from: string;
  readonly to: string;
  /** In order; empty where nothing is to be migrated. */
  readonly hops: readonly Hop[];
  readonly warnings: readonly Warning[];
  /** The day up to which releases and patches are known; later ones may exist. */
  readonly factsAsOf: string;
}

export interface PathOptions {
  /** The day for which support is judged. */
  readonly asOf: Date | string;
  /** What runs today, where `from` does not say it by its numbers. */
  readonly edition?: Edition;
  /** @default 'traditional' */
  readonly mode?: 'traditional' | 'hybrid' | 'db-less';
  /** Silences what another datastore would have to know. @default 'off' for DB-less, else not known */
  readonly datastore?: 'postgres' | 'cassandra' | 'off';
  /** The major version of PostgreSQL in use; it must serve every stop. */
  readonly postgresMajor?: number;
}

/** The edition at both ends; undefined where neither the versions nor the caller say it. */
export interface Editions {
  readonly from: Edition | undefined;
  readonly to: Edition | undefined;
}
