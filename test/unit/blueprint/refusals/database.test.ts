import fc from 'fast-check';
import {
  databaseSmallerThanLive,
  datastoreShared,
  iopsImpossible,
  storageBelowSnapshot,
} from '../../../../lib/blueprint/refusals/database';
import { EXISTING_DATASTORE } from '../adopted';
import { BLUE, GREEN, lockOf, NO_LOCK, refused, settingsOf } from '../settings-of';

const withDatabases = (blue: object, green: object, live: 'blue' | 'green' = 'blue') =>
  settingsOf({
    live,
    slots: {
      blue: { ...BLUE, datastore: { new: blue } },
      green: { ...GREEN, datastore: { snapshot: { id: 'snap-1', ...green } } },
    },
  });

const database = fc.record({
  instanceClass: fc.constantFrom('db.t4g.medium', 'db.m6g.large', 'db.r6g.xlarge', 'db.unknown.large'),
  allocatedStorageGib: fc.integer({ min: 20, max: 2000 }),
  storageType: fc.constantFrom('gp2' as const, 'gp3' as const),
  multiAz: fc.boolean(),
});

/** As RDS reports such a volume: iops also where they were not asked for. */
const lockedAs = (size: { storageType: string; allocatedStorageGib: number }) =>
  lockOf('green', {
    ...size,
    iops: size.storageType === 'gp3' ? (size.allocatedStorageGib >= 400 ? 12000 : 3000) : undefined,
  });

