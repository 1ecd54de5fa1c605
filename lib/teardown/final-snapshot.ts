import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  type DBSnapshot,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { TAGS } from '../blueprint/tag-names';
import type { DatabaseReading } from '../datastore/read-database';
import { untilAvailable, type Waiting } from '../datastore/snapshot';
import { EXIT, KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';

export interface FinalSnapshotRequest {
  /** Name of the system. */
  readonly system: string;
  readonly slot: Slot;
  /** Id of the stack that goes: its final snapshot is found by it again. */
  readonly stackId: string;
  readonly kongVersion?: string | undefined;
  /** How a person destroys the stack where a teardown cannot go on. */
  readonly destroyByHand: string;
  /** End of the last shift, ISO 8601: an older snapshot is not of what was last served. */
  readonly notBefore?: string | undefined;
}

export interface FinalSnapshot {
  readonly id: string;
  readonly arn: string;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly sizeGib: number;
  readonly verified: true;
}

/** One that an interrupted run made this long ago is still what would be made now: nothing writes to an idle slot. */
const OWN_SNAPSHOT_AGE_MS = 60 * 60 * 1000;

/**
 * Makes the last manual snapshot of a slot's database, or takes up the one that an interrupted run has begun, and waits
 * for it. When the database is gone already, the one that was made before.
 * @param database undefined when it is gone
 * @throws KongDualClusterError TEARDOWN_SNAPSHOT_MISSING, TEARDOWN_SNAPSHOT_UNVERIFIED, SNAPSHOT_SOURCE_BUSY,
 *   SNAPSHOT_FAILED
 */
export async function finalSnapshot(
  rds: RDSClient,
  identifier: string,
  database: DatabaseReading | undefined,
  request: FinalSnapshotRequest,
  waiting: Waiting,
): Promise<FinalSnapshot> {
  const own = (await ownSnapshots(rds, identifier, request)).find(({ Status, SnapshotCreateTime }) => {
    if (Status !== 'creating' && Status !== 'available') return false;
    if (database === undefined) return true;
    const taken = SnapshotCreateTime?.getTime() ?? waiting.now();
    return taken >= Date.parse(request.notBefore ?? '1970-01-01') && waiting.now() - taken < OWN_SNAPSHOT_AGE_MS;
  });
  if (!own && !database) throw missing(identifier, request);
  const begun = own ?? (await create(rds, database!, request, waiting.now()));
  waiting.began(begun, own ? 'own' : 'new');
  return verified(await untilAvailable(rds, begun, waiting), database, request);
}

/** Manual snapshots of the slot's database that a teardown of this very stack has made, the newest first. */
export async function ownSnapshots(
  rds: RDSClient,
  identifier: string,
  { system, slot, stackId }: Pick<FinalSnapshotRequest, 'system' | 'slot'> & { readonly stackId?: string | undefined },
): Promise<DBSnapshot[]> {
  const has = ({ TagList }: DBSnapshot, key: string, value?: string) =>
    TagList?.some((tag) => tag.Key === key && (value === undefined || tag.Value === value));
  return (await manualSnapshots(rds, identifier)).filter(
    (one) => has(one, TAGS.system, system) && has(one, TAGS.slot, slot) && has(one, TAGS.final, stackId),
  );
}

/** All manual snapshots of a database, the newest first. CloudFormation's at a deletion are manual ones too. */
export async function manualSnapshots(rds: RDSClient, identifier: string): Promise<DBSnapshot[]> {
  const found: DBSnapshot[] = [];
  let Marker: string | undefined;
  do {
    const page = await rds.send(
      new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier, SnapshotType: 'manual', Marker }),
    );
    found.push(...(page.DBSnapshots ?? []));
    Marker = page.Marker;
  } while (Marker);
  const time = ({ SnapshotCreateTime }: DBSnapshot) => SnapshotCreateTime?.getTime() ?? Infinity;
  return found.sort((a, b) => time(b) - time(a));
}

/** The tags of a final snapshot, by which an interrupted run finds it again. */
export const finalTags = ({ system, slot, stackId, kongVersion }: FinalSnapshotRequest) => [
  { Key: TAGS.system, Value: system },
  { Key: TAGS.slot, Value: slot },
  { Key: TAGS.final, Value: stackId },
  ...(kongVersion === undefined ? [] : [{ Key: 'kong-dual-cluster:kong-version', Value: kongVersion }]),
];

