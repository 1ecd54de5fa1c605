import { KongDualClusterError } from '../errors';
import type { Lock, LockedSource, Settings, SlotSettings } from '../settings/schema';
import { otherSlot } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { lockedSource, restoredFrom } from './restored';
import type { DatabaseSizeSpec, DatastoreSpec } from './spec';

/** What a new database gets where the settings say nothing: small, on two availability zones. */
const NEW_DATABASE: DatabaseSizeSpec = {
  instanceClass: 'db.t4g.medium',
  allocatedStorageGib: 100,
  storageType: 'gp3',
  multiAz: true,
};

/**
 * DBInstanceIdentifier of the database that a slot of ours gets. It is fixed, and the one physical name here:
 * CloudFormation refuses to replace a custom-named instance.
 */
export const ownIdentifier = (name: string, slot: Slot): string => `${name}-${slot}`;

/** @throws KongDualClusterError SNAPSHOT_NOT_LOCKED, POINT_IN_TIME_NOT_LOCKED when the lock file says nothing about the data */
export function datastoreSpec(settings: Settings, lock: Lock, slot: Slot, { datastore }: SlotSettings): DatastoreSpec {
  if ('existing' in datastore) {
    const { identifier, host, port, databaseName, username, password, securityGroupId, tls } = datastore.existing;
    return { kind: 'existing', identifier, host, port, databaseName, username, password, securityGroupId, tls };
  }
  const identifier = ownIdentifier(settings.name, slot);
  if ('new' in datastore) {
    const { engineVersion, databaseName, username, ...size } = datastore.new;
    return { kind: 'new', identifier, engineVersion, databaseName, username, ...NEW_DATABASE, ...stated(size) };
  }
  if ('pointInTime' in datastore) {
    const locked = lock.slots[slot]?.pointInTime;
    if (locked === undefined) throw notLocked('POINT_IN_TIME_NOT_LOCKED', slot, datastore.pointInTime.time);
    const { time, ...size } = datastore.pointInTime;
    return {
      kind: 'pointInTime',
      identifier,
      ...ofSource(locked),
      sourceIdentifier: locked.sourceIdentifier,
      sourceResourceId: locked.sourceResourceId,
      ...(time !== 'latest' && { restoreTime: time }),
      ...takenOver(locked, size),
    };
  }
  const locked = lock.slots[slot]?.snapshot;
  if (locked === undefined) throw notLocked('SNAPSHOT_NOT_LOCKED', slot, datastore.snapshot.id);
  const { id: _, ...size } = datastore.snapshot;
  return {
    kind: 'snapshot',
    identifier,
    snapshotId: locked.id,
    ...ofSource(locked),
    ...takenOver(locked, size),
  };
}

/** What a restored database has of its source, whatever the settings say. */
const ofSource = ({ engineVersion, databaseName, username, encrypted }: LockedSource) => ({
  engineVersion,
  databaseName,
  username,
  encrypted,
});

const notLocked = (
  code: 'SNAPSHOT_NOT_LOCKED' | 'POINT_IN_TIME_NOT_LOCKED',
  slot: Slot,
  found: string,
): KongDualClusterError =>
  new KongDualClusterError(
    code,
    `the lock file names no ${code === 'SNAPSHOT_NOT_LOCKED' ? 'snapshot' : 'point in time'} for ${slot}`,
    {
      found,
      remedy: `run \`kong-dual-cluster snapshot --for ${slot}${code === 'SNAPSHOT_NOT_LOCKED' ? '' : ' --point-in-time'}\``,
    },
  );

type StatedSize = Partial<DatabaseSizeSpec>;

/** Size of the database as the settings and the lock say; for an existing one only what is stated. */
export function databaseSize({ datastore }: SlotSettings, locked: LockedSource | undefined): StatedSize {
  if ('new' in datastore) return { ...NEW_DATABASE, ...stated(datastore.new) };
  if ('existing' in datastore) return stated(datastore.existing);
  const size = restoredFrom({ datastore })?.size ?? {};
  return locked === undefined ? stated(size) : takenOver(locked, size);
}

/** The source's class, storage and zones, because `DatabaseInstanceFromSnapshot` defaults to m5.large, gp2, 100 GiB. */
function takenOver(locked: LockedSource, size: StatedSize): DatabaseSizeSpec {
  const { instanceClass, allocatedStorageGib, storageType, multiAz } = { ...locked, ...stated(size) };
  const iops = size.iops ?? (takesIops(storageType, allocatedStorageGib) ? locked.iops : undefined);
  return { instanceClass, allocatedStorageGib, storageType, multiAz, ...(iops !== undefined && { iops }) };
}

/**
 * RDS reports 3000 IOPS for a small gp3 volume and refuses to be given them: below 400 GiB they cannot be provisioned
 * (RDS user guide, "gp3 storage"); with gp2 they never can.
 */
export const takesIops = (storageType: string, gib: number): boolean =>
  storageType.startsWith('io') || (storageType === 'gp3' && gib >= 400);

function stated(size: StatedSize): StatedSize {
  const { instanceClass, allocatedStorageGib, storageType, iops, multiAz } = size;
  return Object.fromEntries(
    Object.entries({ instanceClass, allocatedStorageGib, storageType, iops, multiAz }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** DBInstanceIdentifiers that are not this slot's: a migration that finds itself on one of them refuses. */
export function foreignIdentifiers(settings: Settings, lock: Lock, slot: Slot, own: string): string[] {
  const other = otherSlot(slot);
  const datastore = settings.slots[other]?.datastore;
  const identifiers = [
    ownIdentifier(settings.name, other),
    datastore && 'existing' in datastore ? datastore.existing.identifier : undefined,
    lockedSource(lock, slot)?.sourceIdentifier,
  ];
  return [...new Set(identifiers)].filter((id): id is string => id !== undefined && id !== own).sort();
}

/** What synth warns of: a restore is encrypted as its source is. */
export function unencryptedSource(spec: DatastoreSpec, slot: Slot): string | undefined {
  if (spec.kind === 'new' || spec.kind === 'existing' || spec.encrypted) return undefined;
  const [source, remedy] =
    spec.kind === 'snapshot'
      ? ['snapshot', 'copy the snapshot with a KMS key and use the copy']
      : ['database', 'take a snapshot instead, copy it with a KMS key and use the copy'];
  return `the database of ${slot} is restored from a ${source} that is not encrypted, and will not be either; to mend it, ${remedy}`;
}
