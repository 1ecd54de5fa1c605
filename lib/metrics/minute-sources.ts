import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EdgeReading } from '../deployed/read-edge';
import type { Settings } from '../settings/schema';
import type { MinuteSource } from '../traffic/minutes';
import { AccessLogMinutes } from './access-log-minutes';
import { cloudWatchMinutes } from './cloudwatch-minutes';
import { KongMinutes } from './kong-minutes';

export interface MinuteSourcesInput {
  readonly shift: Pick<Settings['shift'], 'periodSeconds' | 'metrics' | 'router'> & {
    readonly gates: Pick<Settings['shift']['gates'], 'slowSeconds'>;
  };
  readonly edge: Pick<EdgeReading, 'loadBalancerArn' | 'targetGroupArns'>;
  readonly cloudWatch: CloudWatchClient;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** Where the counts of a shift are from. */
export interface MinuteSources {
  /**
   * The first is what requests, errors and slow ones are compared by; a later one is there for what the first cannot tell.
   * Empty where nothing counts by slot.
   */
  readonly sources: readonly MinuteSource[];
  /** Begins to sample what has no memory of its own (Kong's Prometheus); without it such a source has no data. */
  start(): void;
  /** Ends the sampling and closes files. */
  stop(): Promise<void>;
}

/**
 * Opens what the settings name; nothing is asked yet. Access logs are instead of CloudWatch. CloudWatch is there for the
 * edge's own rules alone: an NLB's metrics know no target groups but for their health, and what another router sends to
 * a slot does not pass the edge.
 */
export function minuteSources({ shift, edge, cloudWatch, now = Date.now }: MinuteSourcesInput): MinuteSources {
  const { periodSeconds, metrics, router, gates } = shift;
  const { loadBalancerArn, targetGroupArns } = edge;
  const common = { targetGroupArns, periodSeconds, slowSeconds: gates.slowSeconds, now };
  const logs = metrics.accessLogs && new AccessLogMinutes({ ...common, files: metrics.accessLogs });
  const kong = metrics.prometheus && new KongMinutes({ ...common, urls: metrics.prometheus });
  const first = logs?.source ?? (router ? undefined : cloudWatchMinutes(cloudWatch, { ...common, loadBalancerArn }));
  return {
    sources: [first, kong?.source].filter((source) => source !== undefined),
    start: () => kong?.start(),
    stop: async () => {
      kong?.stop();
      await logs?.close();
    },
  };
}
