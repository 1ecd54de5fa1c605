import type { CapacityReading } from '../deployed/capacity';
import type { LockReading, ShiftTable } from '../deployed/shift-table';
import { EXIT, KongDualClusterError } from '../errors';
import type { RouterName, RouterReading, TrafficRouter } from '../routers/router';
import { told } from './failures';
import { refuseOtherRouter } from './refuse-other-router';
import { isFinished } from '../traffic/shift';
import type { ShiftRecord } from '../traffic/shift-record';
import { allOn, liveSlot, weightsFor, type Slot, type Weights } from '../traffic/weights';

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
  /** The router's reading before a run, where its journal is on this machine. */
  readonly saved?: (run: string) => Promise<RouterReading | undefined>;
}

export interface AbortResult {
  readonly weights: Weights;
  readonly before: readonly Weights[];
  readonly written: readonly string[];
  readonly seconds: number;
  readonly record?: ShiftRecord;
  /** Whether the edge's table said what the last shift was; else `otherwise` was taken. */
  readonly recordRead: boolean;
}

/** A write of the run that was fenced off may still be on its way to AWS for this long, milliseconds. */
const LATE_WRITE_MS = 3000;
const ATTEMPTS = 6;

/**
 * Puts everything back to where it was before the last shift, from any machine, in one jump. Needs no lock: it takes the
 * lock away from whoever has it, so that a run that is still alive writes nothing any more, and looks again after a
 * write of that run could have arrived. Doing it twice does no harm.
 * @throws KongDualClusterError ROUTER_CHANGED, ABORT_AFTER_DONE, ABORT_NO_HEALTHY_NODE (exit 8), ROLLBACK_FAILED (exit 7)
 */
export async function abort(parts: AbortParts, options: AbortOptions): Promise<AbortResult> {
  const { router, table } = parts;
  const begun = parts.now();
  const [lock, recorded] = await Promise.all([
    optional<LockReading | undefined | 'unread'>(table.readLock(), 'unread'),
    optional<ShiftRecord | undefined | 'unread'>(table.readShift(), 'unread'),
  ]);
  const record = recorded === 'unread' ? undefined : recorded;
  if (record && record.phase !== 'rolled back') refuseOtherRouter(record, router.capabilities.name);
  const to = record?.weightsBefore ?? weightsFor(1, options.otherwise, router.capabilities.scale);
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
  const saved = record && (await optional<RouterReading | undefined>(options.saved?.(record.run), undefined));
  const put = { parts, to, saved, written: new Set<string>() };
  await putBack(put);
  // Whoever held the lock may have asked for a write just before; their clock says nothing about when.
  if (lock !== undefined) {
    await parts.sleep(LATE_WRITE_MS);
    await putBack(put);
  }
  const seconds = Math.round((parts.now() - begun) / 10) / 100;
  // A run that was just being started may have recorded itself meanwhile.
  const latest = lock === undefined ? record : await optional(table.readShift(), record);
  const changed = latest && (await noted(parts, latest, options.by));
  return {
    weights: to,
    before,
    written: [...put.written],
    seconds,
    ...(changed && { record: changed }),
    recordRead: recorded !== 'unread',
  };
}

/** Writes and looks until the weights hold. @throws KongDualClusterError ROLLBACK_FAILED */
async function putBack({
  parts,
  to,
  saved,
  written,
}: {
  readonly parts: AbortParts;
  readonly to: Weights;
  readonly saved: RouterReading | undefined;
  readonly written: Set<string>;
}): Promise<void> {
  const { router } = parts;
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await parts.sleep(1000 * 2 ** (attempt - 1));
    try {
      const reading = await readingOf(router, to, saved);
      for (const id of (await router.restore(reading)).written) written.add(id);
      const { holds, differences } = await router.verify(to);
      if (holds) return;
      last = new Error(differences.join('; '));
    } catch (error) {
      last = error;
      if (isGone(error)) break;
    }
  }
  throw new KongDualClusterError('ROLLBACK_FAILED', 'the weights could not be put back', {
    found: told(last),
    remedy: isGone(last)
      ? last.remedy
      : `run it again; or by hand, ${BY_HAND[router.capabilities.name]} weight ${to.blue} for blue and ${to.green} for green`,
    exitCode: EXIT.rollbackFailed,
    cause: last,
  });
}

/** Where the weights are, as a person changes them without this command. */
const BY_HAND: Readonly<Record<RouterName, string>> = {
  alb: 'for each weighted rule: aws elbv2 modify-rule --rule-arn ARN with',
  nlb: 'for each listener: aws elbv2 modify-listener --listener-arn ARN with',
  route53: 'for each name, in both weighted records (aws route53 change-resource-record-sets):',
  nginx: 'in the split_clients file of each node, then its reload:',
  f5: 'in the ratio of the pool members of the active unit:',
  kongUpstream: 'in the targets of the upstream, by the Admin API of each node:',
  kongCanary: 'by the percentage of the Canary plugin that means',
};

const GONE = new Set(['ROUTER_RULE_MISSING', 'ROUTER_RULE_CHANGED', 'ROUTER_FILE_MISSING', 'ROUTER_FILE_CHANGED']);

/** A place that is not there, or is something else now, is not put back by trying again: its own remedy says what helps. */
const isGone = (error: unknown): error is KongDualClusterError =>
  error instanceof KongDualClusterError && GONE.has(error.code);

/** Every place at these weights, its live action list otherwise; the saved reading, or one made of the settings, where a place cannot be read. */
async function readingOf(
  router: TrafficRouter,
  weights: Weights,
  saved: RouterReading | undefined,
): Promise<RouterReading> {
  try {
    const live = await router.read();
    // The Admin API is never split: it goes where most of the traffic goes.
    const slot = liveSlot(weights);
    const followers = slot ? live.followers.map((place) => ({ ...place, weights: allOn(slot) })) : live.followers;
    return { ...live, places: live.places.map((place) => ({ ...place, weights })), followers };
  } catch (error) {
    const made = saved ?? router.readingAt?.(weights);
    if (made === undefined) throw error;
    return made;
  }
}

async function noted(parts: AbortParts, record: ShiftRecord, by: string): Promise<ShiftRecord> {
  if (record.phase === 'rolled back') return record;
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
async function optional<T>(promise: Promise<T> | undefined, otherwise: T): Promise<T> {
  try {
    return promise === undefined ? otherwise : await promise;
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
