import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { paint } from '../render/text';
import { changeLine } from '../render/shift-change';
import type { RouterReading } from '../routers/router';
import { HOST } from '../traffic/machine-tasks';
import { after, begin, isFinished } from '../traffic/shift';
import { liveSlot, type Weights } from '../traffic/weights';
import type { Context } from './context';
import { eventObject } from './shift-listener';
import { JournalOfRecord, type LinesRead } from './shift-journal';
import type { Looked, Status } from './shift-looked';
import { statusLines, statusText, viewOf } from './shift-status-text';
import { DeployedSystem, here } from './system';

export interface StatusFlags {
  watch?: boolean;
}

const WATCH_MS = 2000;
/** Looks, two seconds apart, until a shift without a holder is one that nobody runs. */
const UNHELD_LOOKS = 3;
/** The timer moves once a minute, milliseconds. */
const TIMER_MS = 15_000;

/** Exit code 0; 6 while somebody else's weights stand or the rules disagree, 7 after a rollback that failed. */
export async function runShiftStatus(context: Context, flags: StatusFlags): Promise<ExitCode> {
  const reader = new StatusReader(await DeployedSystem.open(context));
  const { progress, output } = context;
  let watching = flags.watch ?? false;
  context.onInterrupt(() => (watching = false));
  context.ifInterrupted('the shift goes on');
  // Lines that are read by somebody else are data; only a person at the terminal sees a picture that moves.
  const isLive = output === 'text' && process.stdout.isTTY && progress.live !== undefined;
  const colors = paint(isLive && !process.env.NO_COLOR);
  const changes = new Changes(context);
  let unheld = 0;
  for (;;) {
    const looked = await reader.look();
    unheld = looked.status.lock === null ? unheld + 1 : 0;
    const over = !watching || isOver(looked.status, unheld);
    if (over) {
      progress.end();
      const status = statusOf(looked, here.now());
      if (flags.watch && (output === 'ndjson' || !isLive)) changes.tell(looked);
      context.print(
        () => statusText(status, here.now()),
        output === 'ndjson' ? { version: 1, kind: 'status', ...status } : status,
      );
      return exitOf(looked.status);
    }
    if (isLive) progress.live?.((size) => statusLines(statusOf(looked, here.now()), here.now(), size, colors));
    else changes.tell(looked);
    await here.sleep(WATCH_MS);
  }
}

/** Whether there is nothing more to watch. @param unheld looks in a row at which nobody held the lock */
export function isOver({ shift }: Pick<Status, 'shift'>, unheld: number): boolean {
  // An abort takes the lock away first and says what it did some seconds later.
  return shift === null || isFinished(shift.phase) || unheld > UNHELD_LOOKS;
}

function exitOf({ weights, unreadable, shift }: Pick<Status, 'weights' | 'unreadable' | 'shift'>): ExitCode {
  if (shift?.phase === 'rollback failed') return EXIT.rollbackFailed;
  return unreadable !== undefined || shift?.phase === 'conflict' || new Set(weights.map(shown)).size > 1
    ? EXIT.conflict
    : EXIT.done;
}

/** @param now milliseconds since the epoch */
export function statusOf(looked: Looked, now: number): Status {
  const view = viewOf(looked, now);
  const stages = (view?.stages ?? []).map(({ share, bakeSeconds, outcome }) => ({ share, bakeSeconds, outcome }));
  return { ...looked.status, stages, view: view ?? null };
}

/** Reads everything anew at each look but for what cannot have changed. */
class StatusReader {
  private readonly journal: JournalOfRecord;
  private timer: { readonly readAt: number; readonly run?: string; readonly at?: string } | undefined;

  constructor(private readonly system: DeployedSystem) {
    this.journal = new JournalOfRecord(system);
  }

  async look(): Promise<Looked> {
    const { system } = this;
    const [reading, lock, shift, blue, green] = await Promise.all([
      system.router.read().catch(unreadable),
      system.table.readLock(),
      system.table.readShift(),
      system.capacity('blue'),
      system.capacity('green'),
    ]);
    const isUnderWay = shift !== undefined && !isFinished(shift.phase);
    const [{ lines, trouble, look }, timer] = await Promise.all([
      shift === undefined ? ({ lines: [] } satisfies LinesRead as LinesRead) : this.journal.read(shift),
      isUnderWay ? this.timerNow() : undefined,
    ]);
    const started = lines[0]?.type === 'started' ? lines[0] : undefined;
    const places = 'places' in reading ? reading.places : [];
    const same = new Set(places.map(({ weights }) => shown(weights))).size === 1;
    return {
      status: {
        weights: places.map(({ weights }) => weights),
        ...('unreadable' in reading && { unreadable: reading.unreadable }),
        live: same ? (liveSlot(places[0]!.weights) ?? null) : null,
        adminApi: 'places' in reading ? adminWeights(reading) : null,
        capacity: { blue, green },
        lock: lock ?? null,
        lockHolderIsDead:
          lock !== undefined && lock.host !== HOST && lock.host === here.host && !here.isAlive(lock.pid),
        shift: shift ?? null,
        alarms: started && isUnderWay ? await system.alarms(started.alarms) : [],
        journal: shift === undefined ? null : (trouble ?? `${shift.journal} on ${shift.host}`),
      },
      lines,
      ...(look && { look }),
      ...(timer?.run === shift?.run && timer?.at !== undefined && { timerAt: Date.parse(timer.at) }),
    };
  }

  private async timerNow() {
    const timer = this.system.deadMan();
    const { readAt = -Infinity } = this.timer ?? {};
    if (timer.isPossible && here.now() - readAt > TIMER_MS)
      this.timer = { readAt: here.now(), ...(await timer.read().catch(() => undefined)) };
    return this.timer;
  }
}

/** What is new since the last look: lines of the journal, or the shared record where they cannot be read. */
class Changes {
  private told = 0;
  private record = '';
  constructor(private readonly context: Context) {}

  tell({ lines, status: { shift, journal } }: Looked): void {
    const { context } = this;
    if (context.output === 'json' || shift === null) return;
    const [first] = lines;
    if (first?.type === 'started') {
      const states = lines.slice(1).reduce((all, line) => [...all, after(all.at(-1)!, line)], [begin(first)]);
      for (const [index, line] of lines.entries()) {
        if (index < this.told) continue;
        const words = changeLine(line, states[index]!);
        if (context.output === 'ndjson') context.print('', eventObject(line, states[index]!));
        else if (words !== undefined) context.print(`${line.at.slice(11, 19)}Z ${words}`, undefined);
      }
      this.told = lines.length;
      return;
    }
    const now = `${shift.phase} ${shift.stage} ${shift.reason ?? ''}`;
    if (now === this.record) return;
    this.record = now;
    context.print(
      `${shift.changedAt.slice(11, 19)}Z stage ${shift.stage} of ${shift.stages}, ${shift.phase}${shift.reason ? `: ${shift.reason}` : ''}`,
      { version: 1, kind: 'record', run: shift.run, at: shift.changedAt, record: shift, journal },
    );
  }
}

/** A rule that is gone or another one must not hide who runs a shift and where. */
function unreadable(error: unknown): { readonly unreadable: string } {
  if (!(error instanceof KongDualClusterError) || !error.code.startsWith('ROUTER_RULE_')) throw error;
  return { unreadable: `${error.problem}: ${error.found ?? ''}; ${error.remedy}` };
}

const adminWeights = ({ followers }: RouterReading): Weights | null => followers[0]?.weights ?? null;
const shown = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;
