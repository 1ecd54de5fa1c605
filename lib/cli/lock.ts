import type { LockReading } from '../deployed/shift-table';
import { takeLock, type Lease } from '../runner/lock';
import { runId } from '../runner/record';
import { here, type DeployedSystem } from './system';

export interface LockOptions {
  /** Id of the run. @default - made of the time and this process */
  readonly run?: string;
  /** `shift start`, `teardown`, …: told to whoever finds it locked. */
  readonly command: string;
  readonly doing: string;
  /** Whether a holder that is silent while it is being watched is replaced. @default false */
  readonly replaceSilent?: boolean;
  /** Told when a silent holder is being watched. */
  readonly waiting?: (holder: LockReading) => void;
}

/** Takes the lock of a system for this process. @throws KongDualClusterError SYSTEM_LOCKED (exit 5) */
export function lockFor({ table, caller }: DeployedSystem, options: LockOptions): Promise<Lease> {
  const { command, doing, replaceSilent = false, waiting } = options;
  const now = new Date();
  const holder = {
    run: options.run ?? runId(now, process.pid),
    command,
    host: here.host,
    pid: process.pid,
    by: caller,
    since: now.toISOString(),
    doing,
  };
  return takeLock(table, holder, { ...here, ...(waiting && { waiting }) }, { replaceSilent });
}
