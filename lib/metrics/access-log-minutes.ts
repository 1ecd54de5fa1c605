import { REFUSALS, type Minute, type MinuteReading, type MinuteSource, type SlotMinute } from '../traffic/minutes';
import { SLOTS, type Slot } from '../traffic/weights';
import { logLine, type LoggedRequest } from './access-log-line';
import { FileTail } from './file-tail';
import { atOf, periodOf, periodsWithin, staleness } from './periods';

export interface AccessLogMinutesInput {
  /** By slot; of several files of a slot each must be readable. A load balancer's file may be both slots'. */
  readonly files: Readonly<Record<Slot, readonly string[]>>;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
  readonly periodSeconds: number;
  readonly slowSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const ACCESS_LOGS = 'access logs';

/** Seconds after its end until a period of nginx's log is complete: a line has whole seconds and is written at once. */
const NGINX_DELAY = 2;
/**
 * An ALB writes a file each 5 minutes and node of its own, "eventually" (AWS, "Access logs for your Application Load
 * Balancer"): two of these intervals, seconds.
 */
const ALB_DELAY = 600;

interface Counted {
  requests: number;
  errors: number;
  timed: number;
  slow: number;
  readonly refusals: Record<(typeof REFUSALS)[number], number>;
}

/** A file and what was found in it. */
interface Log {
  readonly tail: FileTail;
  readonly slot: Slot;
  readonly periods: Map<number, Counted>;
  /** Milliseconds since the epoch at which all that was there had been read. */
  readUntil: number;
  firstPeriod?: number;
  unknown: number;
  lines: number;
  failure?: string;
}

/** Counts of both slots from access logs, read on at every look. */
export class AccessLogMinutes {
  private readonly logs: readonly Log[];
  private delaySeconds = NGINX_DELAY;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly input: AccessLogMinutesInput) {
    this.logs = SLOTS.flatMap((slot) =>
      input.files[slot].map((path) => ({
        tail: new FileTail(path),
        slot,
        periods: new Map<number, Counted>(),
        readUntil: 0,
        unknown: 0,
        lines: 0,
      })),
    );
  }

  readonly source: MinuteSource = async (from, to): Promise<MinuteReading> => {
    const { periodSeconds, now } = this.input;
    this.reading = this.reading.then(() => Promise.all(this.logs.map((log) => this.readOn(log))));
    await this.reading;
    const until = new Date(Math.min(to.getTime(), now()));
    const minutes = periodsWithin(from, until, periodSeconds).flatMap((start): Minute[] => {
      const end = (start + periodSeconds) * 1000;
      const slots = Object.fromEntries(
        SLOTS.flatMap((slot) => {
          const minute = this.minute(slot, start, end);
          return minute === undefined ? [] : [[slot, minute]];
        }),
      );
      const settled = this.logs.every(({ readUntil }) => readUntil >= end + this.delaySeconds * 1000);
      return Object.keys(slots).length === 0 ? [] : [{ at: atOf(start), settled, slots }];
    });
    const newest = minutes.at(-1);
    const notes = this.logs.flatMap(notesOf);
    return {
      source: ACCESS_LOGS,
      periodSeconds,
      minutes,
      ...staleness({
        newestStart: newest && Date.parse(newest.at) / 1000,
        from,
        to: until,
        periodSeconds,
        delaySeconds: this.delaySeconds,
      }),
      ...(notes.length > 0 && { notes: [...new Set(notes)] }),
    };
  };

  async close(): Promise<void> {
    await this.reading;
    await Promise.all(this.logs.map(({ tail }) => tail.close()));
  }

  private async readOn(log: Log): Promise<void> {
    const begun = this.input.now();
    try {
      await log.tail.read((line) => this.count(log, line));
      log.readUntil = begun;
      delete log.failure;
    } catch (error) {
      log.failure = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
    }
  }

  private count(log: Log, line: string): void {
    const { targetGroupArns, periodSeconds } = this.input;
    const request = logLine(line, targetGroupArns);
    log.lines += 1;
    if (request === 'unknown') log.unknown += 1;
    if (typeof request === 'string') return;
    if (request.format === 'alb') this.delaySeconds = ALB_DELAY;
    const period = periodOf(request.at, periodSeconds);
    log.firstPeriod ??= period;
    if (request.slot !== undefined && request.slot !== log.slot) return;
    const counted = log.periods.get(period) ?? nothing();
    log.periods.set(period, counted);
    add(counted, request, this.input.slowSeconds);
  }

  /** Undefined when nothing was logged, or a file of the slot could not be read up to the end of the period. */
  private minute(slot: Slot, start: number, end: number): SlotMinute | undefined {
    const logs = this.logs.filter((log) => log.slot === slot);
    const isPartly = ({ tail, firstPeriod }: Log): boolean => tail.isCut && start <= (firstPeriod ?? Infinity);
    if (logs.some((log) => log.readUntil < end || isPartly(log))) return undefined;
    const all = logs.flatMap(({ periods }) => periods.get(start) ?? []);
    if (all.length === 0) return undefined;
    const sum = (of: (counted: Counted) => number): number => all.reduce((total, each) => total + of(each), 0);
    const requests = sum((each) => each.requests);
    return {
      requests,
      errors: sum((each) => each.errors),
      ...(sum((each) => each.timed) === requests && { slow: sum((each) => each.slow) }),
      refusals: {
        401: sum((each) => each.refusals[401]),
        403: sum((each) => each.refusals[403]),
        429: sum((each) => each.refusals[429]),
      },
    };
  }
}

const nothing = (): Counted => ({
  requests: 0,
  errors: 0,
  timed: 0,
  slow: 0,
  refusals: { 401: 0, 403: 0, 429: 0 },
});

function add(counted: Counted, { status, seconds }: LoggedRequest, slowSeconds: number): void {
  counted.requests += 1;
  if (status >= 500) counted.errors += 1;
  const refusal = REFUSALS.find((each) => Number(each) === status);
  if (refusal !== undefined) counted.refusals[refusal] += 1;
  if (seconds === undefined) return;
  counted.timed += 1;
  if (seconds > slowSeconds) counted.slow += 1;
}

/** Never a line itself: it may hold a key in its path. */
function notesOf({ tail, failure, unknown, lines, slot }: Log): string[] {
  return [
    ...(failure === undefined ? [] : [`${slot}: ${tail.path} cannot be read (${failure})`]),
    ...(unknown === 0
      ? []
      : [`${tail.path}: ${unknown} of ${lines} lines are of no known format and were not counted`]),
  ];
}
