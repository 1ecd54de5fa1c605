import { aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions, aws_sns as sns } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EdgeSpec } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';
import { SLOTS } from '../traffic/weights';
import { loadBalancerErrorShare } from './metrics';
import type { SlotMetrics } from './metrics';
import { capital } from './target-groups';

export interface SlotAlarms {
  readonly errorShare: cloudwatch.Alarm;
  readonly p99: cloudwatch.Alarm;
  readonly unhealthyNodes: cloudwatch.Alarm;
}

/**
 * Alarms of both slots and of the load balancer. A slot without requests has INSUFFICIENT_DATA and not OK: whoever
 * decides by an alarm must see that nothing was measured. Only the load balancer's own errors are published when there
 * are any and are none otherwise, so there nothing means good. The percentile is evaluated however few requests there
 * were: to ignore few of them would leave a slot at 5 % of a quiet system without a state for the whole of its bake
 * (CloudWatch User Guide, "Percentile-based CloudWatch alarms and low data samples": p99 needs 1,000).
 */
export class EdgeAlarms extends Construct {
  readonly blue: SlotAlarms;
  readonly green: SlotAlarms;
  readonly loadBalancerErrors: cloudwatch.Alarm;
  readonly all: readonly cloudwatch.Alarm[];
  /** Alarm names by what they watch. */
  readonly names: Readonly<Record<Slot | 'loadBalancer', readonly string[]>>;

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly spec: EdgeSpec['alarms'];
      readonly metrics: Readonly<Record<Slot, SlotMetrics>>;
      readonly loadBalancerFullName: string;
    },
  ) {
    super(scope, id);
    const { spec, metrics } = props;
    const [blue, green] = SLOTS.map((slot) => this.ofSlot(slot, metrics[slot], spec));
    this.blue = blue!;
    this.green = green!;
    this.loadBalancerErrors = loadBalancerErrorShare(props.loadBalancerFullName).createAlarm(
      this,
      'LoadBalancerErrors',
      {
        ...THREE_OF_FIVE,
        threshold: spec.errorShare,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        alarmDescription: `the load balancer itself answers more than a share of ${spec.errorShare} with 5xx`,
      },
    );
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

  private ofSlot(slot: Slot, metrics: SlotMetrics, spec: EdgeSpec['alarms']): SlotAlarms {
    const above = (name: string, metric: cloudwatch.IMetric, threshold: number, description: string) =>
      new cloudwatch.Alarm(this, `${capital(slot)}${name}`, {
        ...THREE_OF_FIVE,
        metric,
        threshold,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.MISSING,
        alarmDescription: `${slot}: ${description}`,
      });
    return {
      errorShare: above(
        'ErrorShare',
        metrics.errorShare(),
        spec.errorShare,
        `more than a share of ${spec.errorShare} of the requests end in 5xx or without a connection to a node`,
      ),
      p99: above('P99', metrics.p99(), spec.p99Seconds, `the slowest hundredth takes longer than ${spec.p99Seconds} s`),
      unhealthyNodes: above('UnhealthyNodes', metrics.unhealthyNodes(), 0, 'a node does not answer its health checks'),
    };
  }
}

const listed = ({ errorShare, p99, unhealthyNodes }: SlotAlarms): cloudwatch.Alarm[] => [
  errorShare,
  p99,
  unhealthyNodes,
];

/** Minutes: one bad minute is noise, three of five are not. */
const THREE_OF_FIVE = { evaluationPeriods: 5, datapointsToAlarm: 3 } as const;
