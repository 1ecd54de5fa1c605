import type { Lock, LockedSnapshot, LockedSource, Settings, SettingsInput } from '../../../lib/settings/schema';
import { settingsSchema } from '../../../lib/settings/schema';
import type { Check } from '../../../lib/blueprint/refusals';
import type { Slot } from '../../../lib/traffic/weights';

export type SlotInput = NonNullable<SettingsInput['slots']['blue']>;

export const BLUE: SlotInput = { version: '2.8', datastore: { new: {} } };
export const GREEN: SlotInput = { version: '3.4', datastore: { snapshot: { id: 'snap-1' } } };

/** The smallest settings there are, with what a test adds. */
export const settingsOf = (more: Partial<SettingsInput> = {}): Settings =>
  settingsSchema.parse({ name: 'kong', live: 'blue', network: { create: {} }, slots: { blue: BLUE }, ...more });

export const SNAPSHOT: LockedSnapshot = {
  id: 'snap-1',
  arn: 'arn:aws:rds:eu-central-1:123456789012:snapshot:snap-1',
  sourceSlot: 'blue',
  sourceIdentifier: 'kong-blue',
  sourceResourceId: 'db-AAAA',
  kongVersion: '2.8',
  account: '123456789012',
  region: 'eu-central-1',
  engine: 'postgres',
  engineVersion: '15.18',
  instanceClass: 'db.t4g.medium',
  allocatedStorageGib: 100,
  storageType: 'gp3',
  iops: 3000,
  multiAz: true,
  encrypted: true,
  databaseName: 'kong',
  username: 'kong',
  takenAt: '2026-11-21T12:00:00Z',
  runningNodes: 2,
};

export const lockOf = (slot: Slot, more: Partial<LockedSnapshot> = {}): Lock => ({
  lockVersion: 1,
  slots: { [slot]: { snapshot: { ...SNAPSHOT, ...more } } },
});

/** The same source, restored to the time that the snapshot is of. */
export const lockOfTime = (slot: Slot, more: Partial<LockedSource> = {}): Lock => {
  const { id: _, arn: __, ...source } = SNAPSHOT;
  return { lockVersion: 1, slots: { [slot]: { pointInTime: { ...source, ...more } } } };
};

export const NO_LOCK: Lock = { lockVersion: 1, slots: {} };

/** Code, key path and value found of what a check refuses. */
export const refused = (check: Check, settings: Settings, lock: Lock = NO_LOCK): [string, string, string][] =>
  check(settings, lock).map(({ code, path, found }) => [code, path.join('.'), found]);
