import type { LockedSource, SlotSettings } from '../../settings/schema';
import { otherSlot, SLOTS } from '../../traffic/weights';
import type { Slot } from '../../traffic/weights';
import { databaseSize, ownIdentifier, takesIops } from '../datastore';
import { isNotSmaller } from '../instance-class';
import { lockedSource, restoredFrom } from '../restored';
import type { DatabaseSizeSpec } from '../spec';
import type { Check, Refusal } from './refusal';

type Size = Partial<DatabaseSizeSpec>;

/** Slowest first; unknown ones (standard magnetic) are the slowest. */
const STORAGE_TYPES = ['gp2', 'gp3', 'io1', 'io2'];

/** The idle slot's database against the live one's and against the source that it is restored from. */
export const databaseSmallerThanLive: Check = ({ slots, live }, lock) => {
  const idle = otherSlot(live);
  const settings = slots[idle];
  // A database that exists is its owner's to size; so is that of nodes somebody else made.
  if (settings === undefined || 'existing' in settings.datastore) return [];
  const locked = lockedSource(lock, idle);
  const restored = restoredFrom(settings);
  // Without a lock entry nothing is known of it, and notLocked says so.
  if (restored !== undefined && locked === undefined) return [];
  const have = databaseSize(settings, locked);
  const than = slots[live];
  const baselines: [string, Size][] = [
    ...(than === undefined ? [] : [[live, databaseSize(than, lockedSource(lock, live))] as [string, Size]]),
    ...(restored !== undefined && locked !== undefined
      ? [[SOURCES[restored.kind], sizeOfSource(locked)] as [string, Size]]
      : []),
  ];
  const refusals = baselines.flatMap(([name, need]) => smaller(idle, settings, have, name, need));
  // One sentence a key, for the larger need.
  return refusals.filter((r, n) => refusals.findIndex((other) => other.path.join() === r.path.join()) === n);
};

const SOURCES = { snapshot: 'snapshot source', pointInTime: 'restored source' } as const;

const sizeOfSource = ({ instanceClass, allocatedStorageGib, storageType, multiAz }: LockedSource): Size => ({
  instanceClass,
  allocatedStorageGib,
  storageType,
  multiAz,
});

function smaller(slot: Slot, settings: SlotSettings, have: Size, than: string, need: Size): Refusal[] {
  const kind = Object.keys(settings.datastore).join();
  const differs: [keyof Size, boolean][] = [
    ['instanceClass', need.instanceClass !== undefined && !isNotSmaller(have.instanceClass ?? '', need.instanceClass)],
    ['allocatedStorageGib', (have.allocatedStorageGib ?? 0) < (need.allocatedStorageGib ?? 0)],
    ['storageType', need.storageType !== undefined && rank(have.storageType) < rank(need.storageType)],
    ['iops', have.storageType === need.storageType && (iopsOf(have) ?? 0) < (iopsOf(need) ?? 0)],
    ['multiAz', need.multiAz === true && have.multiAz !== true],
  ];
  return differs
    .filter(([, isSmaller]) => isSmaller)
    .map(([key]) => ({
      code: 'DATABASE_SMALLER_THAN_LIVE',
      path: ['slots', slot, 'datastore', kind, key],
      problem:
        key === 'instanceClass'
          ? `the database of ${slot} must not be smaller than that of the ${than}, as far as the classes can be compared`
          : `the database of ${slot} must not be smaller than that of the ${than}`,
      found: `${key} ${have[key] ?? 'unstated'} (${slot}), ${need[key] ?? 'unstated'} (${than})`,
      remedy: `set slots.${slot}.datastore.${kind}.${key} to ${need[key] ?? iopsOf(need)}`,
    }));
}

/** What a gp3 volume of PostgreSQL has when nothing is stated (RDS user guide, "gp3 storage"). */
const iopsOf = ({ iops, storageType, allocatedStorageGib = 0 }: Size): number | undefined =>
  iops ?? (storageType === 'gp3' ? (allocatedStorageGib >= 400 ? 12000 : 3000) : undefined);

