import { capacityShort, nodesOf } from '../deployed/capacity';
import { pending } from '../traffic/shift';
import { alarmBreaches, failing, look } from './look';
import type { Run } from './run';

/** Raises the traffic to the next stage, when everything still allows it. */
export async function raise(run: Run): Promise<void> {
  const { parts } = run;
  if (parts.interrupted()) return run.hold('interrupt', 'a person interrupted the command');
  if (await alarmBreaches(run)) return;
  await run.asked();
  if (pending(run.state).do !== 'raise' || !(await capacityIsEnough(run))) return;
  const next = pending(run.state);
  if (next.do !== 'raise') return;
  const { stage, expected, to } = next;
  // Nothing is raised that nobody would take back.
  await parts.deadMan?.mustBeArmed();
  await run.stillOurs();
  await run.commit({ type: 'raising', stage, weights: to });
  await parts.router.apply({ expected, to, mayWrite: () => run.stillOurs() });
  await run.commit({ type: 'raised', stage, weights: to });
}

/** The rising slot must have as many healthy nodes as the other one runs; it gets time to grow to that. */
async function capacityIsEnough(run: Run): Promise<boolean> {
  const { parts } = run;
  const { from, to, maxExtensionSeconds } = run.state.start;
  const end = parts.now() + maxExtensionSeconds * 1000;
  for (;;) {
    const [rising, other] = [await parts.capacity(to), await parts.capacity(from)];
    const short = capacityShort(rising, other);
    if (short === undefined) return true;
    await parts.pinFloor(rising, nodesOf(other));
    if (parts.interrupted()) await run.hold('interrupt', 'a person interrupted the command');
    else if (parts.now() >= end) await run.hold('capacity', short);
    else {
      parts.told.waiting(run.state, short);
      // Nodes that went away are a reason for alarms too.
      await watch(run);
    }
    if (pending(run.state).do !== 'raise') return false;
    await parts.sleep(run.lookMs(maxExtensionSeconds));
  }
}

/** One look at a shift that waits at the weights it has: only what fails counts. */
export async function watch(run: Run): Promise<void> {
  run.parts.deadMan?.renew();
  const gates = await look(run, {});
  const failed = failing(gates);
  if (failed) await run.breach(failed, gates);
}
