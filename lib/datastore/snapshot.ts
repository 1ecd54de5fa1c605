import { createHash } from 'node:crypto';
import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  type DBSnapshot,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { EXIT, KongDualClusterError } from '../errors';
import type { LockedSnapshot } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import { sourceFacts, type SourceRequest, type SourceSurroundings } from './locked-source';
import type { DatabaseReading } from './read-database';

export interface SnapshotRequest extends SourceRequest {
  /** Name of the system. */
  readonly system: string;
  readonly forSlot: Slot;
  /** ARN in the lock file before; a run that has ended has changed it, so that the next run is another one. */
  readonly previousArn?: string;
  /**
   * Since when the configuration is frozen, ISO 8601: an older snapshot may lack a write, so that none is used or taken
   * up. Left out when the user applies every change to both slots.
   */
  readonly frozenSince?: string | undefined;
  /** Identifier of the new snapshot. @default - of name, slot, version and time */
  readonly id?: string;
  /** Identifier of a snapshot that exists; none is made then. */
  readonly use?: string;
}

export interface Waiting {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** @param share 0 to 1; undefined when RDS does not say */
  readonly progress: (snapshot: DBSnapshot, share: number | undefined) => void;
  /** Told as soon as the snapshot is known, before the wait. */
  readonly began: (snapshot: DBSnapshot, taken: 'new' | 'own' | 'used') => void;
}

/** An interrupted run's snapshot that is older than this is not what its writer means today. */
const OWN_SNAPSHOT_AGE_MS = 60 * 60 * 1000;

/**
 * Makes a snapshot of the database, or takes up the one that an interrupted run of the same upgrade has begun, and
 * waits until it is available. The tag `run` is the same for every run until the lock file changes, so that nothing
 * needs to be remembered between runs.
 * @throws KongDualClusterError SNAPSHOT_SOURCE_BUSY, SNAPSHOT_ID_TAKEN,
 * SNAPSHOT_NOT_FOUND, SNAPSHOT_OF_OTHER_DATABASE, SNAPSHOT_BEFORE_FREEZE, SNAPSHOT_FAILED
 */
export async function takeSnapshot(
  rds: RDSClient,
  source: DatabaseReading,
  request: SnapshotRequest,
  waiting: Waiting,
): Promise<DBSnapshot> {
  const run = runTag(source, request);
  const [snapshot, taken] = await findOrCreate(rds, source, request, run, waiting.now());
  waiting.began(snapshot, taken);
  const available = await untilAvailable(rds, snapshot, waiting);
  if (taken === 'used') refuseBeforeFreeze(available, request);
  return available;
}

/**
 * Looks again and again, every second at first and every 15 s in the end.
 * @throws KongDualClusterError SNAPSHOT_FAILED, SNAPSHOT_NOT_FOUND
 */
export async function untilAvailable(
  rds: RDSClient,
  snapshot: DBSnapshot,
  waiting: Pick<Waiting, 'progress' | 'sleep'>,
): Promise<DBSnapshot> {
  const id = snapshot.DBSnapshotIdentifier ?? '';
  let delay = 1000;
  for (let current = snapshot; ; current = await describe(rds, id)) {
    if (current.Status === 'available') return current;
    if (current.Status !== 'creating' && current.Status !== 'pending') throw failed(id, current.Status);
    waiting.progress(current, current.PercentProgress === undefined ? undefined : current.PercentProgress / 100);
    await waiting.sleep(delay);
    delay = Math.min(15_000, delay * 1.5);
  }
}

async function findOrCreate(
  rds: RDSClient,
  source: DatabaseReading,
  request: SnapshotRequest,
  run: string,
  now: number,
): Promise<[DBSnapshot, 'new' | 'own' | 'used']> {
  if (request.use !== undefined) {
    const used = await describe(rds, request.use);
    if (used.DbiResourceId !== source.resourceId) {
      throw new KongDualClusterError(
        'SNAPSHOT_OF_OTHER_DATABASE',
        "the snapshot was not taken of the live slot's database",
        {
          found: `${request.use} is of ${used.DBInstanceIdentifier} (${used.DbiResourceId}), ${request.sourceSlot} runs on ${source.identifier} (${source.resourceId})`,
          remedy: 'use a snapshot of that database, or leave --use out to make one',
          exitCode: EXIT.preflightRefused,
        },
      );
    }
    return [used, 'used'];
  }
  const own = await findOwn(rds, source, run, now);
  if (own) return [own, 'own'];
  if (source.status !== 'available') {
    throw new KongDualClusterError('SNAPSHOT_SOURCE_BUSY', 'the database cannot be snapshotted in its present state', {
      found: `${source.identifier} is ${source.status}`,
      remedy: 'wait until `aws rds describe-db-instances` says available, and run it again',
      exitCode: EXIT.preflightRefused,
    });
  }
  return [await create(rds, source, request, run, request.id ?? snapshotId(request, now)), 'new'];
}

/**
 * There is no option to override this: a new snapshot takes minutes, and a write that is missing is found on the night of
 * the cutover. The earlier of the two times counts: RDS calls one "when the snapshot was taken", which a copy changes, and
 * the other the time of the CreateDBSnapshot operation, which it does not (RDS API, DBSnapshot).
 */
