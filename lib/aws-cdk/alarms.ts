import { aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, aws_sns as sns } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ALARM_EVALUATION, listed, loadBalancerAlarm, slotAlarms } from '../blueprint/alarms';
import type { AlarmSpec, SlotAlarmsOf } from '../blueprint/alarms';
import type { EdgeDimensions } from '../blueprint/metrics';
import type { EdgeSpec } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { cdkMetric } from './metrics';

export type SlotAlarms = SlotAlarmsOf<cloudwatch.Alarm>;

/** Alarms of both slots and of the load balancer (lib/blueprint/alarms.ts). */
export class EdgeAlarms extends Construct {
  readonly blue: SlotAlarms;
  readonly green: SlotAlarms;
  readonly loadBalancerErrors: cloudwatch.Alarm;
  readonly all: readonly cloudwatch.Alarm[];
  /** Alarm names by what they watch. */
  readonly names: Readonly<Record<Slot | 'loadBalancer', readonly string[]>>;

  constructor(scope: Construct, id: string, props: EdgeDimensions & { readonly spec: EdgeSpec['alarms'] }) {
    super(scope, id);
    const { spec } = props;
    const [blue, green] = SLOTS.map((slot) => {
      const { errorShare, p99, unhealthyNodes } = slotAlarms(spec, props, slot);
      return { errorShare: this.make(errorShare), p99: this.make(p99), unhealthyNodes: this.make(unhealthyNodes) };
    });
    this.blue = blue!;
    this.green = green!;
    this.loadBalancerErrors = this.make(loadBalancerAlarm(spec, props));
    this.all = [...SLOTS.flatMap((slot) => listed(this[slot])), this.loadBalancerErrors];
    const namesOf = (alarms: readonly cloudwatch.Alarm[]) => alarms.map(({ alarmName }) => alarmName);
    this.names = {
      blue: namesOf(listed(this.blue)),
      green: namesOf(listed(this.green)),
      loadBalancer: namesOf([this.loadBalancerErrors]),
    };
    if (spec.topicArn !== undefined) {
      const action = new actions.SnsAction(sns.Topic.fromTopicArn(this, 'Topic', spec.topicArn));
      for (const alarm of this.all) alarm.addAlarmAction(action);
    }
  }

  private make({ id, measure, threshold, missingData, description }: AlarmSpec): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      metric: cdkMetric(measure),
      threshold,
      comparisonOperator: COMPARISON[ALARM_EVALUATION.comparison],
      evaluationPeriods: ALARM_EVALUATION.evaluationPeriods,
      datapointsToAlarm: ALARM_EVALUATION.datapointsToAlarm,
      treatMissingData: MISSING_DATA[missingData],
      alarmDescription: description,
    });
  }
}

const COMPARISON = { GreaterThanThreshold: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD } as const;
const MISSING_DATA = {
  missing: cloudwatch.TreatMissingData.MISSING,
  notBreaching: cloudwatch.TreatMissingData.NOT_BREACHING,
} as const;
