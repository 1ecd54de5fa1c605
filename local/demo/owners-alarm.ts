import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { World } from '../world/world';
import { clientOptions } from './run';

/** Name of the alarm that stands for what an owner watches besides Kong: orders that are paid for. */
export const OWNERS_ALARM = 'demo-checkout';

/**
 * An alarm of the owner's on a metric without data; `TreatMissingData: ignore` keeps the state that is set by hand (AWS
 * CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data").
 */
export class OwnersAlarm {
  private readonly cloudWatch: CloudWatchClient;

  constructor(run: { readonly world: World }) {
    this.cloudWatch = new CloudWatchClient(clientOptions(run));
  }

  async create(): Promise<void> {
    await this.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: OWNERS_ALARM,
        AlarmDescription: 'orders that are paid for, as the demo would have them',
        Namespace: 'Demo/Checkout',
        MetricName: 'PaidOrders',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'ignore',
      }),
    );
    await this.set('OK');
  }

  /** @returns milliseconds since the epoch when AWS had answered */
  async set(state: 'OK' | 'ALARM'): Promise<number> {
    await this.cloudWatch.send(
      new SetAlarmStateCommand({
        AlarmName: OWNERS_ALARM,
        StateValue: state,
        StateReason: 'set by hand, by the demo',
      }),
    );
    return Date.now();
  }
}
