import type { RouterReading } from '../routers/router';
import { knownWeights } from '../traffic/shift';
import { sameShare } from '../traffic/weights';
import { foreign, isConflict, isLockLost, told } from './failures';
import type { Run } from './run';

/** Attempts of a rollback, with 1, 2, 4 … s between them. */
const ROLLBACK_ATTEMPTS = 6;
/** How long a rollback waits to hear whether anybody is there to go back to, milliseconds. */
const CAPACITY_ANSWER_MS = 1000;

/** One jump to the weights before the shift: no gate, no capacity, no approval stands before it. */
export async function rollBack(run: Run): Promise<void> {
  const { parts } = run;
  const begun = run.breachAt ?? parts.now();
  if (await nobodyThere(run)) return;
  const reading = run.state.start.reading as RouterReading;
  let last: unknown;
  for (let attempt = 0; attempt < ROLLBACK_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await parts.sleep(1000 * 2 ** (attempt - 1));
    try {
      const isSeen = await refuseUnknown(run);
      await parts.router.restore(reading, () => run.mayWrite(isSeen));
      const { holds, differences } = await parts.router.verify(run.state.start.weightsBefore);
      if (!holds) throw new Error(differences.join('; '));
      last = undefined;
      break;
    } catch (error) {
      if (isLockLost(error) || isConflict(error)) throw error;
      last = error;
    }
  }
  if (last !== undefined) return run.commit({ type: 'rollback failed', why: told(last) });
  const seconds = Math.round((parts.now() - begun) / 10) / 100;
  return run.commit({ type: 'rolled back', seconds, by: 'gates' });
}

/**
 * Going back to a slot without a healthy node would take everybody's answers away: then it holds, and says so. Asked
 * for a moment only, and only a certain zero counts: a rollback does not wait for metrics.
 */
async function nobodyThere(run: Run): Promise<boolean> {
  const { parts } = run;
  const { from, to } = run.state.start;
  const silence = parts.sleep(CAPACITY_ANSWER_MS).then(() => undefined);
  const both = Promise.all([parts.capacity(from), parts.capacity(to)]).catch(() => undefined);
  const [old, rising] = (await Promise.race([both, silence])) ?? [];
  if (old?.healthy !== 0 || !rising || rising.healthy === 0) return false;
  await run.hold(
    'capacity',
    `${run.state.reason ?? 'a gate failed'}, and ${from} has no healthy node to go back to, ${to} has ${rising.healthy}: bring ${from} back, then shift abort`,
  );
  return true;
}

/**
 * Weights that no stage of this shift has set are somebody else's: not even a rollback writes over them.
 * @returns whether they could be read
 */
async function refuseUnknown(run: Run): Promise<boolean> {
  const reading = await run.parts.router.read().catch((error: unknown) => {
    if (isConflict(error)) throw error;
    // Going back needs nothing but the reading from before.
    return undefined;
  });
  if (reading) refuseForeignPlaces(run, reading);
  return reading !== undefined;
}

/** @throws KongDualClusterError ROUTER_CONFLICT when a place has weights that this shift cannot have set */
export function refuseForeignPlaces({ state }: Run, reading: RouterReading): void {
  const known = knownWeights(state);
  const others = reading.places.filter(({ weights }) => !known.some((each) => sameShare(each, weights)));
  if (others.length === 0) return;
  throw foreign(others.map(({ id, weights }) => `${id} has blue ${weights.blue}, green ${weights.green}`).join('; '));
}