function refuseBeforeFreeze(snapshot: DBSnapshot, { frozenSince, use }: SnapshotRequest): void {
  if (frozenSince === undefined) return;
  const times = [snapshot.SnapshotCreateTime, snapshot.OriginalSnapshotCreateTime].flatMap((time) =>
    time === undefined ? [] : [time.getTime()],
  );
  const taken = Math.min(...times);
  if (times.length > 0 && taken >= Date.parse(frozenSince)) return;
  throw new KongDualClusterError(
    'SNAPSHOT_BEFORE_FREEZE',
    'the snapshot is older than the freeze, so that a write may lie between them and would not be on the new slot',
    {
      found: `${use} of ${times.length === 0 ? 'an unknown time' : new Date(taken).toISOString()}, frozen since ${frozenSince}`,
      remedy: 'leave --use out: a new snapshot holds only what has changed since the last one, and takes minutes',
      exitCode: EXIT.preflightRefused,
    },
  );
}

async function create(
  rds: RDSClient,
  source: DatabaseReading,
  request: SnapshotRequest,
  run: string,
  id: string,
): Promise<DBSnapshot> {
  const command = new CreateDBSnapshotCommand({
    DBInstanceIdentifier: source.identifier,
    DBSnapshotIdentifier: id,
    Tags: [
      { Key: 'kong-dual-cluster:system', Value: request.system },
      { Key: 'kong-dual-cluster:slot', Value: request.sourceSlot },
      { Key: 'kong-dual-cluster:for', Value: request.forSlot },
      { Key: 'kong-dual-cluster:kong-version', Value: request.kongVersion },
      { Key: RUN_TAG, Value: run },
    ],
  });
  try {
    return (await rds.send(command)).DBSnapshot ?? {};
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('DBSnapshotAlreadyExists'))) throw error;
    throw new KongDualClusterError('SNAPSHOT_ID_TAKEN', 'there is a snapshot of this identifier already', {
      found: id,
      remedy: `take that one with --use ${id}, or give another --id`,
      cause: error,
    });
  }
}

const RUN_TAG = 'kong-dual-cluster:run';

/** The same for every run of one upgrade's snapshot, until the lock file has a new one. */
export function runTag(source: DatabaseReading, request: SnapshotRequest): string {
  const parts = [
    request.system,
    request.forSlot,
    source.resourceId,
    request.previousArn ?? '',
    // Thawed and frozen again in between: another run, because of the writes that may lie there.
    request.frozenSince ?? '',
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** Letters, digits and single dashes, begins with a letter (RDS API, `CreateDBSnapshot.DBSnapshotIdentifier`). */
export function snapshotId({ system, sourceSlot, kongVersion }: SnapshotRequest, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${system}-${sourceSlot}-kong-${kongVersion.replaceAll('.', '-')}-${time}`.replace(/-+/g, '-');
}

async function findOwn(
  rds: RDSClient,
  source: DatabaseReading,
  run: string,
  now: number,
): Promise<DBSnapshot | undefined> {
  let Marker: string | undefined;
  do {
    const page = await rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: source.identifier, SnapshotType: 'manual', Marker }),
    );
    const own = page.DBSnapshots?.find(
      (snapshot) =>
        snapshot.TagList?.some((tag) => tag.Key === RUN_TAG && tag.Value === run) &&
        (snapshot.Status === 'creating' ||
          (snapshot.Status === 'available' &&
            now - (snapshot.SnapshotCreateTime?.getTime() ?? 0) < OWN_SNAPSHOT_AGE_MS)),
    );
    if (own) return own;
    Marker = page.Marker;
  } while (Marker);
  return undefined;
}

async function describe(rds: RDSClient, id: string): Promise<DBSnapshot> {
  try {
    const found = (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id }))).DBSnapshots?.[0];
    if (found) return found;
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('DBSnapshotNotFound'))) throw error;
  }
  throw new KongDualClusterError('SNAPSHOT_NOT_FOUND', 'there is no such snapshot in this account and region', {
    found: id,
    remedy: 'look at `aws rds describe-db-snapshots`, or leave --use out to make one',
  });
}

const failed = (id: string, status: string | undefined): KongDualClusterError =>
  new KongDualClusterError('SNAPSHOT_FAILED', 'RDS did not finish the snapshot', {
    found: `${id} is ${status ?? 'of unknown status'}`,
    remedy:
      'delete it (`aws rds delete-db-snapshot`), look at the events of the database and run it again; the database itself is untouched',
  });

/** What the lock file says about a snapshot. */
export function lockedSnapshot(
  snapshot: DBSnapshot,
  source: DatabaseReading,
  request: SnapshotRequest,
  more: SourceSurroundings,
): LockedSnapshot {
  return {
    id: snapshot.DBSnapshotIdentifier ?? '',
    arn: snapshot.DBSnapshotArn ?? '',
    ...sourceFacts(source, request, more),
    // A copy may differ from its source.
    engineVersion: snapshot.EngineVersion ?? source.engineVersion,
    allocatedStorageGib: snapshot.AllocatedStorage ?? source.allocatedStorageGib,
    storageType: snapshot.StorageType ?? source.storageType,
    encrypted: snapshot.Encrypted ?? source.encrypted,
    kmsKeyId: snapshot.KmsKeyId,
    takenAt: (snapshot.SnapshotCreateTime ?? new Date()).toISOString(),
  };
}
