import { SLOTS } from '../../traffic/weights';
import type { Check } from './refusal';

/** The lock is what keeps a database from being restored a second time; only `snapshot` writes it. */
export const snapshotNotLocked: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const datastore = slots[slot]?.datastore;
    if (datastore === undefined || !('snapshot' in datastore)) return [];
    const { id } = datastore.snapshot;
    const locked = lock.slots[slot]?.snapshot;
    if (locked !== undefined && (id === locked.id || id === locked.arn)) return [];
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

/** Taking the snapshot out of the settings would make an empty database in place of the restored one. */
export const datastoreReplaced: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const locked = lock.slots[slot]?.snapshot;
    if (settings === undefined || locked === undefined || 'snapshot' in settings.datastore) return [];
    return [
      {
        code: 'DATASTORE_REPLACED',
        path: ['slots', slot, 'datastore'],
        problem: `the database of ${slot} was restored from a snapshot, and this would put another one in its place`,
        found: `datastore.${Object.keys(settings.datastore).join()}, locked: snapshot ${locked.id}`,
        remedy: `set slots.${slot}.datastore.snapshot.id to ${locked.id}; to begin anew, destroy the stack of ${slot} and remove slots.${slot} from dual-cluster.lock.json`,
      },
    ];
  });

/** A snapshot is restored where it is. */
export const snapshotElsewhere: Check = ({ slots, account, region }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const locked = lock.slots[slot]?.snapshot;
    if (settings === undefined || locked === undefined || !('snapshot' in settings.datastore)) return [];
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
        problem: `the snapshot of ${slot} is in another ${key}`,
        found: `${stated}, locked: ${lockedValue}`,
        remedy: `set ${key}: ${key === 'account' ? `'${lockedValue}'` : lockedValue}, or take a snapshot there with \`kong-dual-cluster snapshot --for ${slot}\``,
      }));
  });
