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
    const tens = Array.from({ length: 10 }, (_, i) => minuteAt(i / 6, BLUE));
    expect(trafficOf(reading(tens, { periodSeconds: 10 }), 'blue')!.requestsPerMinute).toBe(600);
  });

  test('a slot that has requests now and then has few a minute, not as many as in the minutes that have some', () => {
    const rare = [0, 10, 20, 30, 39].map((minute) => minuteAt(minute, { requests: 8, errors: 0 }));
    expect(trafficOf(reading(rare), 'blue')!.requestsPerMinute).toBe(1);
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
