import { nodesOf } from '../deployed/capacity';
import type { LockReading } from '../deployed/shift-table';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { JournalStore } from '../runner/journals';
import { runId } from '../runner/record';
import { refuseElsewhere } from '../runner/refuse-elsewhere';
import { refuseOtherPlaces, refuseOtherRouter } from '../runner/refuse-other-router';
import type { RouterReading } from '../routers/router';
import { planOf } from '../traffic/plan-of-settings';
import { after, begin, fold, isFinished } from '../traffic/shift';
import { HOST } from '../traffic/machine-tasks';
import type { ShiftEvent } from '../traffic/shift-events';
import type { Context } from './context';
import { lockFor } from './lock';
import { drive } from './shift-drive';
import { prepare, refuse, refuseTemplate, type StartFlags } from './shift-prepare';
import { DeployedSystem, here } from './system';

/**
 * @throws KongDualClusterError SYSTEM_LOCKED (exit 5), SHIFT_REFUSED (exit 8), WEIGHTS_ARE_THE_TEMPLATES (exit 8), PLAN_INVALID,
 *   and those of the system
 */
export async function runShiftStart(context: Context, flags: StartFlags): Promise<ExitCode> {
  context.progress.step('preflight');
  const system = await DeployedSystem.open(context);
  refuseTemplate(system);
  const plan = planOf(system.settings.shift, flags);
  const run = runId(new Date(), process.pid);
  const lease = await lockFor(system, { run, command: 'shift start', doing: 'preflight' });
  try {
    const { start, findings, capacity } = await prepare(system, plan, flags, run);
    for (const { ok, what, found } of findings) if (ok) context.progress.note(`  ${what}: ${found}`);
    refuse(findings);
    await system.pinFloor(capacity.other, nodesOf(capacity.other));
    await system.pinFloor(capacity.rising, nodesOf(capacity.other));
    const journals = await system.journals();
    const journal = await journals.create(run);
    const first = await journal.append({ type: 'started', ...start }, new Date());
    return await drive(system, lease, journals, journal, [first], begin(first));
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** @throws KongDualClusterError SHIFT_NOTHING_TO_RESUME, SHIFT_ELSEWHERE, SYSTEM_LOCKED, OTHER_ACCOUNT, ROUTER_CHANGED */
export async function runShiftResume(context: Context): Promise<ExitCode> {
  context.progress.step('find the shift');
  const system = await DeployedSystem.open(context);
  const record = await system.table.readShift();
  if (record && !isFinished(record.phase)) refuseOtherRouter(record, system.router.capabilities.name);
  if (record?.host === HOST) {
    const there = await (await import('./shift-on-aws.js')).resumeOnAws(system);
    if (there !== undefined) return there;
  }
  const lock = await system.table.readLock();
  // A process that is paused goes on by itself; one that does not answer is dead.
  const answer = lock && (lock.host !== here.host || here.isAlive(lock.pid)) ? await answers(system) : undefined;
  if (answer) {
    context.progress.end();
    context.print(`${answer.host} goes on: ${answer.doing}`, { resumed: 'there', lock: answer });
    return EXIT.done;
  }
  const journals = await system.journals();
  const run = await unfinishedRun(system, journals);
  const lease = await lockFor(system, {
    run,
    command: 'shift resume',
    doing: 'preflight',
    replaceSilent: true,
    waiting: () => context.progress.step('the run that holds the lock is silent: watching it for 30 s'),
  });
  try {
    // It may have been aborted while the lock was being waited for.
    await unfinishedRun(system, journals);
    const { journal, lines } = await journals.reopen(run);
    let state = fold(lines);
    refuseElsewhere(state.start, system);
    if (isFinished(state.phase) && (await system.table.readShift()) === undefined) throw nothingToResume(state.phase);
    if (state.phase === 'rollback failed') {
      throw new KongDualClusterError('SHIFT_ROLLBACK_FAILED', 'the rollback of this shift failed', {
        found: state.reason ?? '',
        remedy: 'kong-dual-cluster shift abort',
        exitCode: EXIT.rollbackFailed,
      });
    }
    refuseOtherRouter(state.start, system.router.capabilities.name);
    refuseOtherPlaces(state.start.reading as RouterReading, await system.router.read());
    const event: ShiftEvent = { type: 'resumed', by: system.caller };
    const line = await journal.append(event, new Date());
    state = after(state, event);
    return await drive(system, lease, journals, journal, [...lines, line], state);
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** A running shift looks at its requests every two seconds, milliseconds. */
const ANSWER_MS = 10_000;

/** Asks whoever holds the lock to go on. @returns the lock when its holder took the request, as it says then what it does */
async function answers({ table, caller }: DeployedSystem): Promise<LockReading | undefined> {
  if (!(await table.ask({ what: 'resume', by: caller, at: new Date().toISOString() }))) return undefined;
  for (const end = here.now() + ANSWER_MS; here.now() < end;) {
    await here.sleep(500);
    const lock = await table.readLock();
    if (lock === undefined) return undefined;
    if (lock.request === undefined) return lock;
  }
  return undefined;
}

/** A journal without a record: the table was made again since then. */
const nothingToResume = (phase: string): KongDualClusterError =>
  new KongDualClusterError('SHIFT_NOTHING_TO_RESUME', 'there is no shift to go on with', {
    found: `no shift in the table of the edge, and the last journal is ${phase}`,
    remedy: 'start one: kong-dual-cluster shift start',
    exitCode: EXIT.usage,
  });

/** The newest run with a journal whose shift is not finished. */
async function unfinishedRun(system: DeployedSystem, journals: JournalStore): Promise<string> {
  const record = await system.table.readShift();
  const runs = await journals.runs();
  const run = record ? runs.find((each) => each === record.run) : runs[0];
  if (record && isFinished(record.phase)) {
    throw new KongDualClusterError('SHIFT_NOTHING_TO_RESUME', 'there is no shift to go on with', {
      found: `the last one, run ${record.run}, is ${record.phase} since ${record.changedAt}`,
      remedy: 'start a new one: kong-dual-cluster shift start',
      exitCode: EXIT.usage,
    });
  }
  if (run !== undefined) return run;
  throw record
    ? new KongDualClusterError('SHIFT_ELSEWHERE', 'the journal of the shift is on another machine', {
        found: `run ${record.run} on ${record.host}: ${record.journal}`,
        remedy: 'resume it there; `kong-dual-cluster shift abort` puts everything back from anywhere',
        exitCode: EXIT.preflightRefused,
      })
    : new KongDualClusterError('SHIFT_NOTHING_TO_RESUME', 'there is no shift to go on with', {
        found: `no shift in the table of the edge, no journal in ${journals.where}`,
        remedy: 'start one: kong-dual-cluster shift start',
        exitCode: EXIT.usage,
      });
}
