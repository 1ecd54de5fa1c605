import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { ownIdentifier } from '../blueprint/datastore';
import { readFreeze } from '../datastore/freeze';
import { readDatabase } from '../datastore/read-database';
import { refuseOtherLive, wholeLiveSlot } from '../deployed/live-slot';
import { readEdge, type EdgeReading } from '../deployed/read-edge';
import { runningNodes } from '../deployed/running-nodes';
import { lockedSnapshot, takeSnapshot, type SnapshotRequest } from '../datastore/snapshot';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { AlbRouter } from '../routers/alb/alb-router';
import { loadSettings } from '../settings/load';
import { lockPathOf, readLock, writeLock } from '../settings/lock-file';
import { updateSettingsFile } from '../settings/write';
import type { Settings } from '../settings/schema';
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
}

/**
 * @throws KongDualClusterError SNAPSHOT_…, SLOT_NOT_IN_SETTINGS, LIVE_DIFFERS, TRAFFIC_IS_SPLIT, NOT_FROZEN,
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
    cloudFormation: new CloudFormationClient({ region }),
  };
  const edge = await readEdge(clients.cloudFormation, settings);
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
        : (lock.slots[sourceSlot]?.snapshot.databaseName ?? 'kong');
  if ('existing' in source.datastore && source.datastore.existing.username !== database.masterUsername) {
    progress.note(
      `warning: Kong logs in as ${source.datastore.existing.username}, and a restored database is entered as its master user ${database.masterUsername}, who must own Kong's tables or be granted the role: before the snapshot, GRANT ${source.datastore.existing.username} TO ${database.masterUsername}`,
    );
  }
  const migrations = await cleanMigrations(context, clients, settings, edge, sourceSlot, flags);

  const request: SnapshotRequest = {
    system: settings.name,
    sourceSlot,
    forSlot,
    kongVersion: source.version,
    previousArn: lock.slots[forSlot]?.snapshot.arn,
    frozenSince: writes.since,
    id: flags.id,
    use: flags.use,
  };
  const started = Date.now();
  const snapshot = await takeSnapshot(clients.rds, database, request, {
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
    began: (begun, taken) => {
      progress.step(
        `snapshot ${begun.DBSnapshotIdentifier} of ${identifier} (${database.allocatedStorageGib} GiB)${taken === 'own' ? ', begun by an earlier run' : ''}`,
      );
      context.ifInterrupted(
        `the snapshot ${begun.DBSnapshotIdentifier} goes on in AWS; run the same command again within an hour to take it up, or with --use ${begun.DBSnapshotIdentifier} later`,
      );
    },
    progress: (current, share) => progress.update(share, estimate(current, share, Date.now() - started)),
  });
  if (writes.mode === 'frozen' && !(await readFreeze(clients.elb, edge.freezeRuleArn)).frozen) {
    progress.note(
      `warning: the freeze was lifted while the snapshot was made; writes since then may not be on ${forSlot}: freeze and take another one`,
    );
  }

  const locked = lockedSnapshot(snapshot, database, request, { account, region, databaseName, runningNodes: nodes });
  progress.step('lock file and settings');
  await writeLock(lockPath, { ...lock, slots: { ...lock.slots, [forSlot]: { snapshot: locked } } });
  const target = settings.slots[forSlot]?.datastore;
  const inSettings = target !== undefined && 'snapshot' in target;
  if (inSettings) {
    await updateSettingsFile(context.settingsPath, [
      { path: ['slots', forSlot, 'datastore', 'snapshot', 'id'], value: locked.id },
    ]);
  }
  progress.end();
  context.print(
    snapshotText({ settings, settingsPath: context.settingsPath, lockPath, slot: forSlot, locked, inSettings }),
    {
      slot: forSlot,
      snapshot: locked,
      lockFile: lockPath,
      settingsUpdated: inSettings,
      configWrites: writes,
      migrations,
    },
  );
  return EXIT.done;
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
