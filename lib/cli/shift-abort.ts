import { abort } from '../runner/abort';
import type { JournalStore } from '../runner/journals';
import { noticeOfAbort } from '../runner/notices';
import { EXIT, type ExitCode } from '../errors';
import { told } from '../runner/failures';
import type { RouterReading } from '../routers/router';
import type { ShiftRecord } from '../traffic/shift-record';
import { liveSlot } from '../traffic/weights';
import type { Context } from './context';
import { writeLive } from './live-in-settings';
import { refuseTemplate } from './shift-prepare';
import { DeployedSystem, here } from './system';

export interface AbortFlags {
  force?: boolean;
}

/** @throws KongDualClusterError ABORT_AFTER_DONE, ABORT_NO_HEALTHY_NODE (exit 8), ROLLBACK_FAILED (exit 7) */
export async function runShiftAbort(context: Context, flags: AbortFlags): Promise<ExitCode> {
  const { progress } = context;
  progress.step('put the weights back');
  context.ifInterrupted('the weights may be half put back; run the same command again');
  const system = await DeployedSystem.open(context);
  refuseTemplate(system);
  const journals = await system.journals();
  const lock = await system.table.readLock().catch(() => undefined);
  const result = await abort(
    {
      router: system.router,
      table: system.table,
      capacity: (slot) => system.capacity(slot),
      now: here.now,
      sleep: here.sleep,
    },
    {
      by: system.caller,
      otherwise: system.settings.live,
      force: flags.force ?? false,
      saved: (run) => savedReading(journals, run),
    },
  );
  const ownerLives = lock !== undefined && (lock.host !== here.host || here.isAlive(lock.pid));
  const { weights, written, seconds, record, recordRead } = result;
  if (record && !ownerLives) await noteInJournal(journals, record, seconds);
  const timer = await disarmed(system, record);
  if (record && written.length > 0) {
    const notifier = await system.notifier().catch(() => undefined);
    notifier?.send(noticeOfAbort(record, system.settings.name));
    await notifier?.drain();
  }
  const slot = liveSlot(weights);
  if (slot !== undefined && slot !== system.settings.live) {
    await writeLive(context, slot, 'again');
  }
  progress.end();
  const where = `blue ${weights.blue}, green ${weights.green}`;
  context.print(
    [
      written.length === 0
        ? `nothing to put back: ${where} in every rule, verified`
        : `put back to ${where} in ${seconds} s, verified (${written.length} rules written)`,
      ...(record
        ? [`run ${record.run} is rolled back`]
        : [
            `${recordRead ? 'no shift was recorded' : 'THE TABLE OF THE EDGE COULD NOT BE READ'}: everything is on the slot that the settings call live`,
          ]),
      ...(timer === undefined ? [] : [timer]),
      'config writes are still frozen if they were: kong-dual-cluster unfreeze',
    ].join('\n'),
    { weights, written, seconds, run: record?.run ?? null, recordRead },
  );
  return EXIT.done;
}

/** The run's reading from before its first write; nothing when it cannot be read: going back needs none. */
async function savedReading(journals: JournalStore, run: string): Promise<RouterReading | undefined> {
  try {
    const [first] = await journals.read(run);
    return first?.type === 'started' ? (first.reading as RouterReading) : undefined;
  } catch {
    return undefined;
  }
}

async function noteInJournal(journals: JournalStore, record: ShiftRecord, seconds: number): Promise<void> {
  try {
    const { journal, lines } = await journals.reopen(record.run);
    if (lines.length === 0 || lines.at(-1)?.type === 'rolled back') return;
    await journal.append({ type: 'rolling back', why: record.reason ?? 'aborted' }, new Date());
    await journal.append({ type: 'rolled back', seconds, by: 'person' }, new Date());
  } catch {
    // The weights are back and the edge's table says so.
  }
}

/** The timer has nothing to do any more. @returns a line for people when it still stands */
async function disarmed(system: DeployedSystem, record: ShiftRecord | undefined): Promise<string | undefined> {
  const timer = system.deadMan();
  if (record === undefined || !timer.isPossible) return undefined;
  try {
    await timer.disarm();
    return undefined;
  } catch (error) {
    return `the dead-man timer could not be taken away (${told(error)}): it will find that the run has ended, and write nothing`;
  }
}
