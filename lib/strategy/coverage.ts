import { KongVersion } from '../release/kong-version';
import type { SituationInput } from './situation';

/** A clause of what a runbook must know, and where it stands. */
export interface Clause {
  readonly clause: string;
  /** Steps of the runbook of the situation that say it. */
  readonly steps: readonly string[];
  /** A code in `warnings`, where a warning says it too. */
  readonly warning?: string;
  /** Where it is refused: the code of the refusal, instead of steps. */
  readonly refusedAs?: string;
  /** Where the choice of the strategy says it. */
  readonly strategy?: string;
  /** A situation that shows it. */
  readonly shownBy: SituationInput;
}

export interface CoverageRow {
  readonly situation: string;
  readonly clauses: readonly Clause[];
}

const at = (from: string, to: string, more: Omit<SituationInput, 'from' | 'to'> = {}): SituationInput => ({
  from: KongVersion.parse(from),
  to: KongVersion.parse(to),
  ...more,
});

const TRADITIONAL = at('2.8', '3.4');
const IN_PLACE = at('2.8', '3.4', { spareCapacity: false, downtimeAllowed: true });
const HYBRID = at('2.8', '3.4', { mode: 'hybrid', customPlugins: true });
const DB_LESS = at('2.8', '3.4', { mode: 'db-less' });
const SHARED = at('3.4.1', '3.4.2', { sharedDatabase: true });
const CASSANDRA = at('2.1', '2.8', { datastore: 'cassandra' });
const FRESH = at('2.8', '3.4', { fresh: true });
const PLUGIN = at('3.4.2', '3.4.2', { pluginsAdded: ['oauth2'] });
const SINGLE = at('2.8', '3.4', { platform: 'eks' });
const SPLIT = at('2.8', '3.4', {
  platform: 'eks',
  helm: { releases: 'split', releaseNames: ['kong-admin', 'kong-portal', 'kong-proxy'] },
});
const BACKUP = at('2.8.4.14', '3.4.3.12', { keyring: true, customPlugins: true, platform: 'eks' });
const HOPS = at('2.8.4.14', '3.10');
const RUNTIME = at('2.8', '3.4', {
  runtimeState: { oauth2: true, sessions: true, acme: true, keyAuthTtl: true, clusterRateLimits: true },
});
const ENTERPRISE = at('2.8.5', '3.4', { toEdition: 'enterprise' });
const TO_HYBRID = at('2.8', '3.4', { toMode: 'hybrid' });
const BETA = at('3.4.0-beta.1', '3.4.0');

