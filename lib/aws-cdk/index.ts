/** Constructs for AWS CDK, one concept a file. */
export { KongCluster } from './cluster';
export type { KongClusterProps } from './cluster';
export { KongDatastore } from './datastore';
export type { IKongDatastore, KongDatastoreProps } from './datastore';
export { KongMigrations } from './migrations';
export type { KongMigrationsProps } from './migrations';
export type { SlotConnections } from './slot-connections';
export { KongEdge } from './edge';
export type { KongEdgeProps } from './edge';
export { EdgeAlarms } from './alarms';
export type { SlotAlarms } from './alarms';
export { FREEZE_OFF, SLOT_HEADER } from './admin-listener';
export { RuleProvider } from './rule-provider';
export { TesterRules } from './tester-rules';
export type { TesterRulesProps } from './tester-rules';
export { WeightedRule } from './weighted-rule';
export type { RuleListener, RuleShape, WeightedRuleProps } from './weighted-rule';
