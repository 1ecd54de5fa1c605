import { readAlarms } from '../../../lib/metrics/alarms';

interface Alarm {
  AlarmName: string;
  StateValue?: string;
  StateReason?: string;
}
/**
 * DescribeAlarms: at most 100 names at once; metric and composite alarms in two lists, composite ones only when
 * AlarmTypes names them; a name that does not exist is left out; pages (CloudWatch API). Pages of two here.
 */
function cloudWatch(metric: Alarm[], composite: Alarm[] = []) {
  const asked: string[][] = [];
  const send = ({ input }: { input: { AlarmNames: string[]; AlarmTypes?: string[]; NextToken?: string } }) => {
    if (input.AlarmNames.length > 100) return Promise.reject(new Error('ValidationError'));
    if (!input.NextToken) asked.push(input.AlarmNames);
    const all = [
      ...metric.map((alarm) => ({ kind: 'MetricAlarms', alarm })),
      ...composite
        .filter(() => input.AlarmTypes?.includes('CompositeAlarm'))
        .map((alarm) => ({ kind: 'CompositeAlarms', alarm })),
    ].filter(({ alarm }) => input.AlarmNames.includes(alarm.AlarmName));
    const start = Number(input.NextToken ?? 0);
    const page = all.slice(start, start + 2);
    const of = (kind: string) => page.filter((each) => each.kind === kind).map(({ alarm }) => alarm);
    return Promise.resolve({
      MetricAlarms: of('MetricAlarms'),
      CompositeAlarms: of('CompositeAlarms'),
      ...(start + 2 < all.length && { NextToken: String(start + 2) }),
    });
  };
  return { client: { send } as never, asked };
}

describe('readAlarms', () => {
  test('metric and composite alarms, in the order asked for, through all pages', async () => {
    const { client } = cloudWatch(
      [
        { AlarmName: 'a', StateValue: 'OK' },
        { AlarmName: 'b', StateValue: 'ALARM', StateReason: '5 > 1' },
        { AlarmName: 'x', StateValue: 'OK' },
      ],
      [{ AlarmName: 'c', StateValue: 'INSUFFICIENT_DATA' }],
    );
    expect(await readAlarms(client, ['c', 'b', 'a'])).toEqual([
      { name: 'c', state: 'INSUFFICIENT_DATA' },
      { name: 'b', state: 'ALARM', reason: '5 > 1' },
      { name: 'a', state: 'OK' },
    ]);
  });
  test('one that does not exist is MISSING, never left out', async () => {
    const { client } = cloudWatch([{ AlarmName: 'a', StateValue: 'OK' }]);
    expect(await readAlarms(client, ['a', 'typo'])).toEqual([
      { name: 'a', state: 'OK' },
      { name: 'typo', state: 'MISSING' },
    ]);
  });
  test('one without a state has no data', async () => {
    expect(await readAlarms(cloudWatch([{ AlarmName: 'a' }]).client, ['a'])).toEqual([
      { name: 'a', state: 'INSUFFICIENT_DATA' },
    ]);
  });
  test('250 names are asked for in hundreds', async () => {
    const names = Array.from({ length: 250 }, (_, i) => `alarm-${i}`);
    const { client, asked } = cloudWatch(names.map((AlarmName) => ({ AlarmName, StateValue: 'OK' })));
    const all = await readAlarms(client, names);
    expect(all.every(({ state }) => state === 'OK')).toBe(true);
    expect(asked.map(({ length }) => length)).toEqual([100, 100, 50]);
  });
  test('no names, no call', async () => {
    const { client, asked } = cloudWatch([]);
    expect(await readAlarms(client, [])).toEqual([]);
    expect(asked).toEqual([]);
  });
});
