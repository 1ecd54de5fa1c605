import { paint } from '../render/text';
import { changeLine } from '../render/shift-change';
import { shiftTree, trafficLine } from '../render/shift-tree';
import { shiftView, type Look } from '../render/shift-view';
import type { ShiftParts } from '../runner/shift-parts';
import { withoutSecrets } from '../runner/without-secrets';
import { doing, type ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import { shareOf } from '../traffic/weights';
import type { Context } from './context';

/** A shift that is told while it runs. */
export interface ToldShift {
  readonly context: Context;
  /** Every line so far; grows. */
  readonly lines: readonly JournalLine[];
  readonly begun: ShiftState;
  readonly now: () => number;
  /** When the dead-man timer fires, where one stands. */
  readonly timerAt?: () => Date | undefined;
}

/** A live tree on a terminal, a line a change anywhere else, and with `--output ndjson` an object an event on stdout. */
export function listener({ context, lines, begun, now, timerAt }: ToldShift): ShiftParts['told'] {
  const { progress, output } = context;
  let state = begun;
  let look: Look | undefined;
  let waits: string | undefined;
  const colors = paint(!process.env.NO_COLOR);
  const show = (): void =>
    progress.live?.(({ columns, rows }) => {
      const at = timerAt?.()?.getTime();
      const view = shiftView({
        state,
        lines,
        now: now(),
        ...(look && { look }),
        ...(waits !== undefined && { waits }),
        ...(at !== undefined && { timerAt: at }),
      });
      return [trafficLine(view.weights, columns, colors), ...shiftTree(view, { columns, rows: rows - 1 }, colors)];
    });
  if (output === 'ndjson') for (const line of lines) context.print('', eventObject(line, begun));
  show();
  return {
    event(line, next) {
      state = next;
      waits = undefined;
      if (output === 'ndjson') context.print('', eventObject(line, next));
      if (progress.live) return show();
      const told = changeLine(line, next);
      if (told === undefined) return;
      if (/^\S/.test(told) && line.type !== 'done' && line.type !== 'rolled back') progress.step(told);
      else if (/^\s/.test(told)) progress.note(told);
    },
    watching(next, _elapsed, _bakeSeconds, gates, counts) {
      state = next;
      waits = undefined;
      look = { gates, counts, at: now() };
    },
    waiting(next, why) {
      state = next;
      if (!progress.live && why !== waits) progress.note(`  ${doing(next)}: ${why}`);
      waits = why;
    },
  };
}

/** A line of the journal and the state after it, as `--output ndjson` prints it; docs/shift.md has its fields. */
export function eventObject(line: JournalLine, { start, phase, stage, weights, reason }: ShiftState): unknown {
  const { reading: _, ...event } = { reading: undefined, ...line };
  return {
    version: 1,
    kind: 'event',
    system: start.system,
    run: start.run,
    at: line.at,
    event: withoutSecrets(event),
    state: {
      phase,
      from: start.from,
      to: start.to,
      stage: stage + 1,
      stages: start.stages.length,
      share: shareOf(weights, start.to),
      weights,
      ...(reason !== undefined && { reason: withoutSecrets(reason) }),
    },
  };
}

/** The last object of `--output ndjson`. */
export const endObject = (report: object): object => ({ version: 1, kind: 'end', ...report });
