import type { Slot } from '../traffic/weights';

/** Of every metric here, because alarms and gates count in minutes. */
export const METRIC_PERIOD_SECONDS = 60;

/** One metric of CloudWatch, by the minute. */
export interface MetricSpec {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: 'Sum' | 'Minimum' | 'Maximum' | 'p99';
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Metric math (CloudWatch User Guide, "Using math expressions"): the metrics by the ids that the expression calls them. */
export interface MetricMath {
  readonly expression: string;
  readonly label: string;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
}

export type Measure = MetricSpec | MetricMath;

/** CloudWatch's dimensions, `app/NAME/ID` and `targetgroup/NAME/ID`. */
export interface EdgeDimensions {
  readonly loadBalancerFullName: string;
  readonly targetGroupFullNames: Readonly<Record<Slot, string>>;
}

export interface SlotMetrics {
  readonly requests: MetricSpec;
  /** Share (0–1) of requests that a node answered with 5xx or that found no connection to a node. */
  readonly errorShare: MetricMath;
  /** Seconds. */
  readonly p99: MetricSpec;
  readonly healthyNodes: MetricSpec;
  readonly unhealthyNodes: MetricSpec;
  /** What the weights came to: share (0–1) of requests that the slot really got. */
  readonly requestShare: MetricMath;
}

/**
 * What the load balancer counts of a slot, by the minute (AWS Application Load Balancers, "CloudWatch metrics").
 * Counts are published only when they are not zero: requests without errors are zero errors, no requests are no data.
 */
export function slotMetrics(of: EdgeDimensions, slot: Slot): SlotMetrics {
  const metric = (name: string, statistic: MetricSpec['statistic'], group: Slot = slot): MetricSpec => ({
    namespace: NAMESPACE,
    name,
    statistic,
    dimensions: { LoadBalancer: of.loadBalancerFullName, TargetGroup: of.targetGroupFullNames[group] },
  });
  return {
    requests: metric('RequestCount', 'Sum'),
    errorShare: {
      // The slot is in the ids, because both slots stand in one graph.
      expression: `(FILL(${slot}Errors, 0) + FILL(${slot}Refused, 0)) / ${slot}Requests`,
      label: `${slot} errors`,
      metrics: {
        [`${slot}Errors`]: metric('HTTPCode_Target_5XX_Count', 'Sum'),
        [`${slot}Refused`]: metric('TargetConnectionErrorCount', 'Sum'),
        [`${slot}Requests`]: metric('RequestCount', 'Sum'),
      },
    },
    p99: metric('TargetResponseTime', 'p99'),
    healthyNodes: metric('HealthyHostCount', 'Minimum'),
    unhealthyNodes: metric('UnHealthyHostCount', 'Maximum'),
    requestShare: {
      expression: `FILL(${slot}, 0) / (FILL(blue, 0) + FILL(green, 0))`,
      label: `${slot} share`,
      metrics: { blue: metric('RequestCount', 'Sum', 'blue'), green: metric('RequestCount', 'Sum', 'green') },
    },
  };
}

/**
 * Share (0–1) of requests that the load balancer itself answered with 5xx: no healthy node, a node that hung up, a
 * timeout. Not among the nodes' own 5xx, and not counted as requests of a node.
 */
export function loadBalancerErrorShare({ loadBalancerFullName: LoadBalancer }: EdgeDimensions): MetricMath {
  const metric = (name: string): MetricSpec => ({
    namespace: NAMESPACE,
    name,
    statistic: 'Sum',
    dimensions: { LoadBalancer },
  });
  return {
    expression: 'own / (own + FILL(requests, 0))',
    label: 'load balancer errors',
    metrics: { own: metric('HTTPCode_ELB_5XX_Count'), requests: metric('RequestCount') },
  };
}

const NAMESPACE = 'AWS/ApplicationELB';
