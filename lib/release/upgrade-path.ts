/** How Kong calls a step that its migrations support. */
export type HopKind = 'patch' | 'adjacent-minor' | 'minor-by-minor' | 'direct' | 'lts-to-lts' | 'major';

/** One step of an upgrade path: what one `migrations up` and `finish` may cross. */
export interface Hop {
  /** A minor, `2.8`; for a step inside a minor the versions themselves. */
  readonly from: string;
  readonly to: string;
  readonly kind: HopKind;
  /** The latest patch of `to` that the facts know, by edition; what to install at this stop. */
  readonly latestPatch: { readonly oss?: string; readonly enterprise?: string };
  /** Major versions of PostgreSQL that this stop supports; undefined where Kong's documents name none. */
  readonly postgres?: readonly number[];
  readonly note?: string;
  readonly sources: readonly string[];
}

/** Something to know before going, under a stable code. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

export interface UpgradePath {
  readonly hops: readonly Hop[];
  readonly warnings: readonly Warning[];
}
