import { REFUSALS, type MinuteSource, type Refusal, type SlotMinute } from '../traffic/minutes';
import type { Slot } from '../traffic/weights';

/** What a slot did in the last while: what a shift may expect of its stages, and how its errors come. */
export interface LiveTraffic {
  readonly slot: Slot;
  readonly source: string;
  /** Of this slot, over the settled periods in which it published anything. */
  readonly requestsPerMinute: number;
  /** Share (0–1) of the requests that failed. */
  readonly errorRate: number;
  /** Share (0–1) of the slow ones; absent where the source cannot tell. */
  readonly slowRate?: number;
  /** Share (0–1) by status; absent where the source cannot tell. */
  readonly refusalRates?: Readonly<Record<Refusal, number>>;
  readonly periodSeconds: number;
  /** Settled periods, rising in time, those without data left out: for the dispersion. */
  readonly minutes: readonly SlotMinute[];
  readonly staleSeconds?: number;
}

/** How long before a shift its traffic is measured, seconds. */
export const MEASURED_SECONDS = 30 * 60;

/**
 * Measures a slot before a shift. Undefined where the source knows no settled period with data: that is no traffic or no
 * measurement, and nobody can tell which.
 * @param seconds how far back @default 30 minutes
 */
export async function liveTraffic(
  source: MinuteSource,
  slot: Slot,
  now: Date,
  seconds = MEASURED_SECONDS,
): Promise<LiveTraffic | undefined> {
  const reading = await source(new Date(now.getTime() - seconds * 1000), now);
  const minutes = reading.minutes.flatMap(({ settled, slots }) => (settled && slots[slot] ? [slots[slot]] : []));
  if (minutes.length === 0) return undefined;
  const sum = (of: (minute: SlotMinute) => number): number => minutes.reduce((total, each) => total + of(each), 0);
  const requests = sum((each) => each.requests);
  const rate = (events: number): number => (requests === 0 ? 0 : events / requests);
  const refusals = minutes.every((each) => each.refusals !== undefined);
  return {
    slot,
    source: reading.source,
    requestsPerMinute: (requests * 60) / (minutes.length * reading.periodSeconds),
    errorRate: rate(sum((each) => each.errors)),
    ...(minutes.every((each) => each.slow !== undefined) && { slowRate: rate(sum((each) => each.slow ?? 0)) }),
    ...(refusals && {
      refusalRates: Object.fromEntries(
        REFUSALS.map((status) => [status, rate(sum((each) => each.refusals?.[status] ?? 0))]),
      ) as Record<Refusal, number>,
    }),
    periodSeconds: reading.periodSeconds,
    minutes,
    ...(reading.staleSeconds !== undefined && { staleSeconds: reading.staleSeconds }),
  };
}
