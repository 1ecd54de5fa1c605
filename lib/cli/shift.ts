import { basename, join } from 'node:path';
import { readFreeze } from '../datastore/freeze';
import type { CapacityReading } from '../deployed/capacity';
import { nodesOf } from '../deployed/capacity';
import { findStack } from '../deployed/read-stack';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { Journal, journalFolder, journals } from '../runner/journal';
import { takeLock, type Lease } from '../runner/lock';
import { preflight, type PreflightFinding } from '../runner/preflight';
import { recordOf, runId } from '../runner/record';
import { runShift, type ShiftParts } from '../runner/run-shift';
import { lockPathOf, readLock } from '../settings/lock-file';
import { updateSettingsFile } from '../settings/write';
import { secondsOf } from '../traffic/duration';
import { planOf } from '../traffic/plan-of-settings';
import { percent, type TrafficPlan } from '../traffic/plan';
import { after, begin, doing, fold, isFinished, type ShiftState } from '../traffic/shift';
import type { JournalLine, ShiftEvent, ShiftStart } from '../traffic/shift-events';
import type { ShiftPhase } from '../traffic/shift-record';
import { liveSlot, otherSlot, SLOTS, type Slot } from '../traffic/weights';
import { awsError } from './aws-errors';
import type { Context } from './context';
import { credentialsEnd } from './credentials';
import { reportText, seen, shiftReport } from './shift-text';
import { DeployedSystem, here } from './system';

export interface StartFlags {
  to?: Slot;
  shares?: readonly number[];
  bake?: string;
  soak?: string;
  minRequests?: number;
  maxExtension?: string;
  alarm?: readonly string[];
  acceptThawed?: boolean;
}

