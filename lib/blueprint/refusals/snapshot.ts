import { SLOTS } from '../../traffic/weights';
import { lockedSource, restoredFrom } from '../restored';
import type { Check } from './refusal';

/** The lock is what keeps a database from being restored a second time; only `snapshot` writes it. */
export const snapshotNotLocked: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const datastore = slots[slot]?.datastore;
    if (datastore === undefined || !('snapshot' in datastore)) return [];
    const { id } = datastore.snapshot;
    const locked = lock.slots[slot]?.snapshot;
    if (locked !== undefined && (id === locked.id || id === locked.arn)) return [];
    // Locked to a point in time: datastoreReplaced says it.
    if (lock.slots[slot]?.pointInTime) return [];
    return [
      {
        code: 'SNAPSHOT_NOT_LOCKED',
        path: ['slots', slot, 'datastore', 'snapshot', 'id'],
        problem:
          locked === undefined
            ? `the lock file names no snapshot for ${slot}`
            : `the lock file names another snapshot for ${slot}, and a database is restored once`,
        found: locked === undefined ? id : `${id}, locked: ${locked.id}`,
        remedy:
          locked === undefined
            ? `run \`kong-dual-cluster snapshot --for ${slot}\` and use the id it prints`
            : `set it to ${locked.id}; for a new copy destroy the stack of ${slot} first, then run \`kong-dual-cluster snapshot --for ${slot}\``,
      },
    ];
  });

/** The same of a point in time: `snapshot --point-in-time` has seen that it lies after the freeze and can be restored. */
export const pointInTimeNotLocked: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const datastore = slots[slot]?.datastore;
    if (datastore === undefined || !('pointInTime' in datastore)) return [];
    const { time } = datastore.pointInTime;
    const locked = lock.slots[slot]?.pointInTime;
    // What RDS can restore later is later than what it could restore then.
    if (locked !== undefined && (time === 'latest' || Date.parse(time) === Date.parse(locked.takenAt))) return [];
    if (lock.slots[slot]?.snapshot) return [];
    const command = `kong-dual-cluster snapshot --for ${slot} --point-in-time`;
    return [
      {
        code: 'POINT_IN_TIME_NOT_LOCKED',
        path: ['slots', slot, 'datastore', 'pointInTime', 'time'],
        problem:
          locked === undefined
            ? `the lock file names no point in time for ${slot}`
            : `the lock file names another point in time for ${slot}, and a database is restored once`,
        found: locked === undefined ? time : `${time}, locked: ${locked.takenAt}`,
        remedy:
          locked === undefined
            ? `run \`${command}\` and use the time it prints`
            : `set it to ${locked.takenAt}; for newer data destroy the stack of ${slot} first, then run \`${command}\``,
      },
    ];
  });

/** Taking the restore out of the settings would make another database in place of the restored one: an empty one, or of other data. */
export const datastoreReplaced: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const { snapshot, pointInTime } = lock.slots[slot] ?? {};
    const locked = snapshot ? 'snapshot' : pointInTime ? 'pointInTime' : undefined;
    if (settings === undefined || locked === undefined || restoredFrom(settings)?.kind === locked) return [];
    const [from, what, mend] = snapshot
      ? ['from a snapshot', `snapshot ${snapshot.id}`, `snapshot.id to ${snapshot.id}`]
      : ['to a point in time', `pointInTime ${pointInTime?.takenAt}`, `pointInTime.time to ${pointInTime?.takenAt}`];
    return [
      {
        code: 'DATASTORE_REPLACED',
        path: ['slots', slot, 'datastore'],
        problem: `the database of ${slot} was restored ${from}, and this would put another one in its place`,
        found: `datastore.${Object.keys(settings.datastore).join()}, locked: ${what}`,
        remedy: `set slots.${slot}.datastore.${mend}; to begin anew, destroy the stack of ${slot} and remove slots.${slot} from dual-cluster.lock.json`,
      },
    ];
  });

/** Data are restored where they are. */
export const snapshotElsewhere: Check = ({ slots, account, region }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const locked = lockedSource(lock, slot);
    const kind = settings && restoredFrom(settings)?.kind;
    if (locked === undefined || kind === undefined) return [];
    const [what, flag] = kind === 'snapshot' ? ['snapshot', ''] : ['source', ' --point-in-time'];
    return (
      [
        ['account', account, locked.account],
        ['region', region, locked.region],
      ] as const
    )
      .filter(([, stated, lockedValue]) => stated !== undefined && stated !== lockedValue)
      .map(([key, stated, lockedValue]) => ({
        code: 'SNAPSHOT_ELSEWHERE',
        path: [key],
        problem: `the ${what} of ${slot} is in another ${key}`,
        found: `${stated}, locked: ${lockedValue}`,
        remedy: `set ${key}: ${key === 'account' ? `'${lockedValue}'` : lockedValue}, or take one there with \`kong-dual-cluster snapshot --for ${slot}${flag}\``,
      }));
  });
