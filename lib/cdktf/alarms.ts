import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type {
  CloudwatchMetricAlarmConfig,
  CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { ALARM_EVALUATION, listed, loadBalancerAlarm, slotAlarms } from '../blueprint/alarms';
import type { AlarmSpec, SlotAlarmsOf } from '../blueprint/alarms';
import { METRIC_PERIOD_SECONDS } from '../blueprint/metrics';
import type { EdgeDimensions, Measure, MetricMath, MetricSpec } from '../blueprint/metrics';
import type { EdgeSpec } from '../blueprint/spec';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { literal } from './literal';

export type SlotAlarms = SlotAlarmsOf<CloudwatchMetricAlarm>;

export interface EdgeAlarmsProps extends EdgeDimensions {
  /** Of the system. */
  readonly name: string;
  readonly spec: EdgeSpec['alarms'];
}

/** Alarms of both slots and of the load balancer (lib/blueprint/alarms.ts). */
export class EdgeAlarms extends Construct {
  readonly blue: SlotAlarms;
  readonly green: SlotAlarms;
  readonly loadBalancerErrors: CloudwatchMetricAlarm;
  readonly all: readonly CloudwatchMetricAlarm[];
  /** Alarm names by what they watch. */
  readonly names: Readonly<Record<Slot | 'loadBalancer', readonly string[]>>;
  private readonly common: { readonly name: string; readonly topicArn?: string };

  constructor(scope: Construct, id: string, props: EdgeAlarmsProps) {
    super(scope, id);
    const { name, spec } = props;
    this.common = { name, ...(spec.topicArn !== undefined && { topicArn: spec.topicArn }) };
    const [blue, green] = SLOTS.map((slot) => {
      const { errorShare, p99, unhealthyNodes } = slotAlarms(spec, props, slot);
      return { errorShare: this.make(errorShare), p99: this.make(p99), unhealthyNodes: this.make(unhealthyNodes) };
    });
    this.blue = blue!;
    this.green = green!;
    this.loadBalancerErrors = this.make(loadBalancerAlarm(spec, props));
    this.all = [...SLOTS.flatMap((slot) => listed(this[slot])), this.loadBalancerErrors];
    const namesOf = (alarms: readonly CloudwatchMetricAlarm[]) => alarms.map(({ alarmName }) => alarmName);
    this.names = {
      blue: namesOf(listed(this.blue)),
      green: namesOf(listed(this.green)),
      loadBalancer: namesOf([this.loadBalancerErrors]),
    };
  }

  private make({ id, name, measure, threshold, missingData, description }: AlarmSpec): CloudwatchMetricAlarm {
    const { topicArn } = this.common;
    return new CloudwatchMetricAlarm(this, id, {
      alarmName: `${this.common.name}-edge-${name}`,
      alarmDescription: literal(description),
      ...watched(measure),
      threshold,
      comparisonOperator: ALARM_EVALUATION.comparison,
      evaluationPeriods: ALARM_EVALUATION.evaluationPeriods,
      datapointsToAlarm: ALARM_EVALUATION.datapointsToAlarm,
      treatMissingData: missingData,
      ...(topicArn !== undefined && { alarmActions: [literal(topicArn)] }),
    });
  }
}

const watched = (measure: Measure): Partial<CloudwatchMetricAlarmConfig> =>
  'expression' in measure ? { metricQuery: queries(measure) } : single(measure);

/** A percentile stands in an argument of its own. */
const single = ({ namespace, name, statistic, dimensions }: MetricSpec): Partial<CloudwatchMetricAlarmConfig> => ({
  namespace,
  metricName: name,
  dimensions: literal({ ...dimensions }),
  period: METRIC_PERIOD_SECONDS,
  ...(statistic === 'p99' ? { extendedStatistic: statistic } : { statistic }),
});

const queries = ({ expression, label, metrics }: MetricMath): CloudwatchMetricAlarmMetricQuery[] => [
  { id: 'share', expression: literal(expression), label, returnData: true },
  ...Object.entries(metrics).map(([id, { namespace, name, statistic, dimensions }]) => ({
    id,
    metric: {
      namespace,
      metricName: name,
      dimensions: literal({ ...dimensions }),
      period: METRIC_PERIOD_SECONDS,
      stat: statistic,
    },
    returnData: false,
  })),
];
