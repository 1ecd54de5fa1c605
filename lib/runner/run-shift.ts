import { percent } from '../traffic/plan';
import { pending, weightsOfStage, type ShiftState } from '../traffic/shift';
import { bake } from './bake';
import { foreign, isLockLost, noAnswer } from './failures';
import { raise, watch } from './raise';
import { rollBack } from './roll-back';
import { LOOK_SECONDS, Run } from './run';
import type { ShiftParts } from './shift-parts';

/**
 * Runs a shift from where its state stands to where nothing is to be done without a person. The state is the only
 * memory; every event is in the journal before the next effect begins.
 * @throws KongDualClusterError LOCK_LOST (exit 5): nothing was written after the lock was lost
 */
export async function runShift(state: ShiftState, parts: ShiftParts): Promise<ShiftState> {
  const run = new Run(state, parts);
  if (parts.journal.lines.some(({ type }) => type === 'raising')) parts.deadMan?.takeOver();
  for (;;) {
    const next = pending(run.state);
    if (next.do === 'nothing') break;
    try {
      if (next.do === 'ask') await ask(run, next.share);
      else if (next.do === 'raise') await patiently(run, () => raise(run));
      else if (next.do === 'bake') await bake(run, next);
      else if (next.do === 'finish') await patiently(run, () => finish(run));
      else if (next.do === 'roll back') await rollBack(run);
      else if (!(await waited(run))) break;
    } catch (error) {
      await run.failed(error);
    }
  }
  await disarm(run);
  return run.state;
}

/** Again and again while AWS does not answer, as long as a stage may wait for data. */
async function patiently(run: Run, act: () => Promise<void>): Promise<void> {
  const { parts } = run;
  const { maxExtensionSeconds } = run.state.start;
  for (const end = parts.now() + maxExtensionSeconds * 1000; ;) {
    try {
      return await act();
    } catch (error) {
      if (!run.isPassing(error) || parts.interrupted() || parts.now() >= end) throw error;
      // It waits, and is not dead.
      parts.deadMan?.renew();
      parts.told.waiting(run.state, noAnswer(error));
      await parts.sleep(run.lookMs(maxExtensionSeconds));
    }
  }
}

async function ask(run: Run, share: number): Promise<void> {
  const { to } = run.state.start;
  await run.hold('approval', `the plan asks for an approval before ${percent(share)} on ${to}`);
}

/** What passed long ago, before a kill, may not be so any more. */
async function finish(run: Run): Promise<void> {
  await run.stillOurs();
  const { holds, differences } = await run.parts.router.verify(weightsOfStage(run.state.start, run.state.stage));
  if (!holds) throw foreign(differences.join('; '));
  await run.commit({ type: 'done' });
}

/** Held by a person or for an approval, the process waits and goes on watching; held by anything else, it ends. */
async function waited(run: Run): Promise<boolean> {
  const { parts } = run;
  const { phase, heldBy, reason } = run.state;
  if (phase !== 'held' || (heldBy !== 'person' && heldBy !== 'approval')) return false;
  if (parts.interrupted()) return false;
  parts.told.waiting(run.state, reason ?? '');
  await parts.sleep(LOOK_SECONDS * 1000);
  try {
    await watch(run);
  } catch (error) {
    if (isLockLost(error) || !run.isPassing(error)) throw error;
  }
  return true;
}

/**
 * A run that ends on purpose takes its dead-man timer along: whoever holds a shift at 25 % wants it there tomorrow. It stays
 * only where somebody must still bring the old slot back: a rollback that failed.
 */
async function disarm({ state, parts }: Run): Promise<void> {
  if (state.phase !== 'rollback failed')
    await parts.deadMan?.disarm(state.phase === 'held' || state.phase === 'conflict');
}
