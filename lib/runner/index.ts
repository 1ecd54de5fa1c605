/** `kong-dual-cluster/runner`: a shift in a program of your own, over any router of `kong-dual-cluster/routers`. */
export { runShift } from './run-shift';
export type { ShiftListener, ShiftParts } from './shift-parts';
export { abort, type AbortOptions, type AbortParts, type AbortResult } from './abort';
export { preflight, type BeforeShift } from './preflight';
export { FileJournals } from './journal';
export type { JournalStore, OpenJournal } from './journals';
export { DeadManTimer, type DeadMan, type DeadManParts } from './dead-man';
export { Lease, takeLock, type LockSurroundings } from './lock';
