import {
  hasEdition,
  isKnownPatch,
  knownMinors,
  LAST_OPEN_SOURCE_MINOR,
  latestPatch,
  nextLts,
  postgresMajors,
  releaseOf,
  supportOn,
  supportsCassandra,
} from './catalogue';
import { KongVersion } from './kong-version';
import type { Editions, Hop, PathOptions, Warning } from './hop';

/** A path that was found, and what was asked. */
export interface FoundPath {
  readonly start: KongVersion;
  readonly target: KongVersion;
  readonly hops: readonly Hop[];
  readonly editions: Editions;
  /** `2026-08-21` */
  readonly day: string;
  readonly mode: NonNullable<PathOptions['mode']>;
  readonly datastore: PathOptions['datastore'];
  readonly postgresMajor: number | undefined;
}

type Check = (path: FoundPath) => readonly Warning[];

/** What to know before going, the most important first. Nothing is said twice and nothing that does not apply. */
export const pathWarnings = (path: FoundPath): readonly Warning[] => CHECKS.flatMap((check) => check(path));

const warn = (code: string, message: string): readonly Warning[] => [{ code, message }];
const NONE: readonly Warning[] = [];

/** The minors of the stops, without where it starts. A step inside a minor stops in that minor. */
const stopsOf = ({ hops, start }: FoundPath): readonly string[] =>
  hops.map(({ kind, to }) => (kind === 'patch' ? start.minor() : to));
/** Whether the path comes from before a minor and ends at it or later. */
const crosses = ({ start, target }: FoundPath, minor: string): boolean =>
  !start.isAtLeastMinor(minor) && target.isAtLeastMinor(minor);
const has = ({ hops }: FoundPath, from: string, to: string): boolean =>
  hops.some((hop) => hop.from === from && hop.to === to);

const targetSupport: Check = ({ target, editions, day }) => {
  const minor = target.minor();
  const support = supportOn(minor, day);
  if (support === undefined) {
    return warn(
      'TARGET_END_OF_LIFE',
      `${minor} exists as open source only and long ago: Kong supports none of it. ${nextOf(minor, day)}`,
    );
  }
  const whose = editions.to === 'oss' ? ' (the dates are those of Enterprise; Kong gives none for open source)' : '';
  const { status, endOfFullSupport, endOfSunset } = support;
  if (status === 'ended') {
    return warn(
      'TARGET_END_OF_LIFE',
      `Kong's support of ${minor} ended on ${endOfSunset}${whose}. ${nextOf(minor, day)}`,
    );
  }
  if (status === 'supported') return NONE;
  return warn(
    'TARGET_IN_SUNSET',
    `full support of ${minor} ended on ${endOfFullSupport}; sunset support ends on ${endOfSunset}${whose}. ${nextOf(minor, day)}`,
  );
};

function nextOf(minor: string, day: string): string {
  const next = nextLts(minor, day);
  if (next === undefined) {
    const newest = knownMinors().findLast((known) => supportOn(known, day)?.status === 'supported');
    const hint = newest === undefined || newest === minor ? '' : `; ${newest} has full support`;
    return `No later long-term version is known here${hint}: see Kong's version support policy`;
  }
  return `The next long-term version is ${next}, with full support until ${supportOn(next, day)!.endOfFullSupport}`;
}

/** Stops on the way only migrate, so that one message is enough for all of them. */
const stopsSupport: Check = (path) => {
  const { day } = path;
  const old = stopsOf(path)
    .slice(0, -1)
    .flatMap((minor) => {
      const support = supportOn(minor, day);
      if (support === undefined) return [`${minor} (no dates)`];
      if (support.status === 'supported') return [];
      return [support.status === 'ended' ? `${minor} (ended ${support.endOfSunset})` : `${minor} (sunset)`];
    });
  if (old.length === 0) return NONE;
  return warn(
    'STOP_END_OF_LIFE',
    `stops on the way are out of full support: ${old.join(', ')}. Let them migrate a private copy and serve nobody, or go on without a pause`,
  );
};

