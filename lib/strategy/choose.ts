import { EXIT, KongDualClusterError } from '../errors';
import { LAST_OPEN_SOURCE_MINOR } from '../release/catalogue';
import type { KongVersion } from '../release/kong-version';
import { crossesMajor3, editionAfter, type Situation } from './situation';
import type { Strategy, StrategyName } from './upgrade-plan';

/** In the order in which they are considered. */
const STRATEGIES: readonly StrategyName[] = [
  'dual-cluster',
  'in-place',
  'rolling',
  'shared-database',
  'new-keyspace',
  'fresh-datastore',
];

/**
 * The strategy for a situation, with why and why none of the others (Kong: Upgrading Kong Gateway, strategies by
 * deployment mode; recordings of 2.8.5 and 3.4.2).
 *
 * @throws KongDualClusterError STRATEGY_CONTRADICTION, STRATEGY_CASSANDRA_REMOVED, STRATEGY_SHARED_DATABASE_REFUSED,
 * STRATEGY_NONE_FITS, EDITION_WITHOUT_RELEASE; each with exit code 8
 */
export function chooseStrategy(situation: Situation): Strategy {
  refuseContradictions(situation);
  const name = nameOf(situation);
  return {
    name,
    why: WHY[name](situation),
    others: STRATEGIES.filter((other) => other !== name).map((other) => ({
      name: other,
      whyNot: whyNot(other, situation),
    })),
  };
}

function nameOf(situation: Situation): StrategyName {
  const { mode, datastore, fresh, sharedDatabase, spareCapacity, downtimeAllowed } = situation;
  if (mode === 'db-less') return 'rolling';
  if (fresh) return 'fresh-datastore';
  if (sharedDatabase) return 'shared-database';
  if (staysOnItsVersion(situation)) return 'in-place';
  if (datastore === 'cassandra') return 'new-keyspace';
  if (spareCapacity) return 'dual-cluster';
  // Data planes serve from what they have while the control plane is down (recorded).
  if (downtimeAllowed || mode === 'hybrid') return 'in-place';
  if (onlyPatches(situation)) return 'shared-database';
  throw refusal(
    'STRATEGY_NONE_FITS',
    'without a second cluster and without downtime there is no supported way',
    `${situation.from.toString()} → ${situation.to.toString()}, no spare capacity, no downtime allowed`,
    'find room for a second cluster for some hours (dual-cluster), or agree on a maintenance window (in-place)',
  );
}

/** A plugin added or a beta replaced by its release: the migrations add, and the old nodes are those that go on. */
export const staysOnItsVersion = ({ hops, from, to, edition, toEdition }: Situation): boolean =>
  (toEdition ?? edition) === edition && (hops.length === 0 || isBetaOf(from, to));

/** `3.4.0-beta.1` → `3.4.0`. */
export const isBetaOf = (from: KongVersion, to: KongVersion): boolean =>
  from.toString().includes('-') && from.minor() === to.minor();

const onlyPatches = ({ hops }: Situation): boolean => hops.length === 1 && hops[0]!.kind === 'patch';

const WHY: Readonly<Record<StrategyName, (situation: Situation) => string>> = {
  'dual-cluster': ({ mode }) =>
    mode === 'hybrid'
      ? 'The control plane is upgraded first, as a second control plane on a restored copy of the database; then new data planes at the new control plane take the traffic by weights. The old control plane and its data planes stay untouched until then.'
      : 'A second cluster of the same size on a restored copy of the database takes the traffic by weights. The old cluster and its data stay untouched, so the way back is one jump. Kong recommends it whenever the resources allow.',
  'in-place': (situation) =>
    staysOnItsVersion(situation)
      ? 'The version line stays the same and the migrations only add to the database, on the datastore that is there.'
      : situation.mode === 'hybrid'
        ? 'There is no room for a second control plane. Its database is migrated where it is; the data planes serve what they have in the meantime, also after a restart (recorded).'
        : 'There is no room for a second cluster, and downtime is allowed: the nodes stop, the database is migrated where it is, the new nodes start.',
  rolling: () =>
    'DB-less nodes are independent of each other and all they have is a file: new nodes with the converted file join, old ones leave.',
  'shared-database': ({ sharedDatabase }) =>
    `${sharedDatabase ? 'You asked for it, and Kong allows it for this step' : 'It is a step between patches, without room for a second database and without downtime'}: after \`migrations up\` both versions run on one database until \`migrations finish\`. Kong advises it between patches only and limits its support.`,
  'new-keyspace': () =>
    'On Cassandra the schema changes cannot be shared: the new cluster gets a keyspace of its own and the configuration by export and import; the old one serves on.',
  'fresh-datastore': () =>
    'You asked for an empty datastore: nothing is migrated, the configuration comes from kong.conf and declarative files.',
};

