import type { RDSClient } from '@aws-sdk/client-rds';
import { pointInTime, type PointInTimeRequest } from '../../../lib/datastore/point-in-time';
import type { DatabaseReading } from '../../../lib/datastore/read-database';

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);
const MINUTE = 60_000;
const source = { identifier: 'kong-blue' } as DatabaseReading;
const at = (time: number): string => new Date(time).toISOString();

/** RDS backs the log up every five minutes of virtual time, or never again with `stuck`. */
async function locked(
  request: PointInTimeRequest,
  { retention = 7, stuck = false, now = NOW }: { retention?: number; stuck?: boolean; now?: number } = {},
) {
  let clock = now;
  const latest = () => new Date(Math.floor((stuck ? NOW - MINUTE : clock) / (5 * MINUTE)) * 5 * MINUTE - 1000);
  const rds = {
    send: () =>
      Promise.resolve({
        DBInstances: [
          {
            BackupRetentionPeriod: retention,
            InstanceCreateTime: new Date(NOW - 3 * 24 * 60 * MINUTE),
            LatestRestorableTime: latest(),
          },
        ],
      }),
  } as unknown as RDSClient;
  const shares: number[] = [];
  const time = await pointInTime(rds, source, request, {
    now: () => clock,
    sleep: (milliseconds) => Promise.resolve(void (clock += milliseconds)),
    began: () => undefined,
    progress: (_, share) => void shares.push(share ?? -1),
  });
  return { time, latest: latest().getTime(), waited: clock - now, shares };
}

describe('a point in time to restore to', () => {
  test('is the present, and RDS can restore it when the wait ends', async () => {
    const { time, latest, waited, shares } = await locked({ frozenSince: at(NOW - MINUTE) });
    expect(time).toBe('2026-11-22T10:00:00Z');
    expect(latest).toBeGreaterThan(NOW);
    expect(waited).toBeLessThanOrEqual(6 * MINUTE);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('is never before the freeze, of whichever clock that is, and never a fraction of a second earlier', async () => {
    const { time, latest } = await locked({ frozenSince: at(NOW + MINUTE + 1) });
    expect(time).toBe('2026-11-22T10:01:01Z');
    expect(latest).toBeGreaterThan(Date.parse(time));
  });

  test('is the present too where the freeze was written by hand and nobody knows since when', async () => {
    expect((await locked({ frozenSince: 'unknown' })).time).toBe('2026-11-22T10:00:00Z');
  });

  test('may be given, and needs no wait when RDS can restore it already', async () => {
    const time = '2026-11-22T09:40:00Z';
    expect(await locked({ frozenSince: at(NOW - 30 * MINUTE), time })).toMatchObject({ time, waited: 0 });
  });

  test.each<[string, string, PointInTimeRequest, { retention?: number; stuck?: boolean }]>([
    [
      'before the freeze',
      'POINT_IN_TIME_BEFORE_FREEZE',
      { frozenSince: at(NOW - MINUTE), time: '2026-11-22T09:58:00Z' },
      {},
    ],
    [
      'of a freeze of unknown age',
      'POINT_IN_TIME_BEFORE_FREEZE',
      { frozenSince: 'unknown', time: '2026-11-22T09:58:00Z' },
      {},
    ],
    ['in the future', 'POINT_IN_TIME_OUT_OF_RANGE', { time: '2026-11-22T10:00:01Z' }, {}],
    ['before the backups', 'POINT_IN_TIME_OUT_OF_RANGE', { time: '2026-11-21T09:59:59Z' }, { retention: 1 }],
    ['before the database was made', 'POINT_IN_TIME_OUT_OF_RANGE', { time: '2026-11-19T09:00:00Z' }, {}],
    ['of a database without backups', 'POINT_IN_TIME_WITHOUT_BACKUPS', {}, { retention: 0 }],
    ['that RDS never reaches', 'POINT_IN_TIME_LATE', { frozenSince: at(NOW) }, { stuck: true }],
  ])('%s is refused: %s', async (_, code, request, world) => {
    await expect(locked(request, world)).rejects.toMatchObject({ code });
  });
});
