import pc from 'picocolors';
import type { CapacityReading } from '../deployed/capacity';
import type { LockReading } from '../deployed/shift-table';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { RouterReading } from '../routers/router';
import { durationOf } from '../traffic/duration';
import type { AlarmReading } from '../traffic/gates';
import { percent } from '../traffic/plan';
import { isFinished } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { ShiftRecord } from '../traffic/shift-record';
import { stageResults } from '../traffic/stage-results';
import { liveSlot, shareOf, SLOTS, type Slot, type Weights } from '../traffic/weights';
import type { Context } from './context';
import { DeployedSystem, here } from './system';

export interface StatusFlags {
  watch?: boolean;
}

/** Where the traffic is and what is under way, read live; of a running shift what its journal says, if it is here. */
export interface Status {
  /** Of each rule; none where the rules cannot be read as ours. */
  readonly weights: readonly Weights[];
  /** Why the rules cannot be read: one is gone, or somebody made another one of it. */
  readonly unreadable?: string;
  /** The slot with most of the traffic; null on an even split or when the rules disagree. */
  readonly live: Slot | null;
  readonly adminApi: Weights | null;
  readonly capacity: Readonly<Record<Slot, CapacityReading>>;
  readonly lock: LockReading | null;
  /** The holder was a process of this machine that is gone; of another machine's nothing is known. */
  readonly lockHolderIsDead?: boolean;
  readonly shift: ShiftRecord | null;
  readonly stages: readonly { readonly share: number; readonly bakeSeconds: number; readonly outcome: string }[];
  readonly alarms: readonly AlarmReading[];
}

const WATCH_MS = 2000;
/** Looks, two seconds apart, until a shift without a holder is one that nobody runs. */
const UNHELD_LOOKS = 3;

/** Exit code 0; 6 while somebody else's weights stand or the rules disagree, 7 after a rollback that failed. */
export async function runShiftStatus(context: Context, flags: StatusFlags): Promise<ExitCode> {
  const system = await DeployedSystem.open(context);
  let watching = flags.watch ?? false;
  context.onInterrupt(() => (watching = false));
  context.ifInterrupted('the shift goes on');
  let unheld = 0;
  for (;;) {
    const status = await readStatus(system);
    unheld = status.lock === null ? unheld + 1 : 0;
    const over = !watching || isOver(status, unheld);
    const text = statusText(status, here.now());
    if (watching && process.stdout.isTTY && context.output === 'text') process.stdout.write(`\x1b[H\x1b[2J${text}\n`);
    // One JSON document, not one a look.
    else if (over || context.output === 'text') context.print(text, status);
    if (over) return exitOf(status);
    await here.sleep(WATCH_MS);
  }
}

/** Whether there is nothing more to watch. @param unheld looks in a row at which nobody held the lock */
export function isOver({ shift }: Pick<Status, 'shift'>, unheld: number): boolean {
  // An abort takes the lock away first and says what it did some seconds later.
  return shift === null || isFinished(shift.phase) || unheld > UNHELD_LOOKS;
}

function exitOf({ weights, unreadable, shift }: Status): ExitCode {
  if (shift?.phase === 'rollback failed') return EXIT.rollbackFailed;
  return unreadable !== undefined || shift?.phase === 'conflict' || new Set(weights.map(shown)).size > 1
    ? EXIT.conflict
    : EXIT.done;
}

async function readStatus(system: DeployedSystem): Promise<Status> {
  const [reading, lock, shift, blue, green] = await Promise.all([
    system.router.read().catch(unreadable),
    system.table.readLock(),
    system.table.readShift(),
    system.capacity('blue'),
    system.capacity('green'),
  ]);
  const lines = await linesHere(system, shift);
  const started = lines[0]?.type === 'started' ? lines[0] : undefined;
  const results = stageResults(lines);
  const places = 'places' in reading ? reading.places : [];
  const same = new Set(places.map(({ weights }) => shown(weights))).size === 1;
  return {
    weights: places.map(({ weights }) => weights),
    ...('unreadable' in reading && { unreadable: reading.unreadable }),
    live: same ? (liveSlot(places[0]!.weights) ?? null) : null,
    adminApi: 'places' in reading ? adminWeights(reading) : null,
    capacity: { blue, green },
    lock: lock ?? null,
    lockHolderIsDead: lock !== undefined && lock.host === here.host && !here.isAlive(lock.pid),
    shift: shift ?? null,
    stages: (started?.stages ?? []).map(({ share, bakeSeconds }, index) => ({
      share,
      bakeSeconds,
      outcome: results.find(({ stage }) => stage === index + 1)?.outcome ?? 'to come',
    })),
    alarms: started && shift && !isFinished(shift.phase) ? await system.alarms(started.alarms) : [],
  };
}

