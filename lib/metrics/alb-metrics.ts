import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Minute, SlotMinute } from '../traffic/minutes';
import { SLOTS, type Slot } from '../traffic/weights';

/** What is asked of CloudWatch for an Application Load Balancer, and what a period of its answers means. */
export interface AlbMetricsInput {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
  /** Seconds that a data point covers: 60 on AWS. */
  readonly periodSeconds: number;
  /** A response that takes longer than this to begin is slow, seconds. */
  readonly slowSeconds: number;
}

/** Published by target group (AWS, "CloudWatch metrics for your Application Load Balancer", dimensions). */
const OF_TARGET_GROUP = {
  requests: 'RequestCount',
  ok: 'HTTPCode_Target_2XX_Count',
  redirected: 'HTTPCode_Target_3XX_Count',
  refused: 'HTTPCode_Target_4XX_Count',
  failed: 'HTTPCode_Target_5XX_Count',
  unconnected: 'TargetConnectionErrorCount',
  untrusted: 'TargetTLSNegotiationErrorCount',
} as const;

/** Errors of its own are published by load balancer and zone only, never by target group (same page). */
const OF_LOAD_BALANCER = {
  made500: 'HTTPCode_ELB_500_Count',
  made502: 'HTTPCode_ELB_502_Count',
  made503: 'HTTPCode_ELB_503_Count',
  made504: 'HTTPCode_ELB_504_Count',
} as const;

type GroupMetric = keyof typeof OF_TARGET_GROUP | 'slow';
type LoadBalancerMetric = keyof typeof OF_LOAD_BALANCER;

/** Id of a query: `green_failed`; ids begin with a small letter (CloudWatch API, `MetricDataQuery.Id`). */
const idOf = (whose: Slot | 'lb', metric: GroupMetric | LoadBalancerMetric): string => `${whose}_${metric}`;

/** One query a metric; 20 for two slots, where GetMetricData takes 500. */
export function albQueries({
  loadBalancerArn,
  targetGroupArns,
  periodSeconds,
  slowSeconds,
}: AlbMetricsInput): MetricDataQuery[] {
  const query = (Id: string, MetricName: string, Stat: string, targetGroupArn?: string): MetricDataQuery => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName,
        Dimensions: [
          { Name: 'LoadBalancer', Value: dimensionOf(loadBalancerArn) },
          ...(targetGroupArn === undefined ? [] : [{ Name: 'TargetGroup', Value: dimensionOf(targetGroupArn) }]),
        ],
      },
      Period: periodSeconds,
      Stat,
    },
  });
  return [
    ...SLOTS.flatMap((slot) => [
      ...entries(OF_TARGET_GROUP).map(([metric, name]) =>
        query(idOf(slot, metric), name, 'Sum', targetGroupArns[slot]),
      ),
      query(idOf(slot, 'slow'), 'TargetResponseTime', slowerThan(slowSeconds), targetGroupArns[slot]),
    ]),
    ...entries(OF_LOAD_BALANCER).map(([metric, name]) => query(idOf('lb', metric), name, 'Sum')),
  ];
}

/**
 * Trimmed count: how many values lie above a bound, which itself does not count (CloudWatch user guide, "CloudWatch
 * statistics definitions").
 */
export const slowerThan = (seconds: number): string => `TC(${seconds}:)`;

/**
 * One period. `RequestCount` absent: no data, and the slot is absent. `RequestCount` present: whatever else is absent
 * is zero, since the load balancer publishes the others when they are not ("Reporting criteria: There is a nonzero value").
 *
 * Errors of a slot are its nodes' 5xx, the connections to them that failed, and its part of the 502 and 504 that the load
 * balancer made: those name no target group, but a request that got one has no status of a target. What is left of 502
 * and 504 after the failed connections is given to the slots by their requests without a target's status, and never more
 * than these. Unattributed are the rest, 500 and 503, for which no target was chosen, and errors of a slot in a period in
 * which it has no requests, or fewer: those had begun in an earlier one.
 * @param value by the id of a query; undefined where nothing was published
 */
export function albMinute(
  value: (id: string) => number | undefined,
): Pick<Minute, 'slots' | 'unattributed'> & { readonly isEmpty: boolean } {
  const of = (slot: Slot, metric: GroupMetric): number => value(idOf(slot, metric)) ?? 0;
  const lb = (metric: LoadBalancerMetric): number => value(idOf('lb', metric)) ?? 0;
  const refusedConnections = (slot: Slot): number => of(slot, 'unconnected') + of(slot, 'untrusted');
  const present = SLOTS.filter((slot) => value(idOf(slot, 'requests')) !== undefined);
  const unanswered = (slot: Slot): number => {
    const answered = of(slot, 'ok') + of(slot, 'redirected') + of(slot, 'refused') + of(slot, 'failed');
    return Math.max(0, of(slot, 'requests') - answered - refusedConnections(slot));
  };

  const made = lb('made502') + lb('made504');
  const known = SLOTS.reduce((sum, slot) => sum + refusedConnections(slot), 0);
  const silent = present.reduce((sum, slot) => sum + unanswered(slot), 0);
  const left = Math.max(0, made - known);
  const given = Math.min(left, silent);

  let unattributed = left - given + lb('made500') + lb('made503');
  const slots: Partial<Record<Slot, SlotMinute>> = {};
  for (const slot of SLOTS) {
    const part = silent === 0 ? 0 : Math.round((given * unanswered(slot)) / silent);
    const requests = of(slot, 'requests');
    const found = of(slot, 'failed') + refusedConnections(slot) + (present.includes(slot) ? part : 0);
    const errors = Math.min(requests, found);
    unattributed += found - errors;
    if (present.includes(slot)) slots[slot] = { requests, errors, slow: Math.min(requests, of(slot, 'slow')) };
  }
  return { slots, ...(unattributed > 0 && { unattributed }), isEmpty: present.length === 0 && unattributed === 0 };
}

/** CloudWatch names a load balancer `app/name/id` and a target group `targetgroup/name/id`. */
export const dimensionOf = (arn: string): string => (arn.split(':')[5] ?? '').replace(/^loadbalancer\//, '');

const entries = <K extends string>(record: Readonly<Record<K, string>>): [K, string][] =>
  Object.entries(record) as [K, string][];
