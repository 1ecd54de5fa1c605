import { ALARM_EVALUATION, listed, loadBalancerAlarm, slotAlarms } from '../../../lib/blueprint/alarms';
import { SLOTS } from '../../../lib/traffic/weights';

const of = {
  loadBalancerFullName: 'app/kong/1',
  targetGroupFullNames: { blue: 'targetgroup/blue/2', green: 'targetgroup/green/3' },
};
const thresholds = { errorShare: 0.02, p99Seconds: 1.5 };
const ofSlots = SLOTS.flatMap((slot) => listed(slotAlarms(thresholds, of, slot)));
const all = [...ofSlots, loadBalancerAlarm(thresholds, of)];

test('given the thresholds of the settings, then a slot has three alarms at them, and one for a single node', () => {
  const { errorShare, p99, unhealthyNodes } = slotAlarms(thresholds, of, 'blue');
  expect([errorShare, p99, unhealthyNodes].map(({ threshold }) => threshold)).toEqual([0.02, 1.5, 0]);
});

test('given no requests, then a slot has no data and is not fine; no errors of the load balancer are good', () => {
  expect(new Set(ofSlots.map(({ missingData }) => missingData))).toEqual(new Set(['missing']));
  expect(loadBalancerAlarm(thresholds, of).missingData).toBe('notBreaching');
});

test('given one bad minute, then nothing rings: three of five do', () => {
  expect(ALARM_EVALUATION).toEqual({ comparison: 'GreaterThanThreshold', evaluationPeriods: 5, datapointsToAlarm: 3 });
});

test('given all seven, then no two have an id or a name in common', () => {
  expect(all).toHaveLength(7);
  expect(new Set(all.map(({ id }) => id)).size).toBe(7);
  expect(new Set(all.map(({ name }) => name)).size).toBe(7);
});
