import { setTimeout as sleep } from 'node:timers/promises';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { ownIdentifier } from '../blueprint/datastore';
import { lockedSource } from '../blueprint/restored';
import { readFreeze } from '../datastore/freeze';
import { sourceFacts, type SourceSurroundings } from '../datastore/locked-source';
import { pointInTime } from '../datastore/point-in-time';
import { readDatabase, type DatabaseReading } from '../datastore/read-database';
import { refuseOtherLive, wholeLiveSlot } from '../deployed/live-slot';
import { readEdge, type EdgeReading } from '../deployed/read-edge';
import { runningNodes } from '../deployed/running-nodes';
import { openStacks } from '../deployed/stacks';
import { lockedSnapshot, takeSnapshot, type SnapshotRequest } from '../datastore/snapshot';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { AlbRouter } from '../routers/alb/alb-router';
import { loadSettings } from '../settings/load';
import { lockPathOf, readLock, writeLock } from '../settings/lock-file';
import { updateSettingsFile } from '../settings/write';
import type { LockedSlot, LockedSnapshot, LockedSource, Settings } from '../settings/schema';
import { otherSlot, type Slot } from '../traffic/weights';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';
import { cleanMigrations, refuseDeclaration } from './migrations-clean';
import { estimate, snapshotText } from './snapshot-text';

export interface SnapshotFlags {
  for?: Slot;
  id?: string;
  use?: string;
  migrationsAreClean?: boolean;
  /** true without a time. */
  pointInTime?: string | true;
}

/**
 * @throws KongDualClusterError SNAPSHOT_…, POINT_IN_TIME_…, SLOT_NOT_IN_SETTINGS, LIVE_DIFFERS, TRAFFIC_IS_SPLIT, NOT_FROZEN,
 *   MIGRATIONS_NOT_CLEAN, MIGRATIONS_CHECK_NOT_RUN, MIGRATIONS_DECLARED, FREEZE_…, EDGE_OUTDATED, OTHER_ACCOUNT,
 *   OTHER_REGION, STACK_NOT_FOUND
 */
export async function runSnapshot(context: Context, flags: SnapshotFlags): Promise<ExitCode> {
  const { progress } = context;
  const settings = await loadSettings(context.settingsPath);
  const lockPath = lockPathOf(context.settingsPath);
  const lock = await readLock(lockPath);
  const sourceSlot = settings.live;
  const forSlot = flags.for ?? otherSlot(sourceSlot);
  const source = settings.slots[sourceSlot];
  refuseWrongSlots(sourceSlot, forSlot, source !== undefined);
  if (!source) return EXIT.error;
  refuseDeclaration(source, sourceSlot, flags);

  progress.step('account, weights and freeze');
  const { account, region } = await accountAndRegion(context, settings);
  const clients = {
    rds: new RDSClient({ region }),
    ecs: new ECSClient({ region }),
    elb: new ElasticLoadBalancingV2Client({ region }),
    stacks: await openStacks(settings, { region }),
  };
  const edge = await readEdge(clients.stacks, settings);
  const router = new AlbRouter(clients.elb, { ruleArns: edge.weightedRuleArns, targetGroups: edge.targetGroupArns });
  refuseOtherLive(wholeLiveSlot(await router.read()), sourceSlot, context.settingsPath);
  const writes = await configWrites(clients.elb, edge, settings, sourceSlot, forSlot, progress);

  progress.step('databases');
  const identifier =
    'existing' in source.datastore ? source.datastore.existing.identifier : ownIdentifier(settings.name, sourceSlot);
  const database = await readDatabase(clients.rds, identifier);
  if (!database) throw noDatabase(sourceSlot, identifier);
  if (await readDatabase(clients.rds, ownIdentifier(settings.name, forSlot))) throw idleDeployed(settings, forSlot);
  const nodes = await runningNodes(clients, settings, sourceSlot);
  const databaseName =
    'existing' in source.datastore
      ? source.datastore.existing.databaseName
      : 'new' in source.datastore
        ? source.datastore.new.databaseName
        : (lockedSource(lock, sourceSlot)?.databaseName ?? 'kong');
  if ('existing' in source.datastore && source.datastore.existing.username !== database.masterUsername) {
    progress.note(
      `warning: Kong logs in as ${source.datastore.existing.username}, and a restored database is entered as its master user ${database.masterUsername}, who must own Kong's tables or be granted the role: before it is restored, GRANT ${source.datastore.existing.username} TO ${database.masterUsername}`,
    );
  }
  const migrations = await cleanMigrations(context, clients, settings, edge, sourceSlot, flags);

  const about = { account, region, databaseName, runningNodes: nodes };
  const request: SnapshotRequest = {
    system: settings.name,
    sourceSlot,
    forSlot,
    kongVersion: source.version,
    previousArn: lock.slots[forSlot]?.snapshot?.arn,
    frozenSince: writes.since,
    id: flags.id,
    use: flags.use,
  };
  const locked =
    flags.pointInTime === undefined
      ? { snapshot: await snapshotOf(context, clients.rds, database, request, about) }
      : { pointInTime: await pointInTimeOf(context, clients.rds, database, request, about, flags.pointInTime) };
  if (writes.mode === 'frozen' && !(await readFreeze(clients.elb, edge.freezeRuleArn)).frozen) {
    progress.note(
      `warning: the freeze was lifted in the meantime; writes since then may not be on ${forSlot}: freeze and run it again`,
    );
  }

  progress.step('lock file and settings');
  await writeLock(lockPath, { ...lock, slots: { ...lock.slots, [forSlot]: locked } });
  const inSettings = await namedInSettings(context.settingsPath, settings, forSlot, locked);
  progress.end();
  context.print(
    snapshotText({ settings, settingsPath: context.settingsPath, lockPath, slot: forSlot, locked, inSettings }),
    {
      slot: forSlot,
      ...locked,
      lockFile: lockPath,
      settingsUpdated: inSettings,
      configWrites: writes,
      migrations,
    },
  );
  return EXIT.done;
}

