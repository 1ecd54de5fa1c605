/** `PutMetricData` takes at most so many unique values in one datum (CloudWatch API, `MetricDatum`). */
export const UNIQUE_VALUES = 150;

export interface ValueCounts {
  readonly values: number[];
  /** How often each value occurred. */
  readonly counts: number[];
}

/**
 * Values with their counts, ascending, at most 150 of them. Where there are more, neighbours are told as their mean, so
 * that the sum stays what it was; smallest and largest are kept. Neighbours differ by a factor of at most 1.01 at first,
 * and by more only as far as 150 demand it.
 * @param given numbers from 0
 */
export function valueCounts(given: readonly number[]): ValueCounts {
  const sorted = [...given].sort((a, b) => a - b);
  let found = groups(sorted, 1);
  for (let step = 0.01; found.length > UNIQUE_VALUES; step *= 1.5) {
    const inner = groups(sorted.slice(1, -1), 1 + step);
    found = [sorted.slice(0, 1), ...inner, sorted.slice(-1)];
  }
  return { values: found.map(mean), counts: found.map(({ length }) => length) };
}

/** Cuts an ascending list where a value is more than `factor` times the first of its group. */
function groups(sorted: readonly number[], factor: number): number[][] {
  const found: number[][] = [];
  for (const value of sorted) {
    const last = found.at(-1);
    if (last !== undefined && value <= last[0]! * factor) last.push(value);
    else found.push([value]);
  }
  return found;
}

/** Of equal values: that value, without the rounding of a division. */
function mean(group: readonly number[]): number {
  const [first = 0] = group;
  if (group.at(-1) === first) return first;
  return group.reduce((sum, value) => sum + value, 0) / group.length;
}
