import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EdgeReading } from '../deployed/read-edge';
import type { Settings } from '../settings/schema';
import type { MinuteSource } from '../traffic/minutes';
import { cloudWatchMinutes } from './cloudwatch-minutes';

export interface MinuteSourcesInput {
  readonly shift: Pick<Settings['shift'], 'periodSeconds' | 'metrics' | 'gates' | 'router'>;
  readonly edge: Pick<EdgeReading, 'loadBalancerArn' | 'targetGroupArns'>;
  readonly cloudWatch: CloudWatchClient;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** Where the counts of a shift are from. */
export interface MinuteSources {
  /**
   * The first is what requests, errors and slow ones are compared by; a later one is there for what the first cannot tell.
   * Empty where nothing counts by slot: an NLB's CloudWatch does not.
   */
  readonly sources: readonly MinuteSource[];
  /** Begins to sample what has no memory of its own (Kong's Prometheus); without it such a source has no data. */
  start(): void;
  stop(): void;
}

/** Opens what `shift.metrics` and `shift.router` of the settings name; nothing is asked yet. */
export function minuteSources({ shift, edge, cloudWatch, now = Date.now }: MinuteSourcesInput): MinuteSources {
  const { periodSeconds, gates } = shift;
  const { loadBalancerArn, targetGroupArns } = edge;
  return {
    sources: [
      cloudWatchMinutes(cloudWatch, {
        loadBalancerArn,
        targetGroupArns,
        periodSeconds,
        slowSeconds: gates.slowSeconds,
        now,
      }),
    ],
    start: () => undefined,
    stop: () => undefined,
  };
}
