/** Constructs for AWS CDK, one concept a file. */
export { KongCluster } from './cluster';
export type { KongClusterProps } from './cluster';
export { KongDatastore } from './datastore';
export type { IKongDatastore, KongDatastoreProps } from './datastore';
export { KongMigrations } from './migrations';
export type { KongMigrationsProps } from './migrations';
export type { SlotConnections } from './slot-connections';