describe('refusals about the databases', () => {
  test('given equal databases, then they are never refused', () => {
    fc.assert(
      fc.property(database, fc.constantFrom('blue' as const, 'green' as const), (size, live) => {
        expect(refused(databaseSmallerThanLive, withDatabases(size, size, live), lockedAs(size))).toEqual([]);
      }),
    );
  });

  test('given nothing said about green, then it takes over what the lock says and nothing is refused', () => {
    fc.assert(
      fc.property(database, (size) => {
        expect(refused(databaseSmallerThanLive, withDatabases(size, {}), lockedAs(size))).toEqual([]);
      }),
    );
  });

  test.each([
    [{ instanceClass: 'db.t4g.small' }, 'instanceClass', 'instanceClass db.t4g.small (green), db.t4g.medium (blue)'],
    [{ allocatedStorageGib: 50 }, 'allocatedStorageGib', 'allocatedStorageGib 50 (green), 100 (blue)'],
    [{ storageType: 'gp2' }, 'storageType', 'storageType gp2 (green), gp3 (blue)'],
    [{ multiAz: false }, 'multiAz', 'multiAz false (green), true (blue)'],
  ])('given green with %p, then it is refused and both values are named', (green, key, found) => {
    expect(refused(databaseSmallerThanLive, withDatabases({}, green), lockOf('green'))).toEqual([
      ['DATABASE_SMALLER_THAN_LIVE', `slots.green.datastore.snapshot.${key}`, found],
    ]);
  });

  test('given fewer iops of the same storage type, then it is refused', () => {
    const size = { storageType: 'io1', iops: 5000 };
    expect(
      refused(databaseSmallerThanLive, withDatabases(size, { ...size, iops: 3000 }), lockOf('green', size)),
    ).toEqual([
      ['DATABASE_SMALLER_THAN_LIVE', 'slots.green.datastore.snapshot.iops', 'iops 3000 (green), 5000 (blue)'],
    ]);
  });

  test('given a large gp3 volume, then unstated iops are the 12000 that it has', () => {
    const size = { storageType: 'gp3', allocatedStorageGib: 500 };
    expect(
      refused(databaseSmallerThanLive, withDatabases(size, size, 'green'), lockOf('green', { ...size, iops: 12000 })),
    ).toEqual([]);
    expect(
      refused(
        databaseSmallerThanLive,
        withDatabases({ ...size, iops: 16000 }, {}),
        lockOf('green', { ...size, iops: 12000 }),
      ),
    ).toHaveLength(1);
  });

  test('given a blue that was smaller in the settings than the source of the snapshot really was, then the source counts', () => {
    const settings = withDatabases({}, { instanceClass: 'db.t4g.medium' });
    expect(refused(databaseSmallerThanLive, settings, lockOf('green', { instanceClass: 'db.m6g.large' }))).toEqual([
      [
        'DATABASE_SMALLER_THAN_LIVE',
        'slots.green.datastore.snapshot.instanceClass',
        'instanceClass db.t4g.medium (green), db.m6g.large (snapshot source)',
      ],
    ]);
  });

  test('given a class that cannot be compared, then it is refused', () => {
    expect(
      refused(databaseSmallerThanLive, withDatabases({}, { instanceClass: 'db.x2g.large' }), lockOf('green')),
    ).toHaveLength(1);
  });

  test('given an existing database of unknown size as live, then only the source of the snapshot is compared', () => {
    const settings = settingsOf({ slots: { blue: { ...BLUE, datastore: EXISTING_DATASTORE }, green: GREEN } });
    expect(refused(databaseSmallerThanLive, settings, lockOf('green'))).toEqual([]);
  });

  test('given a live slot alone, then less storage than its snapshot is refused and a smaller class is not', () => {
    const alone = (more: object) =>
      settingsOf({ live: 'green', slots: { green: { ...GREEN, datastore: { snapshot: { id: 'snap-1', ...more } } } } });
    expect(refused(storageBelowSnapshot, alone({ allocatedStorageGib: 50 }), lockOf('green'))).toEqual([
      ['DATABASE_SMALLER_THAN_SNAPSHOT', 'slots.green.datastore.snapshot.allocatedStorageGib', '50 < 100'],
    ]);
    expect(refused(storageBelowSnapshot, alone({ instanceClass: 'db.t4g.micro' }), lockOf('green'))).toEqual([]);
    expect(refused(databaseSmallerThanLive, alone({ instanceClass: 'db.t4g.micro' }), lockOf('green'))).toEqual([]);
  });

  describe('one database for both slots', () => {
    const existing = (more: object = {}) => ({ existing: { ...EXISTING_DATASTORE.existing, ...more } });
    const shared = (blue: object, green: object) =>
      refused(
        datastoreShared,
        settingsOf({
          slots: { blue: { ...BLUE, datastore: blue as never }, green: { ...GREEN, datastore: green as never } },
        }),
      );

    test('given the same identifier, then it is refused', () => {
      expect(shared(existing(), existing({ host: 'alias.example.test' }))).toEqual([
        ['DATASTORE_SHARED', 'slots.green.datastore.existing', 'old-database'],
      ]);
    });

    test('given the same host under another identifier, then it is refused', () => {
      expect(shared(existing(), existing({ identifier: 'another' }))).toEqual([
        ['DATASTORE_SHARED', 'slots.green.datastore.existing', 'another'],
      ]);
    });

    test('given green on the database that was made for blue, then it is refused', () => {
      expect(shared({ new: {} }, existing({ identifier: 'kong-blue' }))).toEqual([
        ['DATASTORE_SHARED', 'slots.green.datastore.existing', 'kong-blue'],
      ]);
    });

    test('given blue on the database that was made for green, then it is refused', () => {
      expect(shared(existing({ identifier: 'kong-green' }), { new: {} })).toEqual([
        ['DATASTORE_SHARED', 'slots.blue.datastore.existing', 'kong-green'],
      ]);
    });

    test('given two databases, then nothing is refused', () => {
      expect(shared(existing(), existing({ identifier: 'another', host: 'another.example.test' }))).toEqual([]);
      expect(shared(existing(), { snapshot: { id: 'snap-1' } })).toEqual([]);
      expect(shared({ new: {} }, { snapshot: { id: 'snap-1' } })).toEqual([]);
    });

    test('the refusal says why and what to do', () => {
      const [refusal] = datastoreShared(
        settingsOf({
          slots: {
            blue: { ...BLUE, datastore: EXISTING_DATASTORE },
            green: { ...GREEN, datastore: EXISTING_DATASTORE },
          },
        }),
        NO_LOCK,
      );
      expect(refusal?.problem).toContain('from 2.x to 3.x');
      expect(refusal?.remedy).toContain('kong-dual-cluster snapshot --for green');
    });
  });

  test.each([
    [{ storageType: 'gp3', iops: 4000 }, 1],
    [{ storageType: 'gp2', iops: 4000, allocatedStorageGib: 500 }, 1],
    [{ storageType: 'gp3', iops: 12000, allocatedStorageGib: 400 }, 0],
    [{ storageType: 'io1', iops: 1000 }, 0],
    [{ storageType: 'io1' }, 1],
    [{}, 0],
  ])('given %p, then %d refusals about iops', (size, count) => {
    expect(refused(iopsImpossible, withDatabases(size, {}), lockOf('green'))).toHaveLength(count);
  });
});
