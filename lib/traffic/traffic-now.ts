import { countOf } from './counted';
import { type Counted, REFUSALS, type MinuteReading, type Refusal } from './minutes';
import type { Slot } from './weights';

/** What a slot has now, or what somebody expects it to have. */
export interface TrafficNow {
  readonly requestsPerMinute: number;
  /** Shares (0–1) of its requests; absent where nobody can tell. */
  readonly errorRate: number;
  readonly slowRate?: number;
  readonly refusalRates?: Readonly<Record<Refusal, number>>;
  /** Where it is known from; absent where a person said it. */
  readonly source?: string;
}

/**
 * The traffic of a slot over its settled periods; undefined where the source has none. Periods between two that are known
 * count as if nothing had come in them: what is planned with it may take less long, not longer.
 */
export function trafficOf(reading: MinuteReading, slot: Slot): TrafficNow | undefined {
  const { minutes, periodSeconds, source } = reading;
  const rateOf = (counted: Counted): number | undefined => {
    const counts = minutes.flatMap((minute) => (minute.settled ? (countOf(minute, slot, counted) ?? []) : []));
    const requests = counts.reduce((total, each) => total + each.requests, 0);
    return requests === 0 ? undefined : counts.reduce((total, each) => total + each.events, 0) / requests;
  };
  const errorRate = rateOf('errors');
  if (errorRate === undefined) return undefined;
  const known = minutes.flatMap((minute) => {
    const count = minute.settled ? countOf(minute, slot, 'errors') : undefined;
    return count ? [{ at: Date.parse(minute.at), requests: count.requests }] : [];
  });
  const requests = known.reduce((total, each) => total + each.requests, 0);
  const periods = Math.round((known.at(-1)!.at - known[0]!.at) / 1000 / periodSeconds) + 1;
  const [slowRate, ...refusals] = [rateOf('slow'), ...REFUSALS.map(rateOf)];
  const isTold = refusals.every((rate) => rate !== undefined);
  return {
    requestsPerMinute: (requests / periods) * (60 / periodSeconds),
    errorRate,
    ...(slowRate !== undefined && { slowRate }),
    ...(isTold && {
      refusalRates: Object.fromEntries(REFUSALS.map((status, i) => [status, refusals[i]])) as Record<Refusal, number>,
    }),
    source,
  };
}
