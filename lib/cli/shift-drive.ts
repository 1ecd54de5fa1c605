import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { DeadManTimer } from '../runner/dead-man';
import type { JournalStore, OpenJournal } from '../runner/journals';
import type { Lease } from '../runner/lock';
import { noticeOf } from '../runner/notices';
import { recordOf } from '../runner/record';
import { runShift } from '../runner/run-shift';
import type { ShiftParts } from '../runner/shift-parts';
import { fold, type ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { ShiftPhase } from '../traffic/shift-record';
import { errorKind } from './error-kind';
import { writeLive } from './live-in-settings';
import { endObject, listener } from './shift-listener';
import { reportText, shiftReport } from './shift-text';
import { countsOf, here, type DeployedSystem } from './system';

/** Exit code of a shift that does not run any more. */
export const EXIT_OF: Readonly<Partial<Record<ShiftPhase, ExitCode>>> = {
  done: EXIT.done,
  'rolled back': EXIT.rolledBack,
  held: EXIT.inconclusive,
  conflict: EXIT.conflict,
  'rollback failed': EXIT.rollbackFailed,
};

/** Runs the shift with everything real around it and tells how it ended. */
export async function drive(
  system: DeployedSystem,
  lease: Lease,
  journals: JournalStore,
  journal: OpenJournal,
  lines: JournalLine[],
  begun: ShiftState,
): Promise<ExitCode> {
  const { context } = system;
  const metrics = system.minuteSources();
  const notifier = await system.notifier();
  const { start } = begun;
  let interrupted = false;
  context.ifInterrupted('traffic stays as it is now; go on with `shift resume`, go back with `shift abort`');
  context.onInterrupt(() => (interrupted = true));
  const where = { startedAt: lines[0]!.at, host: here.host, journal: journal.where };
  const publish = (state: ShiftState) => system.table.writeShift(recordOf(state, where, new Date().toISOString()));
  await publish(begun);
  const first = noticeOf(lines.at(-1)!, begun);
  if (first) notifier?.send(first);
  const deadMan =
    start.deadManSeconds === undefined
      ? undefined
      : new DeadManTimer(start.run, start.deadManSeconds, {
          schedule: system.deadMan(),
          now: here.now,
          isPassing: (error) => errorKind(error) === 'passing',
          tell: (what) => context.progress.note(`  ${what}`),
        });
  const parts: ShiftParts = {
    router: system.router,
    lease,
    journal: {
      lines,
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
    counts: (from, to) => countsOf(metrics.sources[0], from, to),
    minutes: metrics.sources,
    ...(deadMan && { deadMan }),
    notice: (line, state) => {
      const notice = noticeOf(line, state);
      if (notice) notifier?.send(notice);
    },
    now: here.now,
    sleep: here.sleep,
    kindOf: errorKind,
    interrupted: () => interrupted,
    told: listener({ context, lines, begun, now: here.now, timerAt: () => deadMan?.fires }),
  };
  let state: ShiftState;
  metrics.start();
  try {
    state = await runShift(begun, parts);
  } catch (error) {
    state = await fencedOff(system, journals, journal, lines, error);
  } finally {
    await metrics.stop();
    await notifier?.drain();
  }
  context.progress.end(state.phase !== 'done');
  if (state.phase === 'done' && state.weights[start.from] === 0) {
    await writeLive(context, start.to, 'now');
  }
  const report = shiftReport(state, lines, journal.where);
  context.print(reportText(report), context.output === 'ndjson' ? endObject(report) : report);
  return interrupted && state.phase === 'held' ? EXIT.interrupted : (EXIT_OF[state.phase] ?? EXIT.error);
}

/** The lock is gone: a person's `abort` from elsewhere has rolled this run back, or somebody took it over. */
async function fencedOff(
  system: DeployedSystem,
  journals: JournalStore,
  journal: OpenJournal,
  lines: JournalLine[],
  error: unknown,
): Promise<ShiftState> {
  if (!(error instanceof KongDualClusterError) || error.code !== 'LOCK_LOST') throw error;
  // The one who took the lock writes what was done a moment later.
  for (let tries = 0; tries < 20; tries += 1) {
    const record = await system.table.readShift();
    const started = lines[0];
    if (started?.type !== 'started' || record?.run !== started.run) break;
    if (record.phase === 'rolled back') {
      const reason = record.reason ?? 'aborted';
      const ended = { ...fold(lines), phase: record.phase, weights: record.weightsBefore, reason };
      // Whoever went on with this run, or put it back, has written to the journal meanwhile: it is theirs.
      if ((await journals.read(record.run).catch(() => [])).length !== lines.length) return ended;
      for (const event of [
        { type: 'rolling back', why: reason },
        { type: 'rolled back', seconds: 0, by: 'person' },
      ] as const) {
        lines.push(await journal.append(event, new Date()));
      }
      return { ...ended, ...fold(lines), weights: record.weightsBefore, reason };
    }
    await here.sleep(500);
  }
  throw error;
}
