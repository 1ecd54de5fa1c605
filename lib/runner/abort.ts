import type { CapacityReading } from '../deployed/capacity';
import type { ShiftTable } from '../deployed/shift-table';
import { EXIT, KongDualClusterError } from '../errors';
import type { PlaceReading, RouterReading, TrafficRouter } from '../routers/router';
import { isFinished } from '../traffic/shift';
import type { ShiftRecord } from '../traffic/shift-record';
import { allOn, liveSlot, type Slot, type Weights } from '../traffic/weights';

export interface AbortParts {
  readonly router: TrafficRouter;
  readonly table: Pick<ShiftTable, 'readLock' | 'readShift' | 'writeShift' | 'fenceOff'>;
  capacity(slot: Slot): Promise<CapacityReading>;
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface AbortOptions {
  /** Who asks, for the record. */
  readonly by: string;
  /** Slot that takes everything when no shift was ever recorded: the settings' `live`. */
  readonly otherwise: Slot;
  /** Goes back to a slot without a healthy node: its users get errors. */
  readonly force: boolean;
  /** The router's reading before the shift, where its journal is on this machine. */
  readonly saved?: RouterReading;
}

export interface AbortResult {
  readonly weights: Weights;
  readonly before: readonly Weights[];
  readonly written: readonly string[];
  readonly seconds: number;
  readonly record?: ShiftRecord;
}

/** A write of the run that was fenced off may still be on its way to AWS for this long, milliseconds. */
const LATE_WRITE_MS = 3000;
/** A holder of the lock that was heard of within this time is taken to be alive, milliseconds. */
const RECENT_MS = 60_000;
const ATTEMPTS = 6;

/**
 * Puts everything back to where it was before the last shift, from any machine, in one jump. Needs no lock: it takes the
 * lock away from whoever has it, so that a run that is still alive writes nothing any more, and looks again after a
 * write of that run could have arrived. Doing it twice does no harm.
 * @throws KongDualClusterError ABORT_AFTER_DONE, ABORT_NO_HEALTHY_NODE (exit 8), ROLLBACK_FAILED (exit 7)
 */
export async function abort(parts: AbortParts, options: AbortOptions): Promise<AbortResult> {
  const { router, table } = parts;
  const begun = parts.now();
  const [lock, record] = await optional(Promise.all([table.readLock(), table.readShift()]), [
    undefined,
    undefined,
  ] as const);
  const to = record?.weightsBefore ?? allOn(options.otherwise);
  const slot = liveSlot(to) ?? options.otherwise;
  if (record?.phase === 'done' && !options.force) throw afterDone(record, slot);
  // Not known is not none: going back must not wait for an answer about capacity.
  const healthy = (await optional<CapacityReading | undefined>(parts.capacity(slot), undefined))?.healthy;
  if (healthy === 0 && !options.force) throw noHealthyNode(slot);
  await optional(table.fenceOff(), undefined);

  const before = await optional<readonly Weights[]>(
    router.read().then(({ places }) => places.map(({ weights }) => weights)),
    [],
  );
  const written = new Set<string>();
  const alive = lock !== undefined && begun - lock.beat < RECENT_MS;
  let last: unknown;
  for (let attempt = 0, settled = !alive; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await parts.sleep(settled || last !== undefined ? 1000 * 2 ** (attempt - 1) : LATE_WRITE_MS);
    try {
      last = undefined;
      const reading = await readingOf(router, to, options.saved);
      for (const id of (await router.restore(reading)).written) written.add(id);
      const { holds, differences } = await router.verify(to);
      if (!holds) throw new Error(differences.join('; '));
      if (settled) {
        const seconds = Math.round((parts.now() - begun) / 10) / 100;
        const changed = await noted(parts, record, options.by);
        return { weights: to, before, written: [...written], seconds, ...(changed && { record: changed }) };
      }
      settled = true;
    } catch (error) {
      last = error;
    }
  }
  throw new KongDualClusterError('ROLLBACK_FAILED', 'the weights could not be put back', {
    found: last instanceof Error ? last.message : String(last),
    remedy: `run it again; or by hand, for each weighted rule: aws elbv2 modify-rule --rule-arn ARN with weight ${to.blue} for blue and ${to.green} for green`,
    exitCode: EXIT.rollbackFailed,
    cause: last,
  });
}

/** Every place at these weights, its live action list otherwise; the saved reading where a rule cannot be read as ours. */
async function readingOf(router: TrafficRouter, weights: Weights, saved?: RouterReading): Promise<RouterReading> {
  const all = (places: readonly PlaceReading[]) => places.map((place) => ({ ...place, weights }));
  try {
    const live = await router.read();
    const whole = weights.blue === 0 || weights.green === 0;
    return { ...live, places: all(live.places), followers: whole ? all(live.followers) : live.followers };
  } catch (error) {
    if (saved === undefined) throw error;
    return saved;
  }
}

async function noted(parts: AbortParts, record: ShiftRecord | undefined, by: string): Promise<ShiftRecord | undefined> {
  if (record === undefined || record.phase === 'rolled back') return record;
  const changed: ShiftRecord = {
    ...record,
    phase: 'rolled back',
    share: 0,
    changedAt: new Date(parts.now()).toISOString(),
    reason: isFinished(record.phase) ? `gone back after the end by ${by}` : `aborted by ${by}`,
  };
  await optional(parts.table.writeShift(changed), undefined);
  return changed;
}

/** What is good to know and must not stand in the way of going back. */
async function optional<T>(promise: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await promise;
  } catch {
    return otherwise;
  }
}

const afterDone = (record: ShiftRecord, slot: Slot): KongDualClusterError =>
  new KongDualClusterError('ABORT_AFTER_DONE', 'the shift has ended, there is nothing to abort', {
    found: `run ${record.run} was done at ${record.changedAt}, all traffic is on ${record.to}`,
    remedy: `if ${slot} still has all the data (configuration frozen since the snapshot), go back with: kong-dual-cluster shift abort --force`,
    exitCode: EXIT.preflightRefused,
  });

const noHealthyNode = (slot: Slot): KongDualClusterError =>
  new KongDualClusterError('ABORT_NO_HEALTHY_NODE', `${slot} has no healthy node that could take the traffic`, {
    found: `0 healthy targets of ${slot}`,
    remedy: `bring the nodes of ${slot} back first; \`kong-dual-cluster shift abort --force\` goes back to them as they are`,
    exitCode: EXIT.preflightRefused,
  });