/** A rule that is gone or another one must not hide who runs a shift and where. */
function unreadable(error: unknown): { readonly unreadable: string } {
  if (!(error instanceof KongDualClusterError) || !error.code.startsWith('ROUTER_RULE_')) throw error;
  return { unreadable: `${error.problem}: ${error.found ?? ''}\n          ${error.remedy}` };
}

const adminWeights = ({ followers }: RouterReading): Weights | null => followers[0]?.weights ?? null;

async function linesHere(system: DeployedSystem, shift: ShiftRecord | undefined): Promise<JournalLine[]> {
  if (shift === undefined) return [];
  const { run } = shift;
  return system
    .journals()
    .then((journals) => journals.read(run))
    .catch(() => []);
}

const BAR = 30;

/** A tree a person reads at a glance. @param now milliseconds since the epoch */
export function statusText(
  status: Status,
  now: number,
  colors = pc.createColors(!process.env.NO_COLOR && process.stdout.isTTY),
): string {
  const { weights, live, adminApi, capacity, lock, lockHolderIsDead, shift, stages, alarms } = status;
  const distinct = [...new Set(weights.map(shown))];
  const paint = { blue: colors.blue, green: colors.green };
  const first = weights[0] ?? { blue: 0, green: 0 };
  const blueCells = weights.length === 0 ? 0 : Math.round(shareOf(first, 'blue') * BAR);
  return [
    status.unreadable !== undefined
      ? colors.red(`traffic   unknown, ${status.unreadable}`)
      : distinct.length === 1
        ? `traffic   ${paint.blue('█'.repeat(blueCells))}${paint.green('█'.repeat(BAR - blueCells))}  ${SLOTS.map((slot) => `${slot} ${percent(shareOf(first, slot))}`).join(', ')}${live ? ` (live: ${live})` : ''}`
        : colors.red(
            `traffic   the rules disagree: ${distinct.join(' | ')}; kong-dual-cluster shift abort puts them back`,
          ),
    ...(weights.length > 1
      ? [`          the same in ${weights.length} rules`].filter(() => distinct.length === 1)
      : []),
    ...(adminApi ? [`Admin API ${adminApi.blue > adminApi.green ? 'blue' : 'green'}`] : []),
    `nodes     ${SLOTS.map((slot) => `${slot} ${capacity[slot].healthy} healthy of ${capacity[slot].registered}`).join(', ')}`,
    ...(shift
      ? [
          `shift     ${shift.from} → ${shift.to}, ${shift.phase}, stage ${shift.stage} of ${shift.stages}, run ${shift.run} on ${shift.host}`,
          ...(shift.reason ? [`          ${shift.reason}`] : []),
          ...stages.map(
            ({ share, bakeSeconds, outcome }, index) =>
              `          ${MARK[outcome] ?? '·'} ${String(index + 1).padStart(2)}. ${percent(share).padStart(6)}  ${durationOf(bakeSeconds).padStart(6)}  ${outcome}`,
          ),
        ]
      : ['shift     none yet']),
    ...(alarms.length > 0
      ? [
          `alarms    ${['OK', 'ALARM', 'INSUFFICIENT_DATA', 'MISSING']
            .map((state) => [state, alarms.filter((alarm) => alarm.state === state)] as const)
            .filter(([, some]) => some.length > 0)
            .map(
              ([state, some]) =>
                `${some.length} ${state}${state === 'OK' ? '' : ` (${some.map(({ name }) => name).join(', ')})`}`,
            )
            .join(', ')}`,
        ]
      : []),
    lock && lockHolderIsDead
      ? colors.red(
          `lock      ${lock.command} held it and is dead (process ${lock.pid} of this machine, ${lock.doing})\n          NOBODY WATCHES THE ALARMS: ${lock.command === 'teardown' ? 'run the same teardown again' : 'kong-dual-cluster shift resume, or shift abort'}`,
        )
      : lock
        ? `lock      ${lock.command} on ${lock.host}, process ${lock.pid}: ${lock.doing}; last sign of life ${durationOf((now - lock.beat) / 1000)} ago`
        : `lock      free${shift && !isFinished(shift.phase) ? '; nobody runs this shift: kong-dual-cluster shift resume, or shift abort' : ''}`,
  ].join('\n');
}

const MARK: Readonly<Record<string, string>> = {
  passed: '✔',
  'under way': '▶',
  'rolled back': '↩',
  'rollback failed': '✖',
  held: '‖',
  conflict: '✖',
};

const shown = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;
