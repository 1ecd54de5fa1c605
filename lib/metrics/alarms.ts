import { DescribeAlarmsCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading } from '../traffic/gates';

/** DescribeAlarms takes this many names at once (AWS CloudWatch API). */
const NAMES_A_CALL = 100;

/** Metric and composite alarms by name, in the order asked for; one that does not exist is `MISSING`, never left out. */
export async function readAlarms(cloudWatch: CloudWatchClient, names: readonly string[]): Promise<AlarmReading[]> {
  const found = new Map<string, AlarmReading>();
  for (let i = 0; i < names.length; i += NAMES_A_CALL) {
    const asked = names.slice(i, i + NAMES_A_CALL);
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(
        new DescribeAlarmsCommand({
          AlarmNames: asked,
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: NAMES_A_CALL,
          NextToken,
        }),
      );
      for (const { AlarmName, StateValue, StateReason } of [
        ...(page.MetricAlarms ?? []),
        ...(page.CompositeAlarms ?? []),
      ]) {
        const name = AlarmName ?? '';
        found.set(name, {
          name,
          state: StateValue ?? 'INSUFFICIENT_DATA',
          ...(StateReason !== undefined && { reason: StateReason }),
        });
      }
      NextToken = page.NextToken;
    } while (NextToken);
  }
  return names.map((name) => found.get(name) ?? { name, state: 'MISSING' });
}
