import { clusterSpec, stopTimeoutSeconds } from '../../../lib/blueprint/cluster';
import type { Lock } from '../../../lib/settings/schema';
import { EXISTING_DATASTORE } from './adopted';
import { BLUE, GREEN, lockOf, lockOfTime, NO_LOCK, settingsOf, SNAPSHOT } from './settings-of';
import type { SlotInput } from './settings-of';

const cluster = (slot: 'blue' | 'green', slots: { blue?: SlotInput; green?: SlotInput }, lock: Lock = NO_LOCK) => {
  const settings = settingsOf({ slots });
  return clusterSpec(settings, lock, slot, settings.slots[slot]!);
};

describe('the cluster that a slot describes', () => {
  test.each<[Partial<SlotInput>, string]>([
    [{}, 'kong:2.8'],
    [{ edition: 'enterprise' }, 'kong/kong-gateway:2.8'],
    [{ image: 'registry.example.test/kong:x' }, 'registry.example.test/kong:x'],
  ])('given %p, then its image is %s', (more, image) => {
    expect(cluster('blue', { blue: { ...BLUE, ...more } }).image).toBe(image);
  });

  test.each([
    [{ count: 3 }, { count: 3, min: 3, max: 9 }],
    [
      { count: 2, min: 1, max: 4 },
      { count: 2, min: 1, max: 4 },
    ],
    [{}, { count: 2, min: 2, max: 6 }],
  ])('given size %p, then it is %p', (size, expected) => {
    expect(cluster('blue', { blue: { ...BLUE, size } }).size).toMatchObject(expected);
  });

  test('a node is given the deregistration delay and ten seconds, and never more than Fargate allows', () => {
    expect([0, 30, 110].map(stopTimeoutSeconds)).toEqual([10, 40, 120]);
  });

  test('given a new database, then it is bootstrapped by the version of the slot', () => {
    const { datastore, migrations } = cluster('blue', { blue: BLUE });
    expect(datastore).toEqual({
      kind: 'new',
      identifier: 'kong-blue',
      engineVersion: '15',
      databaseName: 'kong',
      username: 'kong',
      instanceClass: 'db.t4g.medium',
      allocatedStorageGib: 100,
      storageType: 'gp3',
      multiAz: true,
    });
    expect(migrations).toMatchObject({
      mode: 'task',
      kind: 'bootstrap',
      stops: [{ version: '2.8', image: 'kong:2.8' }],
    });
    expect(migrations.forbiddenIdentifiers).toEqual(['kong-green']);
  });

  test('given a snapshot, then class, storage, engine and user are those of its source', () => {
    const { datastore, migrations } = cluster(
      'green',
      { blue: BLUE, green: GREEN },
      lockOf('green', { instanceClass: 'db.r6g.large', allocatedStorageGib: 250 }),
    );
    expect(datastore).toEqual({
      kind: 'snapshot',
      identifier: 'kong-green',
      snapshotId: 'snap-1',
      engineVersion: '15.18',
      databaseName: 'kong',
      username: 'kong',
      encrypted: true,
      instanceClass: 'db.r6g.large',
      allocatedStorageGib: 250,
      storageType: 'gp3',
      multiAz: true,
    });
    expect(migrations).toMatchObject({ kind: 'upgrade', stops: [{ version: '3.4', image: 'kong:3.4' }] });
  });

  test('given the snapshot by its ARN, then the same identifier is restored: another text would replace the database', () => {
    const byArn = {
      ...GREEN,
      datastore: { snapshot: { id: 'arn:aws:rds:eu-central-1:123456789012:snapshot:snap-1' } },
    };
    expect(cluster('green', { blue: BLUE, green: byArn }, lockOf('green')).datastore).toMatchObject({
      snapshotId: 'snap-1',
    });
  });

  test('given a large gp3 volume, then its iops are taken over; those of a small one RDS would refuse', () => {
    const iops = (more: object) => cluster('green', { blue: BLUE, green: GREEN }, lockOf('green', more)).datastore;
    expect(iops({ allocatedStorageGib: 400, iops: 12000 })).toHaveProperty('iops', 12000);
    expect(iops({ allocatedStorageGib: 399, iops: 3000 })).not.toHaveProperty('iops');
    expect(iops({ storageType: 'io1', iops: 5000 })).toHaveProperty('iops', 5000);
  });

  test('given a point in time, then it is the locked one of the locked database, of its class, storage, engine and user', () => {
    const to = (time: string) => {
      const green = { ...GREEN, datastore: { pointInTime: { time, instanceClass: 'db.m6g.large' } } };
      return cluster('green', { blue: BLUE, green }, lockOfTime('green'));
    };
    expect(to(SNAPSHOT.takenAt).datastore).toMatchObject({
      kind: 'pointInTime',
      identifier: 'kong-green',
      sourceIdentifier: 'kong-blue',
      sourceResourceId: 'db-AAAA',
      restoreTime: '2026-11-21T12:00:00Z',
      engineVersion: '15.18',
      username: 'kong',
      instanceClass: 'db.m6g.large',
      allocatedStorageGib: 100,
      encrypted: true,
    });
    expect(to('latest').datastore).not.toHaveProperty('restoreTime');
    expect(to('latest').migrations).toMatchObject({ kind: 'upgrade', forbiddenIdentifiers: ['kong-blue'] });
  });

  test('given a snapshot and no lock, then it is refused', () => {
    expect(() => cluster('green', { blue: BLUE, green: GREEN })).toThrow(
      expect.objectContaining({ code: 'SNAPSHOT_NOT_LOCKED' }),
    );
  });

  test('given an existing database, then nothing is migrated, and plain connections stay plain', () => {
    const blue = { ...BLUE, datastore: { existing: { ...EXISTING_DATASTORE.existing, tls: false } } };
    const spec = cluster('blue', { blue });
    expect(spec.migrations).toMatchObject({ mode: 'none', stops: [] });
    expect(spec.environment.KONG_PG_SSL).toBe('off');
    expect(spec.datastore).toMatchObject({ kind: 'existing', identifier: 'old-database' });
  });

  test('a migration refuses the other slot’s database under every name it may have', () => {
    const slots = { blue: { ...BLUE, datastore: EXISTING_DATASTORE }, green: GREEN };
    const { forbiddenIdentifiers } = cluster('green', slots, lockOf('green', { sourceIdentifier: 'older' })).migrations;
    expect(forbiddenIdentifiers).toEqual(['kong-blue', 'old-database', 'older']);
  });

  test('given stops, then each migrates the copy with its own image, in order, and only the last serves', () => {
    const green = {
      ...GREEN,
      version: '3.10',
      edition: 'enterprise' as const,
      stops: [{ version: '3.4.2', edition: 'oss' as const }],
    };
    const spec = cluster('green', { blue: BLUE, green }, lockOf('green'));
    expect(spec.migrations.stops.map(({ version, image }) => [version, image])).toEqual([
      ['3.4.2', 'kong:3.4.2'],
      ['3.10', 'kong/kong-gateway:3.10'],
    ]);
    expect(spec.migrations.stops[0]?.script).toContain('"version":"3.4.2"');
    expect(spec.image).toBe('kong/kong-gateway:3.10');
  });

  test('given migrations: manual, then no task runs during the deployment', () => {
    expect(cluster('blue', { blue: { ...BLUE, migrations: 'manual' } }).migrations.mode).toBe('manual');
  });
});
