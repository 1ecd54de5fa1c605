/**
 * The pure rooms: versions, weights, and what settings mean. Loads no backend, no AWS SDK, no YAML and no zod; the
 * constructs are behind `kong-dual-cluster/aws-cdk`.
 */
export { EXIT, KongDualClusterError } from './errors';
export type { ErrorDetails, ExitCode } from './errors';
export { KongVersion } from './release/kong-version';
export type { Edition } from './release/kong-version';
export { isSupportedStep, LAST_OPEN_SOURCE_MINOR, requireStep } from './release/steps';
export { upgradePath } from './release/upgrade-path';
export type { Hop, HopKind, PathOptions, UpgradePath, Warning } from './release/hop';
export {
  FACTS_AS_OF,
  isLts,
  knownMinors,
  latestPatch,
  nextLts,
  postgresMajors,
  releaseOf,
  supportOn,
  supportsCassandra,
} from './release/catalogue';
export type { Release, Support, SupportStatus } from './release/catalogue';
export {
  allOn,
  ELB_SCALE,
  liveSlot,
  MAX_WEIGHT,
  otherSlot,
  shareHeld,
  shareOf,
  SLOTS,
  smallestShare,
  validateWeights,
  weightsFor,
} from './traffic/weights';
export type { Slot, Weights, WeightScale } from './traffic/weights';
export { TrafficPlan } from './traffic/plan';
export type { Stage, StagesInput, WhenInconclusive } from './traffic/plan';
export { compare } from './traffic/comparison';
export type { Comparison, ComparisonOptions, MinuteCount, MinutePair } from './traffic/comparison';
export { gatesOf } from './traffic/gates-of';
export type { GatePolicy } from './traffic/gate-policy';
export type { Minute, MinuteReading, MinuteSource, SlotMinute } from './traffic/minutes';
export { samplesNeeded } from './traffic/samples-needed';
export { after, begin, fold, pending } from './traffic/shift';
export type { Pending, ShiftState } from './traffic/shift';
export type { JournalLine, ShiftEvent, ShiftStart } from './traffic/shift-events';
export { shiftMachine } from './traffic/state-machine';
export { rollbackMachine } from './traffic/rollback-machine';
export { durationOf, secondsOf } from './traffic/duration';
export { alarmGate, overall, requestGate, shareSeen } from './traffic/gates';
export type { AlarmReading, GateResult, GateUse, RequestCounts, Verdict } from './traffic/gates';
export { systemSpec } from './blueprint/system';
export { refusals, refuse } from './blueprint/refusals';
export type { Refusal, RefuseOptions } from './blueprint/refusals';
export { PORTS } from './blueprint/spec';
export type * from './blueprint/spec';
export { EDGE_OUTPUTS, SLOT_OUTPUTS } from './blueprint/output-names';
export type {
  AdoptedRule,
  Lock,
  LockedSnapshot,
  LockedSource,
  SecretRef,
  Settings,
  SettingsInput,
  SlotSettings,
} from './settings/schema';
export { upgradePlan } from './strategy/plan';
export { situationOf } from './strategy/situation';
export type { Situation, SituationInput } from './strategy/situation';
export type { RunbookStep, Strategy, StrategyName, UpgradePlan } from './strategy/upgrade-plan';
