import type { Slot } from '../traffic/weights';
import { loadBalancerErrorShare, slotMetrics } from './metrics';
import type { EdgeDimensions, Measure } from './metrics';
import type { EdgeSpec } from './spec';

/** In ALARM when the measure is above the threshold in three of five minutes. */
export interface AlarmSpec {
  /** Construct id. */
  readonly id: string;
  /** What comes after the system's name where alarms are named by hand. */
  readonly name: string;
  readonly measure: Measure;
  readonly threshold: number;
  readonly missingData: 'missing' | 'notBreaching';
  readonly description: string;
}

/** One bad minute is noise, three of five are not. */
export const ALARM_EVALUATION = {
  comparison: 'GreaterThanThreshold',
  evaluationPeriods: 5,
  datapointsToAlarm: 3,
} as const;

/** What is watched of a slot. */
export interface SlotAlarmsOf<Alarm> {
  readonly errorShare: Alarm;
  readonly p99: Alarm;
  readonly unhealthyNodes: Alarm;
}

type Thresholds = Pick<EdgeSpec['alarms'], 'errorShare' | 'p99Seconds'>;

/**
 * Alarms of a slot. One without requests has INSUFFICIENT_DATA and not OK: whoever decides by an alarm must see that
 * nothing was measured. The percentile is evaluated however few requests there were (what CloudWatch does when nothing is
 * said): to ignore few of them would leave a slot at 5 % of a quiet system without a state for the whole of its bake
 * (CloudWatch User Guide, "Percentile-based CloudWatch alarms and low data samples": p99 needs 1,000).
 */
export function slotAlarms(
  { errorShare, p99Seconds }: Thresholds,
  of: EdgeDimensions,
  slot: Slot,
): SlotAlarmsOf<AlarmSpec> {
  const metrics = slotMetrics(of, slot);
  const above = (id: string, name: string, measure: Measure, threshold: number, description: string): AlarmSpec => ({
    id: `${slot === 'blue' ? 'Blue' : 'Green'}${id}`,
    name: `${slot}-${name}`,
    measure,
    threshold,
    missingData: 'missing',
    description: `${slot}: ${description}`,
  });
  return {
    errorShare: above(
      'ErrorShare',
      'error-share',
      metrics.errorShare,
      errorShare,
      `more than a share of ${errorShare} of the requests end in 5xx or without a connection to a node`,
    ),
    p99: above('P99', 'p99', metrics.p99, p99Seconds, `the slowest hundredth takes longer than ${p99Seconds} s`),
    unhealthyNodes: above(
      'UnhealthyNodes',
      'unhealthy-nodes',
      metrics.unhealthyNodes,
      0,
      'a node does not answer its health checks',
    ),
  };
}

/** Its own errors are published when there are any and are none otherwise: nothing means good. */
export const loadBalancerAlarm = ({ errorShare }: Thresholds, of: EdgeDimensions): AlarmSpec => ({
  id: 'LoadBalancerErrors',
  name: 'load-balancer-errors',
  measure: loadBalancerErrorShare(of),
  threshold: errorShare,
  missingData: 'notBreaching',
  description: `the load balancer itself answers more than a share of ${errorShare} with 5xx`,
});

/** In the order in which a person reads them. */
export const listed = <Alarm>({ errorShare, p99, unhealthyNodes }: SlotAlarmsOf<Alarm>): Alarm[] => [
  errorShare,
  p99,
  unhealthyNodes,
];
