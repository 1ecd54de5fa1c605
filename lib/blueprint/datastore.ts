import { KongDualClusterError } from '../errors';
import type { Lock, LockedSnapshot, Settings, SlotSettings } from '../settings/schema';
import { otherSlot } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
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

/** @throws KongDualClusterError SNAPSHOT_NOT_LOCKED when the lock file says nothing about the snapshot */
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
  const locked = lock.slots[slot]?.snapshot;
  if (locked === undefined) {
    throw new KongDualClusterError('SNAPSHOT_NOT_LOCKED', `the lock file names no snapshot for ${slot}`, {
      found: datastore.snapshot.id,
      remedy: `run \`kong-dual-cluster snapshot --for ${slot}\``,
    });
  }
  const { id: _, ...size } = datastore.snapshot;
  return {
    kind: 'snapshot',
    identifier,
    snapshotId: locked.id,
    engineVersion: locked.engineVersion,
    databaseName: locked.databaseName,
    username: locked.username,
    encrypted: locked.encrypted,
    ...takenOver(locked, size),
  };
}

type StatedSize = Partial<DatabaseSizeSpec>;

/** Size of the database as the settings and the lock say; for an existing one only what is stated. */
export function databaseSize({ datastore }: SlotSettings, locked: LockedSnapshot | undefined): StatedSize {
  if ('new' in datastore) return { ...NEW_DATABASE, ...stated(datastore.new) };
  if ('existing' in datastore) return stated(datastore.existing);
  return locked === undefined ? stated(datastore.snapshot) : takenOver(locked, datastore.snapshot);
}

/** The source's class, storage and zones, because `DatabaseInstanceFromSnapshot` defaults to m5.large, gp2, 100 GiB. */
function takenOver(locked: LockedSnapshot, size: StatedSize): DatabaseSizeSpec {
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
    lock.slots[slot]?.snapshot.sourceIdentifier,
  ];
  return [...new Set(identifiers)].filter((id): id is string => id !== undefined && id !== own).sort();
}
