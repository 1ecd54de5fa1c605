import { countOf, tells } from './counted';
import { COUNTED, type Counted, type Minute, type MinuteReading } from './minutes';
import type { MinutePair } from './comparison';
import type { Slot } from './weights';

/** Pairs with an event below which nothing is said. */
const LEAST_PAIRS = 10;
/** Standard normal quantile of 90 %. */
const Z90 = 1.2816;
/** The calmest part of the pairs, which bursts in a few minutes do not reach. */
const CALM = 0.75;
/** Mean of χ² with one degree of freedom below its quantile of `CALM` (1.3233): 1 − 2·√c·φ(√c)/CALM. */
const CALM_MEAN = 0.3684;

export interface Dispersion {
  /** From 1: how many times as far as by chance the counts of one slot lie from each other. */
  readonly dispersion: number;
  /** The same of all pairs, bursts of an upstream among them: where minutes are compared with earlier ones. */
  readonly inTime: number;
  /** Pairs that had an event. */
  readonly pairs: number;
}

/**
 * How bursty bad events are: one slot against itself, in two zones or in consecutive minutes. Pearson's statistic of the
 * binomial that the comparison assumes, by pairs. Where it is above what chance does in one of ten, the upper 90 % bound
 * of the estimate is taken (too small a dispersion makes false alarms, too large a one only makes it slower), else 1.
 *
 * One slot alone cannot tell bursts of its own from those of an upstream, which both slots would have in the same minutes
 * and which the comparison is immune to. So that a few of the latter do not make the evidence of hours worthless, the
 * smaller of two estimates counts: of all pairs, and of the calmest three quarters. Clusters (a client that retries) are in
 * all minutes and are measured alike by both; what is in few minutes and on one slot alone is not measured, and then looks
 * like a fault of that slot.
 * @returns undefined when fewer than ten pairs had an event: nobody can tell
 */
export function dispersionOf(pairs: readonly MinutePair[]): Dispersion | undefined {
  const useful = pairs.filter(({ from, to }) => from.requests > 0 && to.requests > 0 && from.events + to.events > 0);
  if (useful.length < LEAST_PAIRS) return undefined;
  const statistics = useful
    .map(({ from, to }) => {
      const part = to.requests / (to.requests + from.requests);
      const events = to.events + from.events;
      return (to.events - events * part) ** 2 / (events * part * (1 - part));
    })
    .sort((a, b) => a - b);
  const statistic = sum(statistics);
  const count = useful.length;
  if (statistic <= chiSquare(count, Z90)) return { dispersion: 1, inTime: 1, pairs: count };
  const calm = statistics.slice(0, Math.floor(count * CALM));
  const inTime = Math.max(1, statistic / chiSquare(count, -Z90));
  const calmest = sum(calm) / CALM_MEAN / chiSquare(calm.length, -Z90);
  return { dispersion: Math.max(1, Math.min(inTime, calmest)), inTime, pairs: count };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Quantile of χ² (Wilson and Hilferty 1931). @param z standard normal quantile */
const chiSquare = (degrees: number, z: number): number =>
  degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;

/** Settled minutes of one slot, each against the next one: no minute is in two pairs. */
export function consecutivePairs(minutes: readonly Minute[], slot: Slot, counted: Counted): MinutePair[] {
  const counts = minutes.flatMap((minute) => (minute.settled ? (countOf(minute, slot, counted) ?? []) : []));
  return counts.flatMap((to, index) => (index % 2 === 1 ? [{ from: counts[index - 1]!, to }] : []));
}

/**
 * The dispersion of everything that the sources count, from the live slot's hours before the shift: the most that any
 * source shows. What had too few events to tell is not in it.
 */
export function dispersionsOf(
  readings: readonly MinuteReading[],
  slot: Slot,
  which: 'dispersion' | 'inTime' = 'dispersion',
): Partial<Record<Counted, number>> {
  const found: Partial<Record<Counted, number>> = {};
  for (const counted of COUNTED) {
    for (const reading of readings.filter((each) => tells(each, counted))) {
      const measured = dispersionOf(consecutivePairs(reading.minutes, slot, counted));
      if (measured) found[counted] = Math.max(found[counted] ?? 1, Math.round(measured[which] * 100) / 100);
    }
  }
  return found;
}
