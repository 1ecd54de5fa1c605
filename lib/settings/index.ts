/** Settings from a file or from data, and the lock file beside them. Needs zod and yaml; loads no backend. */
export { loadSettings, loadSettingsFile, settingsOf } from './load';
export type { LoadedSettings } from './load';
export { lockPathOf, readLock } from './lock-file';
export { EMPTY_LOCK } from './schema';
export type { Lock, LockedSnapshot, LockedSource, SecretRef, Settings, SettingsInput, SlotSettings } from './schema';
