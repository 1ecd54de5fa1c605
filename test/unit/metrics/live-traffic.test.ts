import { liveTraffic } from '../../../lib/metrics/live-traffic';
import type { Minute, MinuteReading } from '../../../lib/traffic/minutes';

const NOW = new Date('2026-11-21T20:30:00Z');
const source = (minutes: readonly Partial<Minute>[], more: Partial<MinuteReading> = {}) => {
  const asked: [Date, Date][] = [];
  return {
    asked,
    read: (from: Date, to: Date): Promise<MinuteReading> => {
      asked.push([from, to]);
      return Promise.resolve({
        source: 'CloudWatch',
        periodSeconds: 60,
        minutes: minutes.map((minute) => ({ at: '2026-11-21T20:00:00Z', settled: true, slots: {}, ...minute })),
        ...more,
      });
    },
  };
};

test('requests a minute and rates of a slot over the settled minutes that have its data', async () => {
  const { read, asked } = source([
    { slots: { blue: { requests: 100, errors: 1, slow: 4 }, green: { requests: 9, errors: 9 } } },
    { slots: { green: { requests: 9, errors: 9 } } },
    { slots: { blue: { requests: 300, errors: 3, slow: 0 } } },
    { slots: { blue: { requests: 7, errors: 7, slow: 7 } }, settled: false },
  ]);
  expect(await liveTraffic(read, 'blue', NOW)).toEqual({
    slot: 'blue',
    source: 'CloudWatch',
    requestsPerMinute: 200,
    errorRate: 0.01,
    slowRate: 0.01,
    periodSeconds: 60,
    minutes: [
      { requests: 100, errors: 1, slow: 4 },
      { requests: 300, errors: 3, slow: 0 },
    ],
  });
  expect(asked).toEqual([[new Date('2026-11-21T20:00:00Z'), NOW]]);
});
test('refusals by status where every minute has them, and that the reading is stale', async () => {
  const refusals = { 401: 5, 403: 0, 429: 1 };
  const { read } = source([{ slots: { blue: { requests: 10, errors: 0, refusals } } }], { staleSeconds: 300 });
  expect(await liveTraffic(read, 'blue', NOW)).toMatchObject({
    refusalRates: { 401: 0.5, 403: 0, 429: 0.1 },
    staleSeconds: 300,
  });
});
test('periods that are shorter than a minute count as what they are', async () => {
  const { read } = source([{ slots: { blue: { requests: 10, errors: 0 } } }], { periodSeconds: 1 });
  expect((await liveTraffic(read, 'blue', NOW))?.requestsPerMinute).toBe(600);
});
test('without any data nobody can tell: undefined, not zero', async () => {
  expect(await liveTraffic(source([]).read, 'blue', NOW)).toBeUndefined();
});
