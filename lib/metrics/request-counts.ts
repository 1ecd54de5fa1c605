import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { RequestCounts } from '../traffic/gates';
import { SLOTS, type Slot } from '../traffic/weights';
import { dimensionOf } from './alb-metrics';

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
  const sums: Record<Slot, number | undefined> = { blue: undefined, green: undefined };
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime,
        EndTime: to,
        MetricDataQueries: SLOTS.map((slot) => queryOf(slot, query)),
        NextToken,
      }),
    );
    for (const { Id, Values } of page.MetricDataResults ?? []) {
      const slot = SLOTS.find((name) => name === Id);
      if (slot === undefined || !Values?.length) continue;
      sums[slot] = Values.reduce((total, value) => total + value, sums[slot] ?? 0);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return sums;
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
