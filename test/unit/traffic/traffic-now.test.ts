import { trafficOf } from '../../../lib/traffic/traffic-now';
import { minuteAt, minutes, reading } from './readings';

const BLUE = { requests: 100, errors: 1 };

describe('the traffic that a slot has', () => {
  test('a minute, whatever the period', () => {
    expect(trafficOf(reading(minutes(0, 10, BLUE)), 'blue')).toEqual({
      requestsPerMinute: 100,
      errorRate: 0.01,
      source: 'CloudWatch',
    });
    expect(trafficOf(reading(minutes(0, 10, BLUE), { periodSeconds: 10 }), 'blue')!.requestsPerMinute).toBe(600);
  });

  test('with what else the source tells', () => {
    const all = { ...BLUE, slow: 5, refusals: { '401': 2, '403': 0, '429': 1 } };
    expect(trafficOf(reading(minutes(0, 10, all)), 'blue')).toMatchObject({
      slowRate: 0.05,
      refusalRates: { '401': 0.02, '403': 0, '429': 0.01 },
    });
  });

  test('periods that are not settled do not count', () => {
    const open = { ...minuteAt(1, { requests: 7, errors: 7 }), settled: false };
    expect(trafficOf(reading([minuteAt(0, BLUE), open]), 'blue')).toMatchObject({ errorRate: 0.01 });
  });

  test('without data nobody can tell', () => {
    expect(trafficOf(reading([]), 'blue')).toBeUndefined();
    expect(trafficOf(reading(minutes(0, 10, BLUE)), 'green')).toBeUndefined();
    expect(trafficOf(reading(minutes(0, 10, { requests: 0, errors: 0 })), 'blue')).toBeUndefined();
  });
});