/** `kong-blue-final-20261121-203000`. @param now milliseconds since the epoch */
export const finalSnapshotId = (system: string, slot: Slot, now: number): string =>
  `${system}-${slot}-final-${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;

async function create(
  rds: RDSClient,
  database: DatabaseReading,
  request: FinalSnapshotRequest,
  now: number,
): Promise<DBSnapshot> {
  if (database.status !== 'available') {
    throw new KongDualClusterError('SNAPSHOT_SOURCE_BUSY', 'the database cannot be snapshotted in its present state', {
      found: `${database.identifier} is ${database.status}`,
      remedy: 'wait until `aws rds describe-db-instances` says available, and run it again',
      exitCode: EXIT.preflightRefused,
    });
  }
  const { DBSnapshot: made } = await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: database.identifier,
      DBSnapshotIdentifier: finalSnapshotId(request.system, request.slot, now),
      Tags: finalTags(request),
    }),
  );
  return made ?? {};
}

/**
 * That the snapshot is what the database can be made from again.
 * @throws KongDualClusterError TEARDOWN_SNAPSHOT_UNVERIFIED (exit 8)
 */
export function verified(
  snapshot: DBSnapshot,
  database: DatabaseReading | undefined,
  { notBefore, slot }: Pick<FinalSnapshotRequest, 'notBefore' | 'slot'>,
): FinalSnapshot {
  const taken = snapshot.SnapshotCreateTime;
  const wanted: readonly (readonly [what: string, found: unknown, wanted: unknown])[] = [
    ['status', snapshot.Status, 'available'],
    ...(database
      ? ([
          ['DbiResourceId', snapshot.DbiResourceId, database.resourceId],
          ['engine', snapshot.Engine, database.engine],
          ['engine version', snapshot.EngineVersion, database.engineVersion],
          ['storage type', snapshot.StorageType, database.storageType],
          ['GiB', snapshot.AllocatedStorage, database.allocatedStorageGib],
          ['encrypted', snapshot.Encrypted ?? false, database.encrypted],
          ['KMS key', snapshot.KmsKeyId || undefined, database.kmsKeyId],
        ] as const)
      : []),
  ];
  const differing = wanted
    .filter(([, found, should]) => found !== should)
    .map(([what, is, should]) => `${what} ${String(is)}, not ${String(should)}`);
  if (taken === undefined) differing.push('no time of its making');
  else if (notBefore !== undefined && taken < new Date(notBefore)) {
    differing.push(`made ${taken.toISOString()}, before the last shift ended at ${notBefore}`);
  }
  const id = snapshot.DBSnapshotIdentifier ?? '';
  if (differing.length > 0 || taken === undefined) {
    throw new KongDualClusterError(
      'TEARDOWN_SNAPSHOT_UNVERIFIED',
      `the final snapshot of ${slot} cannot be relied on`,
      {
        found: `${id}: ${differing.join('; ')}`,
        remedy: `nothing was destroyed: delete it (aws rds delete-db-snapshot --db-snapshot-identifier ${id}) and run it again`,
        exitCode: EXIT.preflightRefused,
      },
    );
  }
  return {
    id,
    arn: snapshot.DBSnapshotArn ?? '',
    takenAt: taken.toISOString(),
    sizeGib: snapshot.AllocatedStorage ?? 0,
    verified: true,
  };
}

const missing = (identifier: string, { destroyByHand }: FinalSnapshotRequest): KongDualClusterError =>
  new KongDualClusterError(
    'TEARDOWN_SNAPSHOT_MISSING',
    'the database is gone, and no teardown has made a final snapshot',
    {
      found: `no DBInstanceIdentifier ${identifier} and no snapshot of it with the tag ${TAGS.final}`,
      remedy: `look for what its deletion left (aws rds describe-db-snapshots --db-instance-identifier ${identifier}); then finish by hand: ${destroyByHand}, and remove the slot from the settings`,
      exitCode: EXIT.preflightRefused,
    },
  );
