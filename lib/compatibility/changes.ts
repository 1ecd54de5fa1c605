import { KongVersion } from '../release/kong-version';
import adminApi from './facts/changes/admin-api.json';
import config from './facts/changes/config.json';
import core from './facts/changes/core.json';
import entity from './facts/changes/entity.json';
import pdk from './facts/changes/pdk.json';
import platform from './facts/changes/platform.json';
import plugin from './facts/changes/plugin.json';
import type { Category, Fix, Severity, When } from './finding';

/** An entry of `facts/changes/`: something that differs between two Kong versions. */
export interface Change {
  /** Stable; what a finding names. */
  readonly id: string;
  readonly area: 'admin-api' | 'config' | 'core' | 'entity' | 'pdk' | 'platform' | 'plugin';
  readonly what: string;
  /** The first version that has it, `3.0.0.0`. */
  readonly since: string;
  readonly severity: Severity;
  readonly edition: 'all' | 'oss' | 'enterprise';
  readonly category: Category;
  readonly when: When;
  readonly fix: Fix;
  readonly source: readonly string[];
  /** What real Kong OSS 2.8.5 and 3.4.2 were seen to do, where it was recorded. */
  readonly recorded?: string;
}

/** The versions between which something is checked. */
export interface Upgrade {
  readonly from: KongVersion;
  readonly to: KongVersion;
}

type Entry = Omit<Change, 'area'>;
const FILES: readonly { readonly area: string; readonly changes: readonly unknown[] }[] = [
  core,
  entity,
  config,
  platform,
  adminApi,
  pdk,
  plugin,
];

let all: ReadonlyMap<string, Change> | undefined;

/** Every entry by its id, in the order of the files. */
export function changes(): ReadonlyMap<string, Change> {
  all ??= new Map(
    FILES.flatMap(({ area, changes: entries }) =>
      (entries as Entry[]).map((entry) => [entry.id, { ...entry, area: area as Change['area'] }] as const),
    ),
  );
  return all;
}

/**
 * Whether the upgrade meets the change: it came after `from` and not after `to`. A version that names no patch (`3.4`)
 * stands for all patches of its minor, so that a change of 3.4.3.5 is told to whoever goes to 3.4.
 */
export function meets({ from, to }: Upgrade, { since }: Pick<Change, 'since'>): boolean {
  const version = KongVersion.parse(since);
  const notAfter = to.namesNoPatch() ? to.isAtLeastMinor(version.minor()) : version.compare(to) <= 0;
  const after = from.namesNoPatch() ? !from.isAtLeastMinor(version.minor()) : version.compare(from) > 0;
  return after && notAfter;
}
