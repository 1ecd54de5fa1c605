import { countOf } from './counted';
import type { Counted, Minute } from './minutes';
import type { Slot } from './weights';

/** Requests that a slot would have had meanwhile, below which its silence may be chance. */
const SILENT_AFTER = 10;

/** A time in which a slot published nothing although it should have had requests. */
export interface Gap {
  readonly slot: Slot;
  /** Index of the first minute after it; the number of minutes where it is not over. */
  readonly end: number;
  readonly periods: number;
}

/**
 * The last gap of a slot: periods that are not there, or in which the source did not tell it, together long enough for ten
 * requests at the slot's mean. Whatever is before the first period that is known is no gap.
 * @param minutes of one stage, rising in time
 */
export function lastGap(
  minutes: readonly Minute[],
  slot: Slot,
  counted: Counted,
  periodSeconds: number,
): Gap | undefined {
  const [first] = minutes;
  if (first === undefined) return undefined;
  const begin = Date.parse(first.at);
  const known = minutes.flatMap((minute, index) => {
    const count = countOf(minute, slot, counted);
    return count ? [{ index, period: periodsFrom(begin, minute, periodSeconds), requests: count.requests }] : [];
  });
  const mean = known.reduce((total, { requests }) => total + requests, 0) / known.length;
  const isGap = (periods: number): boolean => periods > 0 && periods * mean >= SILENT_AFTER;
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const after = periodsFrom(begin, minutes.at(-1)!, periodSeconds) - last.period;
  if (isGap(after)) return { slot, end: minutes.length, periods: after };
  for (let i = known.length - 1; i > 0; i -= 1) {
    const periods = known[i]!.period - known[i - 1]!.period - 1;
    if (isGap(periods)) return { slot, end: known[i]!.index, periods };
  }
  return undefined;
}

const periodsFrom = (begin: number, { at }: Minute, periodSeconds: number): number =>
  Math.round((Date.parse(at) - begin) / 1000 / periodSeconds);