async function snapshotOf(
  context: Context,
  rds: RDSClient,
  database: DatabaseReading,
  request: SnapshotRequest,
  about: SourceSurroundings,
): Promise<LockedSnapshot> {
  const { progress } = context;
  const started = Date.now();
  const snapshot = await takeSnapshot(rds, database, request, {
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
    began: (begun, taken) => {
      progress.step(
        `snapshot ${begun.DBSnapshotIdentifier} of ${database.identifier} (${database.allocatedStorageGib} GiB)${taken === 'own' ? ', begun by an earlier run' : ''}`,
      );
      context.ifInterrupted(
        `the snapshot ${begun.DBSnapshotIdentifier} goes on in AWS; run the same command again within an hour to take it up, or with --use ${begun.DBSnapshotIdentifier} later`,
      );
    },
    progress: (current, share) => progress.update(share, estimate(current, share, Date.now() - started)),
  });
  return lockedSnapshot(snapshot, database, request, about);
}

async function pointInTimeOf(
  context: Context,
  rds: RDSClient,
  database: DatabaseReading,
  request: SnapshotRequest,
  about: SourceSurroundings,
  time: string | true,
): Promise<LockedSource> {
  const { progress } = context;
  const takenAt = await pointInTime(
    rds,
    database,
    { frozenSince: request.frozenSince, time: time === true ? undefined : time },
    {
      now: Date.now,
      sleep: (milliseconds) => sleep(milliseconds),
      began: (wanted) => {
        progress.step(`until RDS can restore ${database.identifier} to ${wanted} (about five minutes)`);
        context.ifInterrupted('nothing was written; run the same command again');
      },
      progress: (latest, share) => progress.update(share, `${latest ?? 'nothing'} can be restored`),
    },
  );
  return { ...sourceFacts(database, request, about), takenAt };
}

/** Puts the new data's name where the settings have one of the same kind. @returns whether they had */
async function namedInSettings(path: string, settings: Settings, slot: Slot, locked: LockedSlot): Promise<boolean> {
  const target = settings.slots[slot]?.datastore;
  if (locked.snapshot && target && 'snapshot' in target) {
    const at = ['slots', slot, 'datastore', 'snapshot', 'id'];
    await updateSettingsFile(path, [{ path: at, value: locked.snapshot.id }]);
    return true;
  }
  if (!locked.pointInTime || !target || !('pointInTime' in target)) return false;
  if (target.pointInTime.time !== 'latest') {
    const at = ['slots', slot, 'datastore', 'pointInTime', 'time'];
    await updateSettingsFile(path, [{ path: at, value: locked.pointInTime.takenAt }]);
  }
  return true;
}

