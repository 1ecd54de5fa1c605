import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Minute, MinuteReading, MinuteSource } from '../traffic/minutes';
import { albMinute, albQueries, type AlbMetricsInput } from './alb-metrics';
import { metricData } from './metric-data';
import { atOf, periodsWithin, staleness } from './periods';

export interface CloudWatchMinutesInput extends AlbMetricsInput {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Seconds after its end until a period is taken as complete. AWS sends a load balancer's metrics in intervals of 60 s and
   * names no limit for their delay; a point later than this is not seen. @default two periods: 120 s on AWS
   */
  readonly delaySeconds?: number;
}

export const CLOUDWATCH = 'CloudWatch';

/** Seconds after its end until a period of CloudWatch is taken as complete. */
export const cloudWatchDelay = (periodSeconds: number): number => 2 * periodSeconds;

/**
 * Counts of both slots from CloudWatch. It is asked for what is not settled yet, at most twice a period, because it has
 * nothing new in between and charges for each metric; a settled period is never asked for again.
 */
export function cloudWatchMinutes(cloudWatch: CloudWatchClient, input: CloudWatchMinutesInput): MinuteSource {
  const { periodSeconds, now, delaySeconds = cloudWatchDelay(periodSeconds) } = input;
  const known = new Map<number, Omit<Minute, 'at'> & { readonly isEmpty: boolean }>();
  let last: { readonly at: number; readonly from: number } | undefined;

  const ask = async (starts: readonly number[]): Promise<void> => {
    const [first = 0] = starts;
    const at = now();
    const values = await metricData(cloudWatch, {
      from: new Date(first * 1000),
      to: new Date(((starts.at(-1) ?? 0) + periodSeconds) * 1000),
      queries: albQueries(input),
    });
    for (const start of starts) {
      if (known.get(start)?.settled) continue;
      const settled = (start + periodSeconds + delaySeconds) * 1000 <= at;
      known.set(start, { ...albMinute((id) => values.get(id)?.get(start)), settled });
    }
    last = { at, from: first };
  };

  return async (from, to): Promise<MinuteReading> => {
    const until = new Date(Math.min(to.getTime(), now()));
    const starts = periodsWithin(from, until, periodSeconds);
    const open = starts.filter((start) => !known.get(start)?.settled);
    const [first] = open;
    const isRecent = last !== undefined && now() - last.at < periodSeconds * 500;
    if (first !== undefined && !(isRecent && first >= last!.from)) await ask(starts.slice(starts.indexOf(first)));

    const minutes = starts.flatMap((start): Minute[] => {
      const minute = known.get(start);
      if (minute === undefined || minute.isEmpty) return [];
      const { isEmpty: _, ...rest } = minute;
      return [{ at: atOf(start), ...rest }];
    });
    const newest = starts.findLast((start) => Object.keys(known.get(start)?.slots ?? {}).length > 0);
    return {
      source: CLOUDWATCH,
      periodSeconds,
      minutes,
      ...staleness({ newestStart: newest, from, to: until, periodSeconds, delaySeconds }),
    };
  };
}
