import { overall, type GateResult } from '../traffic/gates';
import { pending, type Pending } from '../traffic/shift';
import { afterLook } from '../traffic/stage-policy';
import { failing, look } from './look';
import { NO_COUNTS, type Run } from './run';

/** A look is written down at least this often, seconds: `status` on another machine and the report read it there. */
const NOTED_SECONDS = 60;
/** More often where the metrics know more: every so many periods. */
const NOTED_PERIODS = 2;

/** Watches a stage until it may end, must go back, or nobody can tell. */
export async function bake(run: Run, { stage, seconds, weights }: Extract<Pending, { do: 'bake' }>): Promise<void> {
  const { parts } = run;
  const { start } = run.state;
  const shift = { ...start, ...(start.gates && { whenInconclusive: start.gates.whenInconclusive }) };
  const begun = parts.now();
  // Requests from before the router followed its weights are of the stage before.
  const from = new Date(begun + Math.max(1, parts.router.capabilities.settleSeconds) * 1000);
  run.counts = NO_COUNTS;
  const every = Math.min(NOTED_SECONDS, NOTED_PERIODS * (start.periodSeconds ?? 60)) * 1000;
  let noted = { what: '', at: begun };
  const note = async (gates: readonly GateResult[], worthTelling: boolean): Promise<void> => {
    const what = JSON.stringify(gates.map(({ verdict }) => verdict));
    if (!(worthTelling && what !== noted.what) && parts.now() - noted.at < every) return;
    noted = { what, at: parts.now() };
    await run.commit({ type: 'looked', stage, verdict: overall(gates), gates, ...run.seen });
  };
  for (;;) {
    if (parts.interrupted()) return run.hold('interrupt', 'a person interrupted the command');
    await parts.sleep(run.lookMs(seconds));
    parts.deadMan?.renew();
    const elapsed = (parts.now() - begun) / 1000;
    const gates = await look(run, { weights, from });
    if (pending(run.state).do !== 'bake') return;
    const failed = failing(gates);
    if (failed) return run.breach(failed, gates);
    const over = elapsed >= seconds;
    // Before the bake is over, missing data is what one expects; what a dry run would have done is told at once.
    const open = over && overall(gates) === 'INCONCLUSIVE';
    await note(gates, open || gates.some(({ verdict }) => verdict === 'FAIL'));
    parts.told.watching(run.state, elapsed, seconds, gates, run.counts);
    const next = afterLook({ gates, elapsedSeconds: elapsed, stage: start.stages[stage]!, shift });
    if (next.do === 'pass') return run.commit({ type: 'passed', stage, counts: run.counts, gates });
    if (next.do === 'hold') return run.hold('gates', next.why);
    if (next.do === 'roll back') return run.commit({ type: 'rolling back', why: next.why, counts: run.counts });
  }
}