function whyNot(name: StrategyName, situation: Situation): string {
  const { mode, datastore, spareCapacity, downtimeAllowed, fresh } = situation;
  switch (name) {
    case 'dual-cluster':
      if (mode === 'db-less') return 'there is no database to copy; a rolling upgrade needs less and can do the same';
      if (datastore === 'cassandra')
        return 'there is no snapshot of a keyspace to restore here; a new keyspace is its counterpart';
      if (fresh) return 'the old data is not wanted';
      if (staysOnItsVersion(situation)) return 'nothing changes that would need a second cluster';
      return spareCapacity ? 'a shared database was asked for' : 'there is no room for a second cluster';
    case 'in-place':
      if (mode === 'db-less') return 'there is no database to migrate';
      if (fresh) return 'the old database is not migrated';
      if (datastore === 'cassandra')
        return 'it needs a window in which neither version serves; a new keyspace needs none';
      if (mode === 'hybrid') return 'there is room for a second control plane, and in place the way back is a restore';
      return downtimeAllowed
        ? 'it needs downtime and its way back is a restore; there is something better here'
        : 'it needs downtime, and none is allowed';
    case 'rolling':
      return mode === 'hybrid'
        ? 'for the data planes only, as a part of this runbook; the control plane has a database'
        : 'for nodes without a database: nodes of two versions on one database are the shared-database strategy';
    case 'shared-database':
      return (
        sharedDatabaseProblem(situation) ??
        'Kong advises it between patches only, and after `finish` the way back is a restore'
      );
    case 'new-keyspace':
      return 'for Cassandra only';
    case 'fresh-datastore':
      return mode === 'db-less' ? 'there is no datastore' : 'the data is to be kept';
  }
}

/** Why both versions cannot run on one database; undefined where Kong allows it. */
function sharedDatabaseProblem({ mode, datastore, hops, ...situation }: Situation): string | undefined {
  if (mode === 'db-less') return 'there is no database to share';
  if (mode === 'hybrid')
    return 'a control plane answers no requests of users, so that sharing gains nothing: its data planes serve on without it';
  if (datastore === 'cassandra') return 'old and new version cannot use one keyspace at the same time';
  if (crossesMajor3(situation)) {
    return 'from 2.x to 3.x `migrations up` already rewrites the paths of routes and drops tables (ttls, vaults_beta) under the nodes that still serve; 2.8.5 starts on such a database and says nothing, but its Admin API can no longer write those routes (all recorded)';
  }
  if (hops.length === 0) return 'there is one version only, and nothing that two would share';
  if (hops.length > 1)
    return 'the nodes of the versions in between would have to serve as well: one step at a time only';
  const kind = hops[0]?.kind;
  if (kind === 'lts-to-lts')
    return 'for a step between LTS versions Kong supports dual-cluster, in-place and rolling only';
  return editionAfter({ ...situation }) !== situation.edition
    ? 'nodes of two editions on one database are in none of Kong’s documents'
    : undefined;
}