const rank = (type: string | undefined): number => STORAGE_TYPES.indexOf(type ?? '');

/** A volume is never restored smaller than what it is restored from (RDS RestoreDBInstanceFromDBSnapshot). */
export const storageBelowSnapshot: Check = ({ slots, live }, lock) => {
  // For the idle slot databaseSmallerThanLive says it.
  const settings = slots[live];
  const locked = lockedSource(lock, live);
  const restored = settings && restoredFrom(settings);
  if (locked === undefined || restored === undefined) return [];
  const { allocatedStorageGib } = restored.size;
  if (allocatedStorageGib === undefined || allocatedStorageGib >= locked.allocatedStorageGib) return [];
  return [
    {
      code: 'DATABASE_SMALLER_THAN_SNAPSHOT',
      path: ['slots', live, 'datastore', restored.kind, 'allocatedStorageGib'],
      problem: `RDS restores no volume smaller than its ${restored.kind === 'snapshot' ? 'snapshot' : 'source'}`,
      found: `${allocatedStorageGib} < ${locked.allocatedStorageGib}`,
      remedy: `set it to ${locked.allocatedStorageGib} or more, or leave it out`,
    },
  ];
};

/**
 * Kong's own "blue-green on one database" is for patch versions only: `up` and `finish` of 3.x change tables that a 2.x
 * node still reads, and a 2.8 node starts happily on a database that 3.4 has migrated (recorded).
 */
export const datastoreShared: Check = ({ name, slots, live }) => {
  const idle = otherSlot(live);
  const [mine, theirs] = [slots[idle]?.datastore, slots[live]?.datastore];
  if (mine === undefined || theirs === undefined || !('existing' in mine)) {
    return theirs !== undefined &&
      'existing' in theirs &&
      mine !== undefined &&
      theirs.existing.identifier === ownIdentifier(name, idle)
      ? [shared(live, theirs.existing.identifier, idle)]
      : [];
  }
  const other = 'existing' in theirs ? theirs.existing : undefined;
  const same =
    mine.existing.identifier === (other?.identifier ?? ownIdentifier(name, live)) ||
    (other !== undefined && mine.existing.host === other.host && mine.existing.port === other.port);
  return same ? [shared(idle, mine.existing.identifier, live)] : [];
};

const shared = (slot: Slot, identifier: string, other: Slot): Refusal => ({
  code: 'DATASTORE_SHARED',
  path: ['slots', slot, 'datastore', 'existing'],
  problem: `${slot} would run on the database of ${other}: migrating it from 2.x to 3.x changes the tables under the running nodes, and there is no way back`,
  found: identifier,
  remedy: `give ${slot} its own: run \`kong-dual-cluster snapshot --for ${slot}\` and name it under slots.${slot}.datastore.snapshot`,
});

/** Provisioned IOPS: io1 and io2 need them, gp3 takes them from 400 GiB on, gp2 never (RDS user guide, "Storage"). */
export const iopsImpossible: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined || 'existing' in settings.datastore) return [];
    const { iops, storageType, allocatedStorageGib = 0 } = databaseSize(settings, lockedSource(lock, slot));
    const needs = storageType?.startsWith('io') === true;
    const takes = takesIops(storageType ?? '', allocatedStorageGib);
    if (iops === undefined ? !needs : takes) return [];
    return [
      {
        code: 'DATABASE_IOPS',
        path: ['slots', slot, 'datastore', Object.keys(settings.datastore).join(), 'iops'],
        problem: 'RDS wants iops for io1 and io2, takes them for gp3 from 400 GiB on, and never for gp2',
        found: `${iops ?? 'none'} with ${storageType ?? 'an unknown storage type'} of ${allocatedStorageGib} GiB`,
        remedy: needs ? 'state iops, or use gp3' : 'remove iops, or give the database more storage of gp3',
      },
    ];
  });
