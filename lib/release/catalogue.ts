import { EXIT, KongDualClusterError } from '../errors';
import facts from './facts/releases.json';
import { KongVersion } from './kong-version';
import type { Edition } from './kong-version';

/** A minor version of Kong Gateway, as `facts/releases.json` has it. Dates are days, `2026-08-31`. */
export interface Release {
  /** `3.4`. */
  readonly minor: string;
  /** Undefined where Enterprise had no general release of this minor. */
  readonly enterprise?: {
    readonly released: string;
    readonly lts?: true;
    /** The last day of it. */
    readonly endOfFullSupport: string;
    /** The last day of it. */
    readonly endOfSunset: string;
    readonly first?: string;
    /** Day by patch, in order. */
    readonly patches?: Readonly<Record<string, string>>;
  };
  /** Undefined where there is no open-source release: all after 3.9. */
  readonly openSource?: {
    readonly released: string;
    readonly latestPatch: string;
    readonly latestPatchDate: string;
  };
  /** Major versions of PostgreSQL that Kong's documents name; undefined where they name none. */
  readonly postgres?: readonly number[];
  /** Undefined where Kong's documents say nothing. */
  readonly cassandra?: boolean;
  /** Versions whose control and data planes speak wRPC only. */
  readonly wrpcOnly?: readonly string[];
}

/** The day up to which releases and dates are known here. */
export const FACTS_AS_OF: string = facts.asOf;

const RELEASES = facts.releases as unknown as readonly Release[];
const BY_MINOR: ReadonlyMap<string, Release> = new Map(RELEASES.map((release) => [release.minor, release]));

/** The last minor of the open-source edition; later ones are Enterprise only. */
export const LAST_OPEN_SOURCE_MINOR: string = RELEASES.findLast(({ openSource }) => openSource !== undefined)!.minor;

/** Every known minor, oldest first. */
export const knownMinors = (): readonly string[] => RELEASES.map(({ minor }) => minor);

/** What is known of a minor (`3.4`); undefined for an unknown one. */
export const releaseOf = (minor: string): Release | undefined => BY_MINOR.get(minor);

/** Whether an edition had a general release of the minor. */
export const hasEdition = (minor: string, edition: Edition): boolean =>
  BY_MINOR.get(minor)?.[edition === 'oss' ? 'openSource' : 'enterprise'] !== undefined;

/** The latest patch known on `FACTS_AS_OF`; undefined where the sources name none. */
export function latestPatch(minor: string, edition: Edition): string | undefined {
  const release = BY_MINOR.get(minor);
  return edition === 'oss' ? release?.openSource?.latestPatch : Object.keys(release?.enterprise?.patches ?? {}).at(-1);
}

/**
 * Whether the version itself was seen in the sources: true, false, or undefined where they list no patches (Enterprise
 * before 2.8, open source before its latest one) or the version names none.
 */
export function isKnownPatch(version: KongVersion): boolean | undefined {
  const release = BY_MINOR.get(version.minor());
  if (version.namesNoPatch()) return undefined;
  if (version.edition() === 'oss') {
    const latest = release?.openSource?.latestPatch;
    if (latest === version.toString()) return true;
    return latest === undefined || version.compare(KongVersion.parse(latest)) > 0 ? false : undefined;
  }
  const patches = release?.enterprise?.patches;
  if (patches === undefined) return release?.enterprise === undefined ? false : undefined;
  return version.toString() in patches || (release?.wrpcOnly ?? []).includes(version.toString());
}

/** Whether the minor is a long-term support version. */
export const isLts = (minor: string): boolean => BY_MINOR.get(minor)?.enterprise?.lts === true;

export type SupportStatus = 'supported' | 'sunset' | 'ended';

/** How Kong supports a minor of Enterprise on a day. Kong gives no such dates for the open-source edition. */
export interface Support {
  readonly status: SupportStatus;
  /** The last day of full support. */
  readonly endOfFullSupport: string;
  /** The last day of sunset support. */
  readonly endOfSunset: string;
}

/**
 * The support of a minor on a day; undefined for an unknown minor or one without an Enterprise release.
 *
 * @throws KongDualClusterError DATE_INVALID
 */
export function supportOn(minor: string, day: Date | string): Support | undefined {
  const enterprise = BY_MINOR.get(minor)?.enterprise;
  if (enterprise === undefined) return undefined;
  const at = dayOf(day);
  const { endOfFullSupport, endOfSunset } = enterprise;
  const status = at <= endOfFullSupport ? 'supported' : at <= endOfSunset ? 'sunset' : 'ended';
  return { status, endOfFullSupport, endOfSunset };
}

/**
 * The first long-term support version after a minor that is out and has full support on the day; undefined where none
 * is known.
 *
 * @throws KongDualClusterError DATE_INVALID
 */
export function nextLts(minor: string, day: Date | string): string | undefined {
  const at = dayOf(day);
  const given = KongVersion.parse(minor);
  return RELEASES.find(
    ({ minor: other, enterprise }) =>
      enterprise?.lts === true &&
      KongVersion.parse(other).compare(given) > 0 &&
      enterprise.released <= at &&
      at <= enterprise.endOfFullSupport,
  )?.minor;
}

/** Major versions of PostgreSQL that Kong's documents name for the minor; undefined where they name none. */
export const postgresMajors = (minor: string): readonly number[] | undefined => BY_MINOR.get(minor)?.postgres;

/** Whether the minor runs on Cassandra: none does from 3.4 on. */
export const supportsCassandra = (minor: string): boolean =>
  BY_MINOR.get(minor)?.cassandra ?? !KongVersion.parse(minor).isAtLeastMinor('3.4');

/**
 * A day as `2026-08-21`, which sorts as text. A Date is read in UTC.
 *
 * @throws KongDualClusterError DATE_INVALID
 */
export function dayOf(day: Date | string): string {
  const date = typeof day === 'string' ? new Date(`${day.slice(0, 10)}T00:00:00Z`) : day;
  const text = Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
  if (text === undefined || (typeof day === 'string' && text !== day.slice(0, 10))) {
    throw new KongDualClusterError('DATE_INVALID', 'a day is written as year, month and day', {
      found: String(day),
      remedy: 'write it as 2026-08-21',
      exitCode: EXIT.usage,
    });
  }
  return text;
}
