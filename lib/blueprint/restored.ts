import type { Lock, LockedSource, SlotSettings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import type { DatabaseSizeSpec } from './spec';

/** Ways to make a database of another one's data; each is a key of `datastore` in the settings and of a slot in the lock file. */
export type RestoreKind = 'snapshot' | 'pointInTime';

/** How the settings restore a slot's database, and the size that they state; undefined for a new or an existing one. */
export function restoredFrom({
  datastore,
}: Pick<SlotSettings, 'datastore'>):
  { readonly kind: RestoreKind; readonly size: Partial<DatabaseSizeSpec> } | undefined {
  if ('snapshot' in datastore) return { kind: 'snapshot', size: datastore.snapshot };
  if ('pointInTime' in datastore) return { kind: 'pointInTime', size: datastore.pointInTime };
  return undefined;
}

/** What the lock file says of the data that a slot's database is made from, whichever way. */
export const lockedSource = (lock: Lock, slot: Slot): LockedSource | undefined =>
  lock.slots[slot]?.snapshot ?? lock.slots[slot]?.pointInTime;