type ConfigWrites =
  | { readonly mode: 'frozen'; readonly by?: string; readonly since: string; readonly until?: string }
  | { readonly mode: 'dualApply'; readonly since?: undefined };

/** @throws KongDualClusterError NOT_FROZEN, and those of `readFreeze` */
async function configWrites(
  elb: ElasticLoadBalancingV2Client,
  edge: EdgeReading,
  settings: Settings,
  sourceSlot: Slot,
  forSlot: Slot,
  progress: Context['progress'],
): Promise<ConfigWrites> {
  if (settings.configWrites === 'dualApply') {
    progress.note(
      `note: configWrites is dualApply: nothing is frozen, and each change made on ${sourceSlot} from now on must be made on ${forSlot} too; it is not in the snapshot`,
    );
    return { mode: 'dualApply' };
  }
  const { frozen, by, since, until, overdue } = await readFreeze(elb, edge.freezeRuleArn);
  if (!frozen) {
    throw new KongDualClusterError('NOT_FROZEN', "writes of Kong's configuration are not frozen", {
      found: `${sourceSlot} takes writes, and what is written after the snapshot would not be on ${forSlot}`,
      remedy: 'kong-dual-cluster freeze; or configWrites: dualApply, if you make each change on both slots',
      exitCode: EXIT.preflightRefused,
    });
  }
  if (overdue) progress.note(`note: the freeze was announced until ${until}, which has passed; it still holds`);
  if (settings.slots[sourceSlot]?.adopted) {
    progress.note(
      `warning: the freeze covers the Admin listener only, and ${sourceSlot} was made by you: stop its other writers (\`kong-dual-cluster freeze status\` names the ways in)`,
    );
  }
  // Somebody wrote the rule by hand and did not say when: then no snapshot that exists is known to be young enough.
  return { mode: 'frozen', ...(by ? { by } : {}), since: since ?? 'unknown', ...(until ? { until } : {}) };
}

function refuseWrongSlots(sourceSlot: Slot, forSlot: Slot, sourceKnown: boolean): void {
  if (forSlot === sourceSlot) {
    throw new KongDualClusterError('SNAPSHOT_FOR_LIVE', 'a snapshot is taken of the live slot for the idle one', {
      found: `--for ${forSlot}, and ${sourceSlot} is live`,
      remedy: `run it with --for ${otherSlot(sourceSlot)}`,
      exitCode: EXIT.usage,
    });
  }
  if (!sourceKnown) {
    throw new KongDualClusterError(
      'SLOT_NOT_IN_SETTINGS',
      `the settings say that ${sourceSlot} is live and have no slots.${sourceSlot}`,
      {
        found: `live: ${sourceSlot}`,
        remedy: `describe slots.${sourceSlot}, or correct live`,
      },
    );
  }
}

const noDatabase = (slot: Slot, identifier: string): KongDualClusterError =>
  new KongDualClusterError(
    'SNAPSHOT_SOURCE_NOT_FOUND',
    `the database of ${slot} does not exist in this account and region`,
    {
      found: `no DBInstanceIdentifier ${identifier}`,
      remedy: `check --region and the credentials, and that ${slot} is deployed`,
      exitCode: EXIT.preflightRefused,
    },
  );

const idleDeployed = (settings: Settings, slot: Slot): KongDualClusterError =>
  new KongDualClusterError(
    'SNAPSHOT_SLOT_OCCUPIED',
    `${slot} has a database already, and a new snapshot would ask for its replacement`,
    {
      found: `${ownIdentifier(settings.name, slot)} exists`,
      remedy: `finish or undo the upgrade first; when ${slot} takes no traffic and is not needed: kong-dual-cluster teardown --slot ${slot}, which keeps a final snapshot`,
      exitCode: EXIT.preflightRefused,
    },
  );
