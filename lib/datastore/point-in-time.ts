import { DescribeDBInstancesCommand, type RDSClient } from '@aws-sdk/client-rds';
import { EXIT, KongDualClusterError } from '../errors';
import type { DatabaseReading } from './read-database';

export interface PointInTimeRequest {
  /**
   * Since when the configuration is frozen, ISO 8601; something else where nobody knows. Left out when the user applies every
   * change to both slots.
   */
  readonly frozenSince?: string | undefined;
  /** ISO 8601 in UTC, whole seconds. @default - now: RDS will be able to restore it some minutes later */
  readonly time?: string | undefined;
}

export interface PointInTimeWaiting {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told before the wait. @param time that will be restored, ISO 8601 */
  readonly began: (time: string) => void;
  /** @param latest what RDS can restore by now, ISO 8601; undefined when it does not say. @param share of the wait, 0 to 1 */
  readonly progress: (latest: string | undefined, share: number | undefined) => void;
}

/** What RDS says of a database's backups. */
interface Backups {
  /** 0: none are made. */
  readonly retentionDays: number;
  /** Milliseconds since the epoch. */
  readonly latest: number | undefined;
  readonly createdAt: number | undefined;
}

/** RDS lags about five minutes behind (RDS user guide, "Restoring a DB instance to a specified time"). */
const PATIENCE_MS = 30 * 60 * 1000;
const LOOK_MS = 15_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A time after the freeze that RDS can restore the database to; waits until it can. Nothing is made or changed.
 *
 * Unless a time is given it is that of the call, not the freeze's: a write that the load balancer let through while it learnt
 * the rule, or that was under way, is in the database by then.
 * @returns ISO 8601 in UTC, whole seconds
 * @throws KongDualClusterError POINT_IN_TIME_WITHOUT_BACKUPS, POINT_IN_TIME_BEFORE_FREEZE, POINT_IN_TIME_OUT_OF_RANGE,
 *   POINT_IN_TIME_LATE
 */
export async function pointInTime(
  rds: RDSClient,
  source: DatabaseReading,
  { frozenSince, time }: PointInTimeRequest,
  waiting: PointInTimeWaiting,
): Promise<string> {
  const began = waiting.now();
  const wanted = time === undefined ? Math.max(began, timeOf(frozenSince) ?? 0) : Date.parse(time);
  const first = await readBackups(rds, source.identifier);
  if (first.retentionDays === 0) throw withoutBackups(source);
  if (time !== undefined) refuseTime(time, first, frozenSince, began);
  const said = inSeconds(wanted);
  const at = Date.parse(said);
  waiting.began(said);
  // It must be before the latest time, and a fraction of a second counts (RDS API, RestoreDBInstanceToPointInTime.RestoreTime).
  for (
    let now = first;
    !(now.latest !== undefined && now.latest > at);
    now = await readBackups(rds, source.identifier)
  ) {
    if (waiting.now() - began > PATIENCE_MS) throw late(said, now.latest);
    const share =
      now.latest === undefined || first.latest === undefined
        ? undefined
        : Math.max(0, Math.min(1, (now.latest - first.latest) / (at - first.latest || 1)));
    waiting.progress(now.latest === undefined ? undefined : inSeconds(now.latest), share);
    await waiting.sleep(LOOK_MS);
  }
  return said;
}

async function readBackups(rds: RDSClient, identifier: string): Promise<Backups> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  const { BackupRetentionPeriod, LatestRestorableTime, InstanceCreateTime } = DBInstances?.[0] ?? {};
  return {
    retentionDays: BackupRetentionPeriod ?? 0,
    latest: LatestRestorableTime?.getTime(),
    createdAt: InstanceCreateTime?.getTime(),
  };
}

/** Of a time that a person gave. What RDS keeps exactly it says when it restores; here it is known to the day. */
function refuseTime(
  time: string,
  { retentionDays, createdAt = 0 }: Backups,
  frozenSince: string | undefined,
  now: number,
): void {
  const at = Date.parse(time);
  const frozen = frozenSince === undefined ? undefined : timeOf(frozenSince);
  if (frozenSince !== undefined && (frozen === undefined || at < frozen)) {
    throw new KongDualClusterError(
      'POINT_IN_TIME_BEFORE_FREEZE',
      'the time is before the freeze, so that a write may lie between them and would not be on the new slot',
      {
        found: `${time}, frozen since ${frozen === undefined ? 'an unknown time' : frozenSince}`,
        remedy: 'leave the time out: the present is taken, which RDS can restore in about five minutes',
        exitCode: EXIT.preflightRefused,
      },
    );
  }
  const earliest = Math.max(createdAt, now - retentionDays * DAY_MS);
  if (at < earliest || at > now) {
    throw new KongDualClusterError('POINT_IN_TIME_OUT_OF_RANGE', 'RDS cannot restore the database to this time', {
      found: `${time}, backups of ${retentionDays} days: ${inSeconds(earliest)} to ${inSeconds(now)}`,
      remedy: 'give a time in between, or leave it out to take the present',
      exitCode: EXIT.preflightRefused,
    });
  }
}

const withoutBackups = ({ identifier }: DatabaseReading): KongDualClusterError =>
  new KongDualClusterError(
    'POINT_IN_TIME_WITHOUT_BACKUPS',
    'the database has no automated backups, and without them RDS restores no point in time',
    {
      found: `${identifier}, backup retention 0 days`,
      remedy: 'take a snapshot: leave --point-in-time out (to switch backups on restarts the database)',
      exitCode: EXIT.preflightRefused,
    },
  );

const late = (time: string, latest: number | undefined): KongDualClusterError =>
  new KongDualClusterError(
    'POINT_IN_TIME_LATE',
    'RDS does not catch up: it backs its log up about every five minutes, and half an hour was waited',
    {
      found: `${latest === undefined ? 'nothing' : inSeconds(latest)} can be restored, wanted ${time}`,
      remedy:
        'look at the events of the database (`aws rds describe-events`) and run it again, or take a snapshot: leave --point-in-time out',
    },
  );

const timeOf = (text: string | undefined): number | undefined => {
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

/** Whole seconds, as RDS restores; never earlier than what was meant. */
const inSeconds = (time: number): string => `${new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19)}Z`;
