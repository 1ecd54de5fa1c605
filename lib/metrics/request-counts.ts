import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { RequestCounts } from '../traffic/gates';
import { SLOTS, type Slot } from '../traffic/weights';
import { dimensionOf } from './alb-metrics';
import { metricData } from './metric-data';

export interface CountsQuery {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
  /** Data points that begin at or after this count; those of a period that began before it do not. */
  readonly from: Date;
  readonly to: Date;
  /** Seconds that a data point covers: 60 on AWS. */
  readonly periodSeconds: number;
}

/**
 * Requests that the load balancer gave to each slot (CloudWatch AWS/ApplicationELB, `RequestCount` by target group).
 * CloudWatch has a data point only where there was a request: a slot without any is undefined, which is not zero
 * (AWS, "CloudWatch metrics for your Application Load Balancer").
 */
export async function requestCounts(cloudWatch: CloudWatchClient, query: CountsQuery): Promise<RequestCounts> {
  const { from, to, periodSeconds } = query;
  const StartTime = new Date(Math.ceil(from.getTime() / 1000 / periodSeconds) * periodSeconds * 1000);
  if (StartTime >= to) return { blue: undefined, green: undefined };
  const values = await metricData(cloudWatch, {
    from: StartTime,
    to,
    queries: SLOTS.map((slot) => queryOf(slot, query)),
  });
  const sum = (slot: Slot): number | undefined => {
    const points = [...(values.get(slot)?.values() ?? [])];
    return points.length === 0 ? undefined : points.reduce((total, value) => total + value, 0);
  };
  return { blue: sum('blue'), green: sum('green') };
}

const queryOf = (slot: Slot, { loadBalancerArn, targetGroupArns, periodSeconds }: CountsQuery): MetricDataQuery => ({
  Id: slot,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCount',
      Dimensions: [
        { Name: 'LoadBalancer', Value: dimensionOf(loadBalancerArn) },
        { Name: 'TargetGroup', Value: dimensionOf(targetGroupArns[slot]) },
      ],
    },
    Period: periodSeconds,
    Stat: 'Sum',
  },
});
