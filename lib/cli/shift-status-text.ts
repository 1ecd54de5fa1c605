import { foldLines } from '../render/fold-lines';
import { shiftTree, trafficLine, type TreeSize } from '../render/shift-tree';
import { shiftView, type ShiftView } from '../render/shift-view';
import { paint, type Paint } from '../render/text';
import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import { fold, isFinished } from '../traffic/shift';
import { SLOTS } from '../traffic/weights';
import type { Looked, Status } from './shift-looked';

/** What the journal makes of the shift; undefined where it cannot be read. @param now milliseconds since the epoch */
export function viewOf({ status, lines, look, timerAt }: Looked, now: number): ShiftView | undefined {
  if (lines[0]?.type !== 'started' || status.shift === null) return undefined;
  const { lock, lockHolderIsDead, shift } = status;
  const state = fold(lines);
  return shiftView({
    // Whoever put the weights back without the journal has written the record alone.
    state: isFinished(shift.phase)
      ? { ...state, phase: shift.phase, ...(shift.reason !== undefined && { reason: shift.reason }) }
      : state,
    lines,
    now,
    ...(look && { look }),
    ...(timerAt !== undefined && { timerAt }),
    isRun: lock !== null && lockHolderIsDead !== true,
  });
}

/** As a person reads it on a terminal or in a log. @param now milliseconds since the epoch */
export function statusText(
  status: Status,
  now: number,
  columns = process.stdout.isTTY ? process.stdout.columns : 80,
  colors: Paint = paint(!process.env.NO_COLOR && process.stdout.isTTY),
): string {
  return statusLines(status, now, { columns }, colors).join('\n');
}

/** Never wider than there is room for; of fewer rows than it takes, the tree tells less. */
export function statusLines(status: Status, now: number, { columns, rows }: TreeSize, colors: Paint): string[] {
  const row = (lead: string, text: string, tone?: keyof Paint): string[] =>
    foldLines(text, Math.max(8, columns - 11)).map(
      (line, index) => `${(index === 0 ? lead : '').padEnd(10)}${tone === undefined ? line : colors[tone](line)}`,
    );
  const above = [...trafficRows(status, columns, row, colors), ...nodeRows(status, row)];
  const below = [...alarmRows(status, row), ...lockRows(status, now, row)];
  const room = rows === undefined ? undefined : Math.max(1, rows - above.length - below.length);
  const { view, shift } = status;
  return [
    ...above,
    ...(view
      ? shiftTree(view, { columns, ...(room !== undefined && { rows: room }) }, colors)
      : shift
        ? recordRows(status, row)
        : row('shift', 'none yet')),
    ...below,
  ];
}

type RowOf = (lead: string, text: string, tone?: keyof Paint) => string[];

function trafficRows({ weights, unreadable, live }: Status, columns: number, row: RowOf, colors: Paint): string[] {
  if (unreadable !== undefined) return row('traffic', `unknown, ${unreadable}`, 'red');
  const distinct = [...new Set(weights.map(({ blue, green }) => `blue ${blue}, green ${green}`))];
  if (distinct.length > 1)
    return row(
      'traffic',
      `the rules disagree: ${distinct.join(' | ')}; kong-dual-cluster shift abort puts them back`,
      'red',
    );
  const [first] = weights;
  if (first === undefined) return row('traffic', 'unknown');
  return [
    trafficLine(first, columns, colors),
    ...(live || weights.length > 1
      ? row(
          '',
          [
            ...(live ? [`live: ${live}`] : []),
            ...(weights.length > 1 ? [`the same in ${weights.length} rules`] : []),
          ].join('; '),
          'dim',
        )
      : []),
  ];
}

function nodeRows({ adminApi, capacity }: Status, row: RowOf): string[] {
  return [
    ...(adminApi ? row('Admin API', adminApi.blue > adminApi.green ? 'blue' : 'green') : []),
    ...row(
      'nodes',
      SLOTS.map((slot) => `${slot} ${capacity[slot].healthy} healthy of ${capacity[slot].registered}`).join(', '),
    ),
  ];
}

/** A watcher without the journal knows what the shared record says. */
function recordRows({ shift, journal }: Status, row: RowOf): string[] {
  if (shift === null) return [];
  return [
    ...row(
      'shift',
      `${shift.from} → ${shift.to}, ${shift.phase}, stage ${shift.stage} of ${shift.stages} (${percent(shift.share)} on ${shift.to}), run ${shift.run} on ${shift.host}`,
    ),
    ...(shift.reason ? row('', shift.reason) : []),
    ...(journal === null ? [] : row('journal', journal, 'dim')),
  ];
}

function alarmRows({ alarms }: Status, row: RowOf): string[] {
  if (alarms.length === 0) return [];
  const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA', 'MISSING'].flatMap((state) => {
    const some = alarms.filter((alarm) => alarm.state === state).map(({ name }) => name);
    return some.length === 0 ? [] : [`${some.length} ${state}${state === 'OK' ? '' : ` (${some.join(', ')})`}`];
  });
  return row('alarms', states.join(', '), alarms.some(({ state }) => state === 'ALARM') ? 'red' : undefined);
}

function lockRows({ lock, lockHolderIsDead, shift }: Status, now: number, row: RowOf): string[] {
  if (lock && lockHolderIsDead)
    return [
      ...row('lock', `${lock.command} held it and is dead (process ${lock.pid} of this machine, ${lock.doing})`, 'red'),
      ...row(
        '',
        `NOBODY WATCHES THE ALARMS: ${lock.command === 'teardown' ? 'run the same teardown again' : 'kong-dual-cluster shift resume, or shift abort'}`,
        'red',
      ),
    ];
  if (lock)
    return row(
      'lock',
      `${lock.command} on ${lock.host}, process ${lock.pid}: ${lock.doing}; last sign of life ${durationOf(Math.max(0, (now - lock.beat) / 1000))} ago`,
    );
  return row(
    'lock',
    `free${shift && !isFinished(shift.phase) ? '; nobody runs this shift: kong-dual-cluster shift resume, or shift abort' : ''}`,
  );
}
