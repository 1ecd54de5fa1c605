/** Periods are told by their start, whole seconds since the epoch, a multiple of their length. */

/** Starts of the periods that begin at or after `from` and end at or before `to`, rising. */
export function periodsWithin(from: Date, to: Date, periodSeconds: number): number[] {
  const first = Math.ceil(from.getTime() / 1000 / periodSeconds) * periodSeconds;
  const starts: number[] = [];
  for (let start = first; start + periodSeconds <= to.getTime() / 1000; start += periodSeconds) starts.push(start);
  return starts;
}

/** Start of the period that a moment lies in. @param seconds since the epoch */
export const periodOf = (seconds: number, periodSeconds: number): number =>
  Math.floor(seconds / periodSeconds) * periodSeconds;

export const atOf = (start: number): string => new Date(start * 1000).toISOString();

/**
 * Seconds since the newest point of a source, when that is more than its delay and one period ago; nothing when it is
 * fresh. Without any point it is counted from where one looked from.
 */
export function staleness(reading: {
  readonly newestStart: number | undefined;
  readonly from: Date;
  /** Now, or the end of what was asked for where that is earlier. */
  readonly to: Date;
  readonly periodSeconds: number;
  readonly delaySeconds: number;
}): { readonly staleSeconds?: number } {
  const { newestStart, from, to, periodSeconds, delaySeconds } = reading;
  const newest = newestStart === undefined ? from.getTime() / 1000 : newestStart + periodSeconds;
  const age = to.getTime() / 1000 - newest;
  return age > delaySeconds + periodSeconds ? { staleSeconds: Math.round(age) } : {};
}