/** Exit code of a shift that does not run any more. */
const EXIT_OF: Readonly<Partial<Record<ShiftPhase, ExitCode>>> = {
  done: EXIT.done,
  'rolled back': EXIT.rolledBack,
  held: EXIT.inconclusive,
  conflict: EXIT.conflict,
  'rollback failed': EXIT.rollbackFailed,
};

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
  const lease = await lockFor(system, run, 'shift start');
  try {
    const { start, findings, capacity } = await prepare(system, plan, flags, run);
    for (const { ok, what, found } of findings) if (ok) context.progress.note(`  ${what}: ${found}`);
    refuse(findings);
    await system.pinFloor(capacity.other, nodesOf(capacity.other));
    await system.pinFloor(capacity.rising, nodesOf(capacity.other));
    const journal = await Journal.create(
      join(journalFolder(context.settingsPath, system.settings.name), `${run}.ndjson`),
    );
    const first = await journal.append({ type: 'started', ...start }, new Date());
    return await drive(system, lease, journal, [first], begin(first));
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** @throws KongDualClusterError SHIFT_NOTHING_TO_RESUME, SHIFT_ELSEWHERE, SYSTEM_LOCKED */
export async function runShiftResume(context: Context): Promise<ExitCode> {
  context.progress.step('find the shift');
  const system = await DeployedSystem.open(context);
  const lock = await system.table.readLock();
  // A paused process is there and goes on by itself.
  if (lock && (lock.host !== here.host || here.isAlive(lock.pid)) && Date.now() - lock.beat < 15_000) {
    await system.table.ask({ what: 'resume', by: system.caller, at: new Date().toISOString() });
    context.progress.end();
    context.print(`asked ${lock.host} to go on: ${lock.doing}`, { asked: 'resume', lock });
    return EXIT.done;
  }
  const path = await unfinishedJournal(system);
  const lease = await lockFor(system, basename(path, '.ndjson'), 'shift resume', true);
  try {
    const { journal, lines } = await Journal.reopen(path);
    let state = fold(lines);
    if (state.phase === 'rollback failed') {
      throw new KongDualClusterError('SHIFT_ROLLBACK_FAILED', 'the rollback of this shift failed', {
        found: state.reason ?? '',
        remedy: 'kong-dual-cluster shift abort',
        exitCode: EXIT.rollbackFailed,
      });
    }
    const event: ShiftEvent = { type: 'resumed', by: system.caller };
    const line = await journal.append(event, new Date());
    state = after(state, event);
    return await drive(system, lease, journal, [...lines, line], state);
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** Runs the shift with everything real around it and tells how it ended. */
async function drive(
  system: DeployedSystem,
  lease: Lease,
  journal: Journal,
  lines: JournalLine[],
  begun: ShiftState,
): Promise<ExitCode> {
  const { context } = system;
  const { start } = begun;
  let interrupted = false;
  context.ifInterrupted('traffic stays as it is now; go on with `shift resume`, go back with `shift abort`');
  context.onInterrupt(() => (interrupted = true));
  const where = { startedAt: lines[0]!.at, host: here.host, journal: journal.path };
  const publish = (state: ShiftState) => system.table.writeShift(recordOf(state, where, new Date().toISOString()));
  await publish(begun);
  const parts: ShiftParts = {
    router: system.router,
    lease,
    journal: {
      append: async (event, at) => {
        const line = await journal.append(event, at);
        lines.push(line);
        return line;
      },
    },
    publish,
    capacity: (slot) => system.capacity(slot),
    pinFloor: (reading, nodes) => system.pinFloor(reading, nodes),
    alarms: (names) => system.alarms(names),
    counts: system.countsOverTime(),
    now: here.now,
    sleep: here.sleep,
    kindOf,
    interrupted: () => interrupted,
    told: listener(context),
  };
  let state: ShiftState;
  try {
    state = await runShift(begun, parts);
  } catch (error) {
    state = await fencedOff(system, journal, lines, error);
  }
  context.progress.end(state.phase !== 'done');
  if (state.phase === 'done' && state.weights[start.from] === 0) {
    await updateSettingsFile(context.settingsPath, [{ path: ['live'], value: start.to }]);
    context.progress.note(`${context.settingsPath}: live is ${start.to} now; commit it`);
  }
  const report = shiftReport(state, lines, journal.path);
  context.print(reportText(report), report);
  return interrupted && state.phase === 'held' ? EXIT.interrupted : (EXIT_OF[state.phase] ?? EXIT.error);
}

/** The lock is gone: a person's `abort` from elsewhere has rolled this run back, or somebody took it over. */
async function fencedOff(
  system: DeployedSystem,
  journal: Journal,
  lines: JournalLine[],
  error: unknown,
): Promise<ShiftState> {
  if (!(error instanceof KongDualClusterError) || error.code !== 'LOCK_LOST') throw error;
  // The one who took the lock writes what was done a moment later.
  for (let tries = 0; tries < 20; tries += 1) {
    const record = await system.table.readShift();
    if (record?.run !== basename(journal.path, '.ndjson')) break;
    if (record.phase === 'rolled back') {
      const reason = record.reason ?? 'aborted';
      for (const event of [
        { type: 'rolling back', why: reason },
        { type: 'rolled back', seconds: 0, by: 'person' },
      ] as const) {
        lines.push(await journal.append(event, new Date()));
      }
      return { ...fold(lines), weights: record.weightsBefore, reason };
    }
    await here.sleep(500);
  }
  throw error;
}

async function lockFor(system: DeployedSystem, run: string, command: string, replaceSilent = false): Promise<Lease> {
  const holder = {
    run,
    command,
    host: here.host,
    pid: process.pid,
    by: system.caller,
    since: new Date().toISOString(),
    doing: 'preflight',
  };
  const waiting = () => system.context.progress.step('the run that holds the lock is silent: watching it for 30 s');
  return takeLock(system.table, holder, { ...here, waiting }, { replaceSilent });
}

/** Everything that is known before the first write; the same for `start` and for `plan`. */
export async function prepare(
  system: DeployedSystem,
  plan: TrafficPlan,
  flags: StartFlags,
  run: string,
): Promise<{
  readonly start: ShiftStart;
  readonly findings: readonly PreflightFinding[];
  readonly capacity: { readonly rising: CapacityReading; readonly other: CapacityReading };
}> {
  const { settings, edge, elb } = system;
  const reading = await system.router.read();
  const weights = reading.places[0]!.weights;
  const from = flags.to ? otherSlot(flags.to) : (liveSlot(weights) ?? settings.live);
  const to = otherSlot(from);
  const alarmNames = system.alarmNames(to, flags.alarm);
  const maxExtensionSeconds = secondsOf(flags.maxExtension ?? settings.shift.maxExtension);
  const [alarms, rising, other, record, freeze, end, stacks, lock] = await Promise.all([
    system.alarms(alarmNames),
    system.capacity(to),
    system.capacity(from),
    system.table.readShift(),
    readFreeze(elb, edge.freezeRuleArn),
    credentialsEnd(elb.config.credentials),
    Promise.all(SLOTS.map((slot) => findStack(system.cloudFormation, `${settings.name}-${slot}`))),
    readLock(lockPathOf(system.context.settingsPath)),
  ]);
  const capacity = { rising, other };
  const takenAt = lock.slots[to]?.snapshot.takenAt;
  return {
    start: {
      run,
      system: settings.name,
      from,
      to,
      stages: plan.stages,
      minRequests: flags.minRequests ?? settings.shift.minRequests,
      maxExtensionSeconds,
      alarms: alarmNames,
      account: system.account,
      region: system.region,
      stackIds: Object.fromEntries(SLOTS.flatMap((slot, i) => (stacks[i] ? [[slot, stacks[i].id]] : []))),
      weightsBefore: weights,
      reading,
    },
    findings: preflight({
      from,
      to,
      plan,
      smallestShare: system.router.capabilities.smallestShare,
      reading,
      ...(record && { record }),
      alarms,
      capacity,
      ...(end !== undefined && { credentialsEnd: end }),
      now: Date.now(),
      configWrites: settings.configWrites === 'dualApply' ? 'dualApply' : flags.acceptThawed ? 'accepted' : freeze,
      ...(takenAt !== undefined && { snapshotTakenAt: takenAt }),
      maxExtensionSeconds,
    }),
    capacity,
  };
}

function refuse(findings: readonly PreflightFinding[]): void {
  const against = findings.filter(({ ok }) => !ok);
  if (against.length === 0) return;
  throw new KongDualClusterError('SHIFT_REFUSED', 'the shift was not started', {
    found: against.map(({ what, found }) => `${what}: ${found}`).join('; '),
    remedy: against.map(({ what, mend }) => (against.length > 1 ? `${what}: ${mend}` : (mend ?? ''))).join('; '),
    exitCode: EXIT.preflightRefused,
  });
}

/** @throws KongDualClusterError WEIGHTS_ARE_THE_TEMPLATES */
export function refuseTemplate({ settings, edge }: DeployedSystem): void {
  if (settings.weightOwnership === 'runner') return;
  throw new KongDualClusterError(
    'WEIGHTS_ARE_THE_TEMPLATES',
    'the weights are the template’s, so that each stage is a deploy',
    {
      found: 'weightOwnership: template',
      remedy: `set weights in the settings and run npx cdk deploy ${edge.stackName} --exclusively, stage by stage`,
      exitCode: EXIT.preflightRefused,
    },
  );
}

/** The newest journal of this folder whose shift is not finished. */
async function unfinishedJournal(system: DeployedSystem): Promise<string> {
  const folder = journalFolder(system.context.settingsPath, system.settings.name);
  const record = await system.table.readShift();
  const paths = await journals(folder);
  const path = record ? paths.find((each) => basename(each, '.ndjson') === record.run) : paths[0];
  if (record && isFinished(record.phase)) {
    throw new KongDualClusterError('SHIFT_NOTHING_TO_RESUME', 'there is no shift to go on with', {
      found: `the last one, run ${record.run}, is ${record.phase} since ${record.changedAt}`,
      remedy: 'start a new one: kong-dual-cluster shift start',
      exitCode: EXIT.usage,
    });
  }
  if (path !== undefined) return path;
  throw record
    ? new KongDualClusterError('SHIFT_ELSEWHERE', 'the journal of the shift is on another machine', {
        found: `run ${record.run} on ${record.host}: ${record.journal}`,
        remedy: 'resume it there; `kong-dual-cluster shift abort` puts everything back from anywhere',
        exitCode: EXIT.preflightRefused,
      })
    : new KongDualClusterError('SHIFT_NOTHING_TO_RESUME', 'there is no shift to go on with', {
        found: `no shift in the table of the edge, no journal in ${folder}`,
        remedy: 'start one: kong-dual-cluster shift start',
        exitCode: EXIT.usage,
      });
}

const PASSING =
  /Throttl|TooManyRequests|RequestLimitExceeded|ServiceUnavailable|InternalFailure|InternalServer|Timeout/;

function kindOf(error: unknown): 'credentials' | 'passing' | 'lasting' {
  const code = awsError(error)?.code;
  if (code !== undefined && /^AWS_CREDENTIALS_/.test(code)) return 'credentials';
  if (code === 'AWS_UNREACHABLE') return 'passing';
  return error instanceof Error && PASSING.test(error.name) ? 'passing' : 'lasting';
}

function listener({ progress }: Context): ShiftParts['told'] {
  const to = (state: ShiftState): Slot => state.start.to;
  return {
    event(line, state) {
      const share = percent(state.start.stages[state.stage]?.share ?? 0);
      if (line.type === 'raising')
        progress.step(`stage ${line.stage + 1} of ${state.start.stages.length}: ${share} on ${to(state)}`);
      else if (line.type === 'looked')
        progress.note(`  ${line.verdict}: ${line.gates.map(({ reason }) => reason).join('; ')}`);
      else if (line.type === 'held') progress.note(`  held: ${line.why}`);
      else if (line.type === 'rolling back') progress.step(`rolling back to ${state.start.from}: ${line.why}`);
      else if (line.type === 'passed')
        progress.note(
          `  passed: ${line.gates.map(({ reason }) => reason).join('; ')}; ${seen(line.counts, to(state))}`,
        );
    },
    watching(state, elapsed, bakeSeconds, gates, counts) {
      const waits =
        elapsed >= bakeSeconds ? `, waits: ${gates.find(({ verdict }) => verdict !== 'PASS')?.reason ?? ''}` : '';
      progress.update(
        Math.min(1, elapsed / bakeSeconds),
        `${Math.round(elapsed)} of ${bakeSeconds} s, ${seen(counts, to(state))}${waits}`,
      );
    },
    waiting: (state, why) => progress.update(undefined, `${doing(state)}: ${why}`),
  };
}
