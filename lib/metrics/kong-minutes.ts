import { REFUSALS, type Minute, type MinuteReading, type MinuteSource, type SlotMinute } from '../traffic/minutes';
import { SLOTS, type Slot } from '../traffic/weights';
import { kongCounters, type KongCounters } from './kong-counters';
import { atOf, periodsWithin, staleness } from './periods';

export interface KongMinutesInput {
  /** `/metrics` of every node, by slot; a name that answers for several nodes will not do. */
  readonly urls: Readonly<Record<Slot, readonly string[]>>;
  readonly periodSeconds: number;
  readonly slowSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Text of a URL; throws where it is not answered with 200. @default fetch, given up after 5 s or half a period */
  readonly textOf?: (url: string, timeoutMs: number) => Promise<string>;
}

export const KONG_PROMETHEUS = "Kong's Prometheus";

/** A sample that comes later than this part of a period after its boundary is not taken for it. */
const LATE = 0.25;
const TIMEOUT_MS = 5000;

/** What a node said at a boundary: its counters, or why there are none. */
type Said = KongCounters | string;

/**
 * Counts of both slots from the Prometheus plugin of Kong's nodes. Kong has counters and no past, so every node is asked at
 * every boundary of a period, and a period is what lies between two samples of the same start of a node. A slot has a
 * minute only when all its nodes have one: a node that did not answer, or was started anew, may have done anything.
 */
export class KongMinutes {
  private readonly samples = new Map<string, Map<number, Said>>();
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  constructor(private readonly input: KongMinutesInput) {}

  /** Samples at every boundary until `stop`; the process is not kept alive by it. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.next();
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  private next(): void {
    const length = this.input.periodSeconds * 1000;
    const wait = length - (this.input.now() % length);
    this.timer = setTimeout(() => {
      if (!this.running) return;
      this.next();
      void this.sample();
    }, wait).unref();
  }

  /** Asks every node once, for the boundary that has just passed. */
  async sample(): Promise<void> {
    const { urls, periodSeconds, slowSeconds, now, textOf = fetchText } = this.input;
    // The nearest: a timer may come a millisecond early.
    const boundary = Math.round(now() / 1000 / periodSeconds) * periodSeconds;
    const ask = async (url: string): Promise<void> => {
      const said = await textOf(url, Math.min(TIMEOUT_MS, periodSeconds * 500)).then(
        (text) => this.understood(text, boundary, slowSeconds),
        (error: Error) => `did not answer (${reasonOf(error)})`,
      );
      this.of(url).set(boundary, said);
    };
    await Promise.all(SLOTS.flatMap((slot) => urls[slot].map(ask)));
  }

  private understood(text: string, boundary: number, slowSeconds: number): Said {
    const { now, periodSeconds } = this.input;
    const late = now() / 1000 - boundary;
    if (Math.abs(late) > periodSeconds * LATE) return `answered ${Math.round(late * 10) / 10} s late`;
    return kongCounters(text, slowSeconds) ?? UNCOUNTED;
  }

  readonly source: MinuteSource = (from, to): Promise<MinuteReading> => {
    const { periodSeconds, now } = this.input;
    const until = new Date(Math.min(to.getTime(), now()));
    const minutes = periodsWithin(from, until, periodSeconds).flatMap((start): Minute[] => {
      const slots = Object.fromEntries(
        SLOTS.flatMap((slot) => {
          const minute = this.minute(slot, start);
          return minute === undefined ? [] : [[slot, minute]];
        }),
      );
      return Object.keys(slots).length === 0 ? [] : [{ at: atOf(start), settled: true, slots }];
    });
    const newest = minutes.at(-1);
    const notes = this.notes();
    return Promise.resolve({
      source: KONG_PROMETHEUS,
      periodSeconds,
      minutes,
      ...staleness({
        newestStart: newest && Date.parse(newest.at) / 1000,
        from,
        to: until,
        periodSeconds,
        delaySeconds: periodSeconds,
      }),
      ...(notes.length > 0 && { notes }),
    });
  };

  /** Of all nodes of a slot together; undefined when one of them is not known. */
  private minute(slot: Slot, start: number): SlotMinute | undefined {
    const all = this.input.urls[slot].map((url) => this.between(url, start));
    const known = all.filter((each) => each !== undefined);
    return known.length < all.length || known.length === 0 ? undefined : known.reduce(added);
  }

  private between(url: string, start: number): SlotMinute | undefined {
    const first = this.of(url).get(start);
    const last = this.of(url).get(start + this.input.periodSeconds);
    if (first === undefined || last === undefined || typeof first === 'string' || typeof last === 'string') return;
    return difference(first, last);
  }

  /** What keeps the newest samples from counting. */
  private notes(): string[] {
    return SLOTS.flatMap((slot) =>
      this.input.urls[slot].flatMap((url) => {
        const [before, last] = [...this.of(url).values()].slice(-2);
        const newest = last ?? before;
        const what =
          typeof newest === 'string'
            ? newest
            : last !== undefined && typeof before === 'object' && difference(before, last as KongCounters) === undefined
              ? 'was started anew: the period it happened in is left out'
              : newest !== undefined && newest.slow === undefined
                ? 'does not count slow requests: its latencies are switched off, or none of its buckets ends at gates.slowSeconds'
                : undefined;
        return what === undefined ? [] : [`${slot}: ${placeOf(url)} ${what}`];
      }),
    );
  }

  private of(url: string): Map<number, Said> {
    const found = this.samples.get(url) ?? new Map<number, Said>();
    this.samples.set(url, found);
    return found;
  }
}

const UNCOUNTED =
  'counts no requests: status_code_metrics of its prometheus plugin is off (the default since Kong 3.0), or it had no request yet';

/** Undefined when the counters are of different starts: they begin at 0 again, or another node answered. */
function difference(first: KongCounters, last: KongCounters): SlotMinute | undefined {
  const less = (a: number, b: number): number => b - a;
  const refusals = Object.fromEntries(
    REFUSALS.map((status) => [status, less(first.refusals[status], last.refusals[status])]),
  ) as KongCounters['refusals'];
  const slow = first.slow === undefined || last.slow === undefined ? {} : { slow: less(first.slow, last.slow) };
  const minute = {
    requests: less(first.requests, last.requests),
    errors: less(first.errors, last.errors),
    ...slow,
    refusals,
  };
  const fell = [minute.requests, minute.errors, minute.slow ?? 0, ...Object.values(refusals)].some((n) => n < 0);
  return fell || first.start !== last.start ? undefined : minute;
}

function added(a: SlotMinute, b: SlotMinute): SlotMinute {
  const slow = a.slow === undefined || b.slow === undefined ? {} : { slow: a.slow + b.slow };
  const refusals = Object.fromEntries(
    REFUSALS.map((status) => [status, (a.refusals?.[status] ?? 0) + (b.refusals?.[status] ?? 0)]),
  ) as KongCounters['refusals'];
  return { requests: a.requests + b.requests, errors: a.errors + b.errors, ...slow, refusals };
}

async function fetchText(url: string, timeoutMs: number): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.text();
}

/** The reason that fetch hides in its cause; never its message, which may hold the URL with a password. */
function reasonOf(error: Error): string {
  const code = (error.cause as { code?: string } | undefined)?.code;
  if (code !== undefined) return code;
  return error.name === 'TimeoutError' ? 'no answer in time' : (/^HTTP \d+$/.exec(error.message)?.[0] ?? error.name);
}

/** Host and port of a URL. */
function placeOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'a node';
  }
}
