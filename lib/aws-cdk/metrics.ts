import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';

/**
 * What the load balancer counts of a slot, by the minute (AWS Application Load Balancers, "CloudWatch metrics").
 * Counts are published only when they are not zero: requests without errors are zero errors, no requests are no data.
 */
export class SlotMetrics {
  constructor(
    readonly slot: Slot,
    private readonly dimensions: { readonly loadBalancer: string; readonly targetGroup: string },
  ) {}

  requests(): cloudwatch.Metric {
    return this.metric('RequestCount', 'Sum');
  }

  /** Share (0–1) of requests that a node answered with 5xx or that found no connection to a node. */
  errorShare(): cloudwatch.MathExpression {
    const { slot } = this; // in the ids, because both slots stand in one graph
    return new cloudwatch.MathExpression({
      expression: `(FILL(${slot}Errors, 0) + FILL(${slot}Refused, 0)) / ${slot}Requests`,
      usingMetrics: {
        [`${slot}Errors`]: this.metric('HTTPCode_Target_5XX_Count', 'Sum'),
        [`${slot}Refused`]: this.metric('TargetConnectionErrorCount', 'Sum'),
        [`${slot}Requests`]: this.requests(),
      },
      period: Duration.minutes(1),
      label: `${slot} errors`,
    });
  }

  /** Seconds. */
  p99(): cloudwatch.Metric {
    return this.metric('TargetResponseTime', 'p99');
  }
  healthyNodes(): cloudwatch.Metric {
    return this.metric('HealthyHostCount', 'Minimum');
  }
  unhealthyNodes(): cloudwatch.Metric {
    return this.metric('UnHealthyHostCount', 'Maximum');
  }

  private metric(metricName: string, statistic: string): cloudwatch.Metric {
    const { loadBalancer: LoadBalancer, targetGroup: TargetGroup } = this.dimensions;
    return albMetric(metricName, statistic, { LoadBalancer, TargetGroup });
  }
}

export const slotMetrics = (
  loadBalancer: string,
  targetGroups: Readonly<Record<Slot, elbv2.IApplicationTargetGroup>>,
): Readonly<Record<Slot, SlotMetrics>> => {
  const [blue, green] = SLOTS.map(
    (slot) => new SlotMetrics(slot, { loadBalancer, targetGroup: fullName(targetGroups[slot]) }),
  );
  return { blue: blue!, green: green! };
};

/**
 * Share (0–1) of requests that the load balancer itself answered with 5xx: no healthy node, a node that hung up, a
 * timeout. Not among the nodes' own 5xx, and not counted as requests of a node.
 */
export function loadBalancerErrorShare(loadBalancer: string): cloudwatch.MathExpression {
  const metric = (name: string) => albMetric(name, 'Sum', { LoadBalancer: loadBalancer });
  return new cloudwatch.MathExpression({
    expression: 'own / (own + FILL(requests, 0))',
    usingMetrics: { own: metric('HTTPCode_ELB_5XX_Count'), requests: metric('RequestCount') },
    period: Duration.minutes(1),
    label: 'load balancer errors',
  });
}

/** What the weights came to: share (0–1) of requests that a slot really got. */
export function requestShare(metrics: Readonly<Record<Slot, SlotMetrics>>, slot: Slot): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `FILL(${slot}, 0) / (FILL(blue, 0) + FILL(green, 0))`,
    usingMetrics: { blue: metrics.blue.requests(), green: metrics.green.requests() },
    period: Duration.minutes(1),
    label: `${slot} share`,
  });
}

const albMetric = (metricName: string, statistic: string, dimensionsMap: Record<string, string>): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    statistic,
    dimensionsMap,
    period: Duration.minutes(1),
  });

/** `targetgroup/NAME/ID`, the CloudWatch dimension, of an imported group too. */
const fullName = (group: elbv2.IApplicationTargetGroup): string =>
  'targetGroupFullName' in group
    ? (group as elbv2.ApplicationTargetGroup).targetGroupFullName
    : (group.targetGroupArn.split(':').at(-1) ?? '');
