import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { valueCounts } from './values';

export const NAMESPACE = 'AWS/ApplicationELB';

interface Statistic {
  readonly name: string;
  readonly dimensions: { readonly LoadBalancer: string; readonly TargetGroup?: string };
  readonly unit: 'Count' | 'Seconds';
  /** Every value, for percentiles; undefined where a statistic set says enough. */
  readonly values: number[] | undefined;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** Dimension value of a load balancer or a target group: `app/name/id`, `targetgroup/name/id`. */
export function dimensionOf(arn: string): string {
  return (arn.split(':')[5] ?? '').replace(/^loadbalancer\//, '');
}

/**
 * Counts of the time since the last `drain`, as the CloudWatch metrics of an Application Load Balancer. A count exists
 * only when something happened: AWS reports it when "there is a nonzero value" ("CloudWatch metrics for your Application
 * Load Balancer"), so no data is never a zero.
 */
export class MetricsFold {
  private statistics = new Map<string, Statistic>();

  /** A request for which a target was chosen, whatever came of it. */
  request(loadBalancerArn: string, groupArn: string): void {
    this.both('RequestCount', loadBalancerArn, groupArn, 1);
  }

  /** A target's answer: its status class, and the seconds until it started to send the response headers. */
  targetAnswer(loadBalancerArn: string, groupArn: string, status: number, seconds: number): void {
    if (status >= 200 && status < 600) {
      this.both(`HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, loadBalancerArn, groupArn, 1);
    }
    this.both('TargetResponseTime', loadBalancerArn, groupArn, seconds, 'Seconds');
  }

  /** A 5xx that the load balancer made: the sum of all of them, and 500, 502, 503, 504 each; never in a target group's. */
  loadBalancerError(loadBalancerArn: string, status: number): void {
    this.add('HTTPCode_ELB_5XX_Count', { LoadBalancer: dimensionOf(loadBalancerArn) }, 1);
    this.add(`HTTPCode_ELB_${status}_Count`, { LoadBalancer: dimensionOf(loadBalancerArn) }, 1);
  }

  /** A connection to a target that was not established. */
  connectionError(loadBalancerArn: string, groupArn: string): void {
    this.both('TargetConnectionErrorCount', loadBalancerArn, groupArn, 1);
  }

  /** A TLS session with a target that was not established. */
  negotiationError(loadBalancerArn: string, groupArn: string): void {
    this.both('TargetTLSNegotiationErrorCount', loadBalancerArn, groupArn, 1);
  }

  /** Healthy and unhealthy targets of a group now; reported even when zero. */
  hosts(loadBalancerArn: string, groupArn: string, healthy: number, unhealthy: number): void {
    const dimensions = { LoadBalancer: dimensionOf(loadBalancerArn), TargetGroup: dimensionOf(groupArn) };
    this.add('HealthyHostCount', dimensions, healthy);
    this.add('UnHealthyHostCount', dimensions, unhealthy);
  }

  /**
   * Everything counted since the last call, as data of `PutMetricData`, and forgets it. Seconds are told as values with
   * their counts, because CloudWatch computes no percentile of a statistic set; counts as statistic sets.
   */
  drain(timestamp: Date): MetricDatum[] {
    const data = [...this.statistics.values()].map((one) => ({
      MetricName: one.name,
      Dimensions: Object.entries(one.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Unit: one.unit,
      Timestamp: timestamp,
      StorageResolution: 1,
      ...dataOf(one),
    }));
    this.statistics = new Map();
    return data;
  }

  private both(name: string, loadBalancerArn: string, groupArn: string, value: number, unit?: 'Seconds'): void {
    const LoadBalancer = dimensionOf(loadBalancerArn);
    this.add(name, { LoadBalancer }, value, unit);
    this.add(name, { LoadBalancer, TargetGroup: dimensionOf(groupArn) }, value, unit);
  }

  private add(
    name: string,
    dimensions: Statistic['dimensions'],
    value: number,
    unit: Statistic['unit'] = 'Count',
  ): void {
    const key = `${name} ${dimensions.LoadBalancer} ${dimensions.TargetGroup ?? ''}`;
    const found = this.statistics.get(key);
    if (found === undefined) {
      const values = unit === 'Seconds' ? [value] : undefined;
      this.statistics.set(key, { name, dimensions, unit, values, count: 1, sum: value, min: value, max: value });
      return;
    }
    found.values?.push(value);
    found.count += 1;
    found.sum += value;
    found.min = Math.min(found.min, value);
    found.max = Math.max(found.max, value);
  }
}

function dataOf({
  values,
  count,
  sum,
  min,
  max,
}: Statistic): Pick<MetricDatum, 'Values' | 'Counts' | 'StatisticValues'> {
  if (values === undefined) return { StatisticValues: { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } };
  const { values: Values, counts: Counts } = valueCounts(values);
  return { Values, Counts };
}