const openSourceEnds: Check = ({ start, target, hops, editions }) => {
  if (editions.to !== 'enterprise' || editions.from === 'enterprise') return NONE;
  const at = [start.minor(), ...hops.map(({ to }) => to)].find(
    (minor) =>
      hasEdition(KongVersion.parse(minor).minor(), 'enterprise') && hasEdition(KongVersion.parse(minor).minor(), 'oss'),
  );
  const how =
    at === undefined
      ? ''
      : `: at ${KongVersion.parse(at).minor()}, run migrations up and finish with the Enterprise image of that minor on the same database`;
  const ends = target.isAtLeastMinor(LAST_OPEN_SOURCE_MINOR) && target.minor() !== LAST_OPEN_SOURCE_MINOR;
  if (ends) {
    const who = editions.from === 'oss' ? 'Change' : 'If open source runs today, change';
    return warn(
      'OPEN_SOURCE_ENDS',
      `Kong published no open-source release after ${LAST_OPEN_SOURCE_MINOR}; ${target.minor()} is Enterprise and needs its licence. ${who} the edition by migrations${how}`,
    );
  }
  return warn(
    'EDITION_CHANGES',
    `open source becomes Enterprise, which is not reversible${how}. Enterprise needs its licence`,
  );
};

/** Of a hop that is documented for Enterprise while nothing says what runs. */
const editionOfHop: Check = ({ hops, editions }) =>
  editions.from !== undefined
    ? NONE
    : hops.flatMap(({ from, to, edition, note }) =>
        edition === 'enterprise'
          ? warn('HOP_ENTERPRISE_ONLY', `${from} → ${to} is documented for Enterprise: ${note}`)
          : [],
      );

const patchUnknown: Check = ({ start, target }) =>
  [start, target].flatMap((version, i) =>
    (i === 1 && start.toString() === target.toString()) || isKnownPatch(version) !== false
      ? []
      : warn('PATCH_UNKNOWN', `Kong ${version.toString()} is not among the releases known here: see that it exists`),
  );

const notLatestPatch: Check = ({ target }) => {
  const edition = target.edition();
  const latest = edition && latestPatch(target.minor(), edition);
  if (latest === undefined || target.compare(KongVersion.parse(latest)) >= 0) return NONE;
  return warn(
    'TARGET_NOT_LATEST_PATCH',
    `${latest} is the latest patch of ${target.minor()} known here; Kong advises the latest`,
  );
};

const hybridWrpc: Check = (path) => {
  if (path.mode !== 'hybrid') return NONE;
  const { hops, start, target } = path;
  const unclear = [
    ...(start.namesNoPatch() && releaseOf(start.minor())?.wrpcOnly !== undefined ? [start.toString()] : []),
    ...hops.flatMap(({ to, version }) =>
      releaseOf(to)?.wrpcOnly !== undefined && KongVersion.parse(version).namesNoPatch() ? [version] : [],
    ),
  ];
  if (unclear.length === 0 || (hops.length === 0 && start.compare(target) !== 0)) return NONE;
  const minor = unclear[0]!;
  return warn(
    'HYBRID_WRPC',
    `in hybrid mode stop at none of ${releaseOf(minor)!.wrpcOnly!.join(', ')}: they speak wRPC only. Take Enterprise 3.1.1.2 or later (${latestPatch(minor, 'enterprise')} is the latest), or let this stop migrate and serve nobody; open source has no such patch`,
  );
};

const severalHops: Check = ({ hops }) =>
  hops.length < 2
    ? NONE
    : warn(
        'ZERO_DOWNTIME_NOT_GUARANTEED',
        `over ${hops.length} incremental hops zero downtime is possible, not guaranteed: each hop migrates in order, and only the last stop should serve`,
      );

const preflights: Check = ({ hops }) =>
  hops.flatMap(({ from, to, preflight }) =>
    preflight === undefined ? [] : warn('PREFLIGHT_CHECK', `before ${from} → ${to} run Kong's own check: ${preflight}`),
  );