/** What each row of the list of situations asks of a runbook, by the step that answers it. */
export const COVERAGE: readonly CoverageRow[] = [
  {
    situation: 'traditional',
    clauses: [
      {
        clause: 'dual-cluster when the resources allow',
        strategy: 'dual-cluster',
        steps: ['deploy-green', 'shift', 'teardown'],
        shownBy: TRADITIONAL,
      },
      {
        clause: 'else in-place, in a maintenance window',
        strategy: 'in-place',
        steps: ['maintenance-window', 'stop-old-nodes', 'migrate-to-3-4', 'start-new-nodes'],
        warning: 'IN_PLACE_DOWNTIME',
        shownBy: IN_PLACE,
      },
      {
        clause: 'neither room nor a window',
        refusedAs: 'STRATEGY_NONE_FITS',
        steps: [],
        shownBy: at('2.8', '3.4', { spareCapacity: false }),
      },
      {
        clause: 'backup first, because migrations cannot be reversed',
        steps: ['backup-database', 'backup-declarative'],
        shownBy: TRADITIONAL,
      },
    ],
  },
  {
    situation: 'hybrid',
    clauses: [
      {
        clause: 'control plane first, by the strategy of traditional nodes',
        strategy: 'dual-cluster',
        steps: ['restore-copy', 'migrate-to-3-4', 'start-control-plane'],
        shownBy: HYBRID,
      },
      {
        clause: 'control plane in place where there is no room',
        strategy: 'in-place',
        steps: ['stop-old-nodes', 'migrate-to-3-4', 'start-control-plane'],
        shownBy: { ...HYBRID, spareCapacity: false },
      },
      { clause: 'then data planes, rolling', steps: ['start-data-planes', 'divert', 'remove-old'], shownBy: HYBRID },
      { clause: 'the control plane is never older than a data plane', steps: ['start-control-plane'], shownBy: HYBRID },
      { clause: 'new data planes point to the new control plane', steps: ['start-data-planes'], shownBy: HYBRID },
      {
        clause: 'custom plugins on the control plane first, then on data planes',
        steps: ['plugins-on-control-plane', 'plugins-on-data-planes'],
        shownBy: HYBRID,
      },
      { clause: 'rate-limiting-advanced: cluster becomes redis', steps: ['hybrid-rate-limits'], shownBy: HYBRID },
      {
        clause: '2.8 data planes do not connect to a 3.4 control plane: a new fleet',
        steps: ['start-data-planes', 'look-at-data-planes'],
        warning: 'HYBRID_SYNC_STATUS',
        shownBy: HYBRID,
      },
      { clause: 'with a cluster certificate of its own', steps: ['cluster-certificate'], shownBy: HYBRID },
    ],
  },
  {
    situation: 'DB-less',
    clauses: [
      { clause: 'rolling', strategy: 'rolling', steps: ['start-new-nodes', 'divert', 'remove-old'], shownBy: DB_LESS },
      { clause: 'back up kong.yaml', steps: ['backup-kong-yaml'], shownBy: DB_LESS },
      {
        clause: 'convert it: `~` before regexes, `_format_version` 3.0',
        steps: ['convert-kong-yaml'],
        shownBy: DB_LESS,
      },
    ],
  },
  {
    situation: 'shared database',
    clauses: [
      { clause: '`migrations up`', strategy: 'shared-database', steps: ['migrate-to-3-4-2'], shownBy: SHARED },
      { clause: 'new nodes beside the old ones', steps: ['start-new-nodes'], shownBy: SHARED },
      { clause: 'Admin API on the old ones only', steps: ['admin-on-old'], shownBy: SHARED },
      { clause: 'divert', steps: ['divert'], shownBy: SHARED },
      { clause: 'decommission the old ones', steps: ['stop-old-nodes'], shownBy: SHARED },
      { clause: '`migrations finish`', steps: ['migrations-finish'], shownBy: SHARED },
      { clause: 'Admin API on the new ones', steps: ['admin-on-new'], shownBy: SHARED },
      {
        clause: 'refused for 2.x → 3.x, with the reason',
        refusedAs: 'STRATEGY_SHARED_DATABASE_REFUSED',
        steps: [],
        shownBy: at('2.8', '3.4', { sharedDatabase: true }),
      },
    ],
  },
  {
    situation: 'Cassandra',
    clauses: [
      {
        clause: 'a new keyspace, `bootstrap`',
        strategy: 'new-keyspace',
        steps: ['bootstrap-keyspace'],
        shownBy: CASSANDRA,
      },
      { clause: '`config db_export`', steps: ['export-configuration'], shownBy: CASSANDRA },
      { clause: '`config db_import`', steps: ['import-configuration'], shownBy: CASSANDRA },
      { clause: 'divert', steps: ['divert'], shownBy: CASSANDRA },
      {
        clause: 'refused from 3.4 on: migrate off Cassandra first',
        refusedAs: 'STRATEGY_CASSANDRA_REMOVED',
        steps: [],
        shownBy: at('2.8', '3.4', { datastore: 'cassandra' }),
      },
    ],
  },
  {
    situation: 'fresh datastore',
    clauses: [
      { clause: '`migrations bootstrap`', strategy: 'fresh-datastore', steps: ['bootstrap'], shownBy: FRESH },
      { clause: '`start`', steps: ['start-new-nodes'], shownBy: FRESH },
    ],
  },
  {
    situation: 'a plugin is added',
    clauses: [
      { clause: '`migrations up` with KONG_PLUGINS naming it', steps: ['migrate-added-plugins'], shownBy: PLUGIN },
      { clause: '`-f` where needed', steps: ['migrate-added-plugins'], shownBy: PLUGIN },
      {
        clause: 'together with an upgrade',
        steps: ['migrate-added-plugins'],
        shownBy: { ...HOPS, pluginsAdded: ['oauth2'] },
      },
    ],
  },
  {
    situation: 'Kubernetes',
    clauses: [
      {
        clause: 'chart version and Kong version in separate steps',
        steps: ['helm-chart', 'migrate-to-3-4'],
        shownBy: SINGLE,
      },
      { clause: 'single release: the chart’s own jobs', steps: ['migrate-to-3-4'], shownBy: SINGLE },
      { clause: 'split releases: the first runs preUpgrade only', steps: ['migrate-to-3-4'], shownBy: SPLIT },
      { clause: 'those in between run neither', steps: ['migrate-to-3-4-middle'], shownBy: SPLIT },
      { clause: 'the last runs postUpgrade only', steps: ['migrate-to-3-4-last'], shownBy: SPLIT },
      {
        clause: 'exact `helm upgrade` lines and values files',
        steps: ['helm-chart', 'migrate-to-3-4'],
        shownBy: SPLIT,
      },
    ],
  },
  {
    situation: 'backup',
    clauses: [
      { clause: 'RDS snapshot or pg_dump', steps: ['backup-database'], shownBy: BACKUP },
      { clause: 'declarative copy', steps: ['backup-declarative'], shownBy: BACKUP },
      { clause: 'keyring', steps: ['backup-keyring'], shownBy: BACKUP },
      { clause: 'licence', steps: ['backup-licence'], shownBy: BACKUP },
      { clause: 'custom plugin packages', steps: ['backup-plugin-packages'], shownBy: BACKUP },
      { clause: 'kong.conf', steps: ['backup-kong-conf'], shownBy: BACKUP },
      { clause: 'certificates', steps: ['backup-certificates'], shownBy: BACKUP },
      {
        clause: 'what decK does not cover',
        steps: ['backup-not-in-deck'],
        warning: 'DECK_DOES_NOT_COVER_ALL',
        shownBy: BACKUP,
      },
    ],
  },
  {
    situation: 'several hops',
    clauses: [
      { clause: 'on one private copy', steps: ['backup-database', 'deploy-green'], shownBy: HOPS },
      {
        clause: 'each stop’s image runs `up`, `finish` and a clean `list`, in order',
        steps: ['migrate-to-3-4', 'migrate-to-3-10'],
        shownBy: HOPS,
      },
      { clause: 'only the last one serves', steps: ['deploy-green'], shownBy: HOPS },
      { clause: 'one shift', steps: ['shift'], shownBy: HOPS },
      { clause: 'checks compose over the hops', steps: ['check-kong-conf', 'check-declarative'], shownBy: HOPS },
    ],
  },
  {
    situation: 'runtime state',
    clauses: [
      {
        clause: 'found in the configuration',
        steps: ['runtime-state-look'],
        warning: 'RUNTIME_STATE_OF_TWO_DATABASES',
        shownBy: TRADITIONAL,
      },
      { clause: 'oauth2 tokens', steps: ['runtime-oauth2'], shownBy: RUNTIME },
      { clause: 'sessions in the database', steps: ['runtime-sessions'], shownBy: RUNTIME },
      { clause: 'acme rows', steps: ['runtime-acme'], shownBy: RUNTIME },
      { clause: 'ttl of key-auth', steps: ['runtime-key-auth-ttl'], shownBy: RUNTIME },
      { clause: '`cluster` rate limits double', steps: ['runtime-rate-limits'], shownBy: RUNTIME },
      { clause: 'remedy: top-up', steps: ['runtime-top-up'], shownBy: RUNTIME },
      { clause: 'remedy: stickiness', steps: ['runtime-sessions', 'runtime-rate-limits'], shownBy: RUNTIME },
      {
        clause: 'remedy: issuing routes on one slot',
        steps: ['runtime-oauth2', 'runtime-issuing-routes'],
        shownBy: RUNTIME,
      },
      { clause: 'remedy: redis', steps: ['runtime-rate-limits', 'runtime-acme'], shownBy: RUNTIME },
    ],
  },
  {
    situation: 'edition and mode changes',
    clauses: [
      {
        clause: 'OSS → Enterprise by migrations',
        steps: ['edition-change', 'migrate-to-2-8-enterprise'],
        warning: 'EDITION_IRREVERSIBLE',
        shownBy: ENTERPRISE,
      },
      { clause: 'traditional → hybrid after the upgrade', steps: ['traditional-to-hybrid'], shownBy: TO_HYBRID },
      {
        clause: 'beta → release on the same datastore',
        strategy: 'in-place',
        steps: ['migrate-to-3-4-0', 'reload-nodes'],
        shownBy: BETA,
      },
      {
        clause: 'KIC and decK versions of each hop',
        steps: ['check-tool-versions'],
        shownBy: { ...SINGLE, helm: { ingressController: true } },
      },
    ],
  },
  {
    situation: 'rollback',
    clauses: [
      {
        clause: 'by weights until the point of no return',
        steps: ['rollback-by-weights', 'teardown'],
        shownBy: TRADITIONAL,
      },
      {
        clause: 'restore into a fresh database, never `pg_restore --clean` over a migrated one',
        steps: ['rollback-restore'],
        shownBy: HOPS,
      },
      { clause: 'decK ping, validate, sync', steps: ['rollback-restore'], shownBy: HOPS },
    ],
  },
];
