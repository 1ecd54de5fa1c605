import fc from 'fast-check';
import { refusals } from '../../../lib/blueprint/refusals';
import { lockedSource, restoredFrom } from '../../../lib/blueprint/restored';
import type { LockedSource, SettingsInput } from '../../../lib/settings/schema';
import { BLUE, lockOf, lockOfTime, NO_LOCK, settingsOf, SNAPSHOT, type SlotInput } from './settings-of';

const green = (datastore: SlotInput['datastore'], more: Partial<SlotInput>, rest: Partial<SettingsInput>) =>
  settingsOf({ ...rest, slots: { blue: BLUE, green: { version: '3.4', ...more, datastore } } });

describe('a database that is restored', () => {
  test('is one of a snapshot or of a point in time, and not a new one', () => {
    const of = (datastore: SlotInput['datastore']) => restoredFrom(green(datastore, {}, {}).slots.green!)?.kind;
    expect(of({ snapshot: { id: 'snap-1' } })).toBe('snapshot');
    expect(of({ pointInTime: { time: 'latest' } })).toBe('pointInTime');
    expect(of({ new: {} })).toBeUndefined();
  });

  test('has one source in the lock file, whichever way', () => {
    expect(lockedSource(lockOf('green'), 'green')?.sourceResourceId).toBe('db-AAAA');
    expect(lockedSource(lockOfTime('green'), 'green')?.sourceResourceId).toBe('db-AAAA');
    expect(lockedSource(NO_LOCK, 'green')).toBeUndefined();
  });

  test('law: of size, storage, version, stops and place is refused to a point in time what is refused to a snapshot', () => {
    const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({
          instanceClass: maybe('db.t4g.small', 'db.t4g.large'),
          allocatedStorageGib: maybe(50, 100, 400),
          storageType: maybe('gp2' as const, 'gp3' as const, 'io1' as const),
          iops: maybe(3000, 12000),
          multiAz: maybe(true, false),
        }),
        fc.record({ version: fc.constantFrom('3.4', '3.10', '2.8'), stops: maybe([{ version: '3.4' }]) }),
        fc.record({
          live: fc.constantFrom('blue' as const, 'green' as const),
          region: maybe('us-east-1', 'eu-central-1'),
        }),
        fc.record({ runningNodes: fc.constantFrom(1, 2, 9), kongVersion: fc.constantFrom('2.8', '3.4') }),
        (size, slot, rest, locked: Partial<LockedSource>) => {
          const told = (kind: 'snapshot' | 'pointInTime') =>
            refusals(
              green(
                kind === 'snapshot'
                  ? { snapshot: { id: 'snap-1', ...size } }
                  : { pointInTime: { time: SNAPSHOT.takenAt, ...size } },
                slot,
                rest,
              ),
              kind === 'snapshot' ? lockOf('green', locked) : lockOfTime('green', locked),
            ).map(({ code, path, found }) => [
              code,
              path.join('.'),
              found.replace('(snapshot source)', '(restored source)'),
            ]);
          const asTime = told('snapshot').map(([code, path = '', found]) => [
            code,
            path.replace('snapshot', 'pointInTime'),
            found,
          ]);
          expect(told('pointInTime')).toEqual(asTime);
        },
      ),
    );
  });
});