const devPortal: Check = (path) => {
  if (path.editions.from === 'oss') return NONE;
  const stops = (
    [
      ['0.36', '1.3'],
      ['1.3', '1.5'],
      ['1.5', '2.1'],
    ] as const
  ).filter(([from, to]) => has(path, from, to));
  return [
    ...(stops.length === 0
      ? []
      : warn(
          'DEV_PORTAL_FILES',
          `Dev Portal files need manual migration at ${stops.map(([from, to]) => `${from} → ${to}`).join(', ')}: the portal does not work without it`,
        )),
    ...(crosses(path, '3.5')
      ? warn(
          'DEV_PORTAL_AND_VITALS_END',
          'from 3.5 on Enterprise has no Dev Portal and no Vitals; who bought them asks Kong Support',
        )
      : []),
  ];
};

const cassandraEnds: Check = (path) =>
  path.datastore === 'postgres' ||
  path.datastore === 'off' ||
  !crosses(path, '3.4') ||
  supportsCassandra(path.target.minor())
    ? NONE
    : warn('CASSANDRA_ENDS', 'no version runs on Cassandra from 3.4 on: move to PostgreSQL before, with Kong Support');

const usesPostgres = ({ datastore }: FoundPath): boolean => datastore !== 'cassandra' && datastore !== 'off';

/** Blue and green stand on copies of one database: one major version should serve where it starts and every stop. */
const postgres: Check = (path) => {
  if (!usesPostgres(path) || path.hops.length === 0) return NONE;
  const minors = [...new Set([path.start.minor(), ...stopsOf(path)])];
  const named = minors.flatMap((minor) => {
    const majors = postgresMajors(minor);
    return majors === undefined ? [] : [{ minor, majors }];
  });
  const silent = minors.filter((minor) => postgresMajors(minor) === undefined);
  const list = [
    ...named.map(({ minor, majors }) => `${minor}: ${rangeOf(majors)}`),
    ...(silent.length === 0 ? [] : [`${silent.join(', ')}: not named by Kong's documents`]),
  ].join('; ');
  const { postgresMajor } = path;
  if (postgresMajor !== undefined) {
    const without = named.filter(({ majors }) => !majors.includes(postgresMajor)).map(({ minor }) => minor);
    if (without.length === 0) return NONE;
    return warn(
      'POSTGRES_UNSUPPORTED',
      `PostgreSQL ${postgresMajor} is not supported by ${without.join(', ')} (${list})`,
    );
  }
  if (named.length === 0) return NONE;
  const common = named[0]!.majors.filter((major) => named.every(({ majors }) => majors.includes(major)));
  if (common.length === 0) {
    return warn(
      'POSTGRES_NO_COMMON_MAJOR',
      `no major version of PostgreSQL serves every stop (${list}): upgrade the database between two hops`,
    );
  }
  if (named.every(({ majors }) => majors.length === common.length)) return NONE;
  return warn('POSTGRES_MAJORS', `PostgreSQL ${rangeOf(common)} serves where it starts and every stop (${list})`);
};

/** 12, 13, 14, 15 as 12–15. */
const rangeOf = (majors: readonly number[]): string => {
  const [first, last] = [Math.min(...majors), Math.max(...majors)];
  return majors.length > 1 && last - first === majors.length - 1 ? `${first}–${last}` : majors.join(', ');
};

const schemaRights: Check = (path) =>
  !usesPostgres(path) || !crosses(path, '3.3') || (path.postgresMajor ?? 15) < 15
    ? NONE
    : warn(
        'POSTGRES_SCHEMA_RIGHTS',
        'from 3.3 on, on PostgreSQL 15 or later, the role of Kong must own the database or have CREATE on schema public while migrations run: GRANT CREATE ON SCHEMA public TO kong',
      );

const CHECKS: readonly Check[] = [
  targetSupport,
  openSourceEnds,
  editionOfHop,
  patchUnknown,
  notLatestPatch,
  hybridWrpc,
  cassandraEnds,
  postgres,
  schemaRights,
  preflights,
  devPortal,
  severalHops,
  stopsSupport,
];
