import type { Held, LockHolder, LockReading, LockRequest, ShiftTable } from '../deployed/shift-table';
import { EXIT, KongDualClusterError } from '../errors';
import { durationOf } from '../traffic/duration';

/** A holder that gave no sign of life for this long may be replaced by `shift resume`, milliseconds. */
export const LEASE_MS = 30_000;

export interface LockSurroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Whether a process of this machine lives. */
  readonly isAlive: (pid: number) => boolean;
  /** Told when a silent holder is being watched. */
  readonly waiting?: (holder: LockReading) => void;
}

/** The lock while it is held: a sign of life and a proof in one. */
export class Lease {
  private lastBeat: number;
  private told: LockRequest | undefined;

  constructor(
    private readonly table: Pick<ShiftTable, 'renew' | 'release' | 'clearRequest'>,
    private readonly held: Held,
    private readonly now: () => number,
  ) {
    this.lastBeat = now();
  }

  /**
   * Renews the lock; to be called before every write.
   * @returns what somebody asks for
   * @throws KongDualClusterError LOCK_LOST (exit 5): nothing may be written any more
   */
  async beat(doing: string): Promise<LockRequest | undefined> {
    const lock = await this.table.renew(this.held, this.now(), doing);
    if (lock === undefined) {
      throw new KongDualClusterError(
        'LOCK_LOST',
        'another command has taken the lock; this run writes nothing any more',
        {
          found: `run ${this.held.run} is fenced off`,
          remedy: '`kong-dual-cluster shift status` says who holds it and where the traffic is',
          exitCode: EXIT.locked,
        },
      );
    }
    this.lastBeat = this.now();
    this.told = lock.request;
    return lock.request;
  }

  /** Milliseconds since the lock was last known to be ours. */
  get silence(): number {
    return this.now() - this.lastBeat;
  }

  /** A request was met; one that was made meanwhile stays. @default the one that the last beat told */
  async answered(met = this.told): Promise<void> {
    if (met) await this.table.clearRequest(this.held, met);
  }

  release(): Promise<void> {
    return this.table.release(this.held);
  }
}

/**
 * Takes the lock: when it is free, when its holder was a process of this machine that is dead, or, with `replaceSilent`,
 * when its holder shows no sign of life for {@link LEASE_MS} while it is being watched. Watched, not computed: the clocks
 * of two machines may differ.
 * @throws KongDualClusterError SYSTEM_LOCKED (exit 5), naming host, run, what it does and for how long
 */
export async function takeLock(
  table: ShiftTable,
  holder: LockHolder,
  surroundings: LockSurroundings,
  { replaceSilent = false }: { readonly replaceSilent?: boolean } = {},
): Promise<Lease> {
  const { now, isAlive } = surroundings;
  for (;;) {
    const free = await table.acquire(holder, now());
    if (free) return new Lease(table, free, now);
    const lock = await table.readLock();
    if (lock === undefined) continue;
    // The answer was lost, and the SDK's second attempt was refused by what the first one wrote.
    const ours = lock.run === holder.run && lock.host === holder.host && lock.pid === holder.pid;
    if (ours) return new Lease(table, { run: lock.run, fence: lock.fence }, now);
    const dead = lock.host === holder.host && !isAlive(lock.pid);
    if (!dead && !(replaceSilent && (await staysSilent(table, lock, surroundings)))) throw locked(lock, now());
    const taken = await table.acquire(holder, now(), lock);
    if (taken) return new Lease(table, taken, now);
  }
}

async function staysSilent(
  table: Pick<ShiftTable, 'readLock'>,
  lock: LockReading,
  { now, sleep, waiting }: LockSurroundings,
): Promise<boolean> {
  waiting?.(lock);
  for (const until = now() + LEASE_MS; now() < until;) {
    await sleep(1000);
    const seen = await table.readLock();
    if (seen === undefined) return true;
    if (seen.fence !== lock.fence || seen.beat !== lock.beat) return false;
  }
  return true;
}

/** Who holds the lock, as an error: exit code 5. */
export function locked(lock: LockReading, now: number): KongDualClusterError {
  const age = durationOf((now - Date.parse(lock.since)) / 1000);
  const silence = Math.max(0, now - lock.beat);
  const sign = silence < 15_000 ? '' : `, no sign of life for ${durationOf(silence / 1000)}`;
  return new KongDualClusterError('SYSTEM_LOCKED', 'another run is at work on this system', {
    found: `${lock.command} on ${lock.host} (process ${lock.pid}, run ${lock.run}, by ${lock.by}): ${lock.doing}, for ${age}${sign}`,
    remedy:
      'wait for it, or: `kong-dual-cluster shift status --watch` looks on, `shift pause` holds it, `shift abort` puts everything back, `shift resume` takes over from one that is dead',
    exitCode: EXIT.locked,
  });
}