function refuseContradictions(situation: Situation): void {
  const { mode, datastore, fresh, sharedDatabase, to, edition, toMode, platform, helm, hops } = situation;
  const contradict = (problem: string, found: string, remedy: string): never => {
    throw refusal('STRATEGY_CONTRADICTION', problem, found, remedy);
  };
  if (situation.keyring && edition === 'oss') {
    contradict(
      'only Enterprise has a keyring',
      `keyring, ${situation.from.toString()} as open source`,
      'leave the keyring out, or name the Enterprise version that runs',
    );
  }
  if ((mode === 'db-less') !== (datastore === 'off')) {
    contradict(
      mode === 'db-less' ? 'DB-less nodes have no database' : `a ${mode} deployment has a database`,
      `mode ${mode}, datastore ${datastore}`,
      mode === 'db-less' ? 'say datastore off, or the mode that it is' : 'say which database it is, or mode db-less',
    );
  }
  if (datastore === 'cassandra' && to.isAtLeastMinor('3.4')) {
    throw refusal(
      'STRATEGY_CASSANDRA_REMOVED',
      'Kong 3.4 and later have no Cassandra',
      `datastore cassandra, target ${to.toString()}`,
      'migrate off Cassandra first, on the version that runs: a PostgreSQL cluster beside it, `deck gateway dump` and `sync`, divert; then upgrade from PostgreSQL',
    );
  }
  if (mode === 'db-less' && (fresh || sharedDatabase)) {
    contradict(
      'DB-less nodes have no datastore that could be fresh or shared',
      `mode db-less, ${fresh ? 'fresh datastore' : 'shared database'}`,
      'leave it out: DB-less nodes are upgraded one after the other',
    );
  }
  if (fresh && sharedDatabase) {
    contradict('a fresh datastore is not shared', 'fresh datastore, shared database', 'choose one of them');
  }
  if (sharedDatabase) {
    const problem = sharedDatabaseProblem(situation);
    if (problem !== undefined) {
      throw refusal(
        'STRATEGY_SHARED_DATABASE_REFUSED',
        problem,
        `${situation.from.toString()} → ${to.toString()} on one database`,
        'leave the shared database out: dual-cluster migrates a restored copy, and the old cluster keeps its own',
      );
    }
  }
  if (platform !== 'eks' && helm.releases === 'split') {
    contradict('Helm releases are on Kubernetes', `platform ${platform}, split releases`, 'say platform eks');
  }
  if (helm.releases === 'split' && helm.releaseNames.length < 2) {
    contradict(
      'split releases are two or more',
      helm.releaseNames.join(', ') || 'none',
      'name all of them, in their order',
    );
  }
  if (toMode !== undefined && toMode !== mode && !(mode === 'traditional' && toMode === 'hybrid')) {
    contradict(
      'of the changes of mode only traditional → hybrid goes with an upgrade',
      `${mode} → ${toMode}`,
      'upgrade first in the mode that it is; then load the configuration into a new deployment by decK',
    );
  }
  if (edition === 'enterprise' && editionAfter(situation) === 'oss') {
    contradict(
      'migrations from Enterprise to open source do not exist',
      'enterprise → oss',
      'build a fresh open-source cluster and load a decK file without Enterprise entities',
    );
  }
  if (
    editionAfter(situation) === 'oss' &&
    to.minor() !== LAST_OPEN_SOURCE_MINOR &&
    to.isAtLeastMinor(LAST_OPEN_SOURCE_MINOR)
  ) {
    throw refusal(
      'EDITION_WITHOUT_RELEASE',
      `Kong published no open-source release after ${LAST_OPEN_SOURCE_MINOR}`,
      `${to.toString()}, edition oss`,
      `choose a target up to ${LAST_OPEN_SOURCE_MINOR}, or the Enterprise edition as target`,
    );
  }
  const nothingChanges =
    hops.length === 0 && editionAfter(situation) === edition && situation.pluginsAdded.length === 0 && !fresh;
  if (nothingChanges) {
    contradict(
      'there is nothing to upgrade',
      `${situation.from.toString()} → ${to.toString()}, no plugin and no edition changes${toMode === undefined ? '' : '; a change of mode is a change of its own, after an upgrade'}`,
      'name a later version, or what is to change',
    );
  }
}

const refusal = (code: string, problem: string, found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError(code, problem, { found, remedy, exitCode: EXIT.preflightRefused });
