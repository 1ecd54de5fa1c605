import type { LockedSource } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import type { DatabaseReading } from './read-database';

/** Whose data are restored, for the lock file. */
export interface SourceRequest {
  readonly sourceSlot: Slot;
  /** Kong version that runs on the source. */
  readonly kongVersion: string;
}

/** What a command has read beside the database. */
export interface SourceSurroundings {
  readonly account: string;
  readonly region: string;
  /** That Kong uses, which RDS does not know. */
  readonly databaseName: string;
  readonly runningNodes: number;
}

/** What the lock file says about the database that is restored, but for the time its data are of. */
export const sourceFacts = (
  source: DatabaseReading,
  { sourceSlot, kongVersion }: SourceRequest,
  { account, region, databaseName, runningNodes }: SourceSurroundings,
): Omit<LockedSource, 'takenAt'> => ({
  sourceSlot,
  sourceIdentifier: source.identifier,
  sourceResourceId: source.resourceId,
  kongVersion,
  account,
  region,
  engine: source.engine,
  engineVersion: source.engineVersion,
  instanceClass: source.instanceClass,
  allocatedStorageGib: source.allocatedStorageGib,
  storageType: source.storageType,
  ...(source.iops === undefined ? {} : { iops: source.iops }),
  multiAz: source.multiAz,
  encrypted: source.encrypted,
  ...(source.kmsKeyId === undefined ? {} : { kmsKeyId: source.kmsKeyId }),
  databaseName,
  // RDS gives a restored database a new password for its master user only.
  username: source.masterUsername,
  runningNodes,
});
