import {
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import type { DBInstance, DBSnapshot } from '@aws-sdk/client-rds';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, eventually, sql, startTestWorld } from './helpers';

jest.setTimeout(120_000);

let world: World;
let rds: RDSClient;
beforeAll(async () => {
  world = await startTestWorld();
  rds = new RDSClient(clientOptions(world));
});
afterAll(async () => world.stop());

const database = (identifier: string | undefined, properties: Record<string, unknown>, policy = 'Snapshot') => ({
  Resources: {
    Database: {
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: policy,
      UpdateReplacePolicy: policy,
      Properties: {
        ...(identifier === undefined ? {} : { DBInstanceIdentifier: identifier }),
        DBInstanceClass: 'db.t4g.medium',
        AllocatedStorage: '30',
        StorageType: 'gp3',
        Engine: 'postgres',
        ...properties,
      },
    },
  },
  Outputs: {
    Host: { Value: { 'Fn::GetAtt': ['Database', 'Endpoint.Address'] } },
    ResourceId: { Value: { 'Fn::GetAtt': ['Database', 'DbiResourceId'] } },
  },
});
const fresh = {
  EngineVersion: '15',
  DBName: 'shop',
  MasterUsername: 'owner',
  MasterUserPassword: 'first-password',
  StorageEncrypted: true,
};

async function instance(identifier: string): Promise<DBInstance> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  return DBInstances![0]!;
}

async function snapshotOf(identifier: string, name: string): Promise<DBSnapshot> {
  const { DBSnapshot: begun } = await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: identifier,
      DBSnapshotIdentifier: name,
      Tags: [{ Key: 'for', Value: 'test' }],
    }),
  );
  expect(begun).toMatchObject({ Status: 'creating', PercentProgress: 0 });
  return eventually(`snapshot ${name}`, 30, async () => {
    const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }));
    return DBSnapshots?.[0]?.Status === 'available' ? DBSnapshots[0] : undefined;
  });
}

async function snapshotsOf(identifier: string): Promise<DBSnapshot[]> {
  const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: identifier }));
  return DBSnapshots ?? [];
}

/** One instance with two rows, and its snapshot, which the tests below share. */
const blue = 'shop-blue';
let blueHost: string;
let snapshot: DBSnapshot;
let blueStack: TestStack;
beforeAll(async () => {
  blueStack = new TestStack(world, 'blue');
  expect(await blueStack.create(database(blue, fresh))).toBe('CREATE_COMPLETE');
  blueHost = (await blueStack.outputs())['Host']!;
  await sql(
    blueHost,
    'owner',
    'first-password',
    'shop',
    'CREATE TABLE orders (id int)',
    'INSERT INTO orders VALUES (1), (2)',
  );
  snapshot = await snapshotOf(blue, 'shop-blue-1');
});

test('an instance is a PostgreSQL that its master user owns the database of, without being superuser', async () => {
  expect(await sql(blueHost, 'owner', 'first-password', 'shop', 'SELECT count(*)::int AS rows FROM orders')).toEqual([
    { rows: 2 },
  ]);
  expect(
    await sql(blueHost, 'owner', 'first-password', 'shop', "SELECT rolsuper FROM pg_roles WHERE rolname = 'owner'"),
  ).toEqual([{ rolsuper: false }]);
});

test('an instance refuses a wrong password and a connection without TLS', async () => {
  await expect(sql(blueHost, 'owner', 'wrong', 'shop', 'SELECT 1')).rejects.toThrow('password authentication failed');
  const { Client } = await import('pg');
  await expect(
    new Client({ host: blueHost, user: 'owner', password: 'first-password', database: 'shop', ssl: false }).connect(),
  ).rejects.toThrow('no encryption');
});

test('a snapshot tells what the source was', () => {
  expect(snapshot).toMatchObject({
    Engine: 'postgres',
    AllocatedStorage: 30,
    StorageType: 'gp3',
    Encrypted: true,
    MasterUsername: 'owner',
    PercentProgress: 100,
    TagList: [{ Key: 'for', Value: 'test' }],
  });
  expect(snapshot.EngineVersion).toMatch(/^15\.\d+$/);
  expect(snapshot.KmsKeyId).toMatch(/^arn:aws:kms:/);
});

test('a restore has the rows of the snapshot, a password of its own, and not the rows that came later', async () => {
  await sql(blueHost, 'owner', 'first-password', 'shop', 'INSERT INTO orders VALUES (3)');
  const stack = new TestStack(world, 'green');
  const template = database(
    'shop-green',
    { DBSnapshotIdentifier: 'shop-blue-1', MasterUserPassword: 'second-password' },
    'Delete',
  );
  expect(await stack.create(template)).toBe('CREATE_COMPLETE');
  const { Host } = await stack.outputs();
  expect(Host).not.toBe(blueHost);
  expect(await sql(Host!, 'owner', 'second-password', 'shop', 'SELECT id FROM orders ORDER BY id')).toEqual([
    { id: 1 },
    { id: 2 },
  ]);
  await expect(sql(Host!, 'owner', 'first-password', 'shop', 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
  expect(await instance('shop-green')).toMatchObject({
    StorageEncrypted: true,
    KmsKeyId: snapshot.KmsKeyId,
    EngineVersion: snapshot.EngineVersion,
    DBName: 'shop',
  });
  expect(await stack.delete()).toBe('GONE');
  expect(await sql(blueHost, 'owner', 'first-password', 'shop', 'SELECT count(*)::int AS rows FROM orders')).toEqual([
    { rows: 3 },
  ]);
});

test('a restore to a point in time has the rows of its source and a password of its own; CloudFormation names it by resource id', async () => {
  const { DbiResourceId, LatestRestorableTime } = await instance(blue);
  const properties = { SourceDbiResourceId: DbiResourceId, MasterUserPassword: 'third-password' };
  const restored = (time: object) => database('shop-time', { ...properties, ...time }, 'Delete');
  const early = new TestStack(world, 'early');
  expect(await early.create(restored({ RestoreTime: new Date(Date.now() + 60_000).toISOString() }))).toBe(
    'ROLLBACK_COMPLETE',
  );
  expect(await early.reasons()).toContain('InvalidRestoreFault');
  const stack = new TestStack(world, 'time');
  const RestoreTime = new Date(LatestRestorableTime!.getTime() - 1).toISOString();
  expect(await stack.create(restored({ RestoreTime }))).toBe('CREATE_COMPLETE');
  const { Host } = await stack.outputs();
  expect(await sql(Host!, 'owner', 'third-password', 'shop', 'SELECT count(*)::int AS rows FROM orders')).toEqual([
    { rows: 3 },
  ]);
  expect(await instance('shop-time')).toMatchObject({ StorageEncrypted: true, DBName: 'shop' });
  expect(await stack.update(restored({ UseLatestRestorableTime: true }))).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await stack.delete()).toBe('GONE');
});

test('RestoreDBInstanceToPointInTime makes a copy by identifier, with the password of its source', async () => {
  await rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: blue,
      TargetDBInstanceIdentifier: 'shop-api',
      UseLatestRestorableTime: true,
    }),
  );
  const { Endpoint } = await instance('shop-api');
  expect(await sql(Endpoint!.Address!, 'owner', 'first-password', 'shop', 'SELECT max(id) FROM orders')).toEqual([
    { max: 3 },
  ]);
  expect((await snapshotsOf(blue)).map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toEqual(['shop-blue-1']);
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'shop-api', SkipFinalSnapshot: true }));
});

test('a restore of a snapshot that does not exist fails and names it', async () => {
  const stack = new TestStack(world, 'nothing');
  expect(
    await stack.create(database('nothing', { DBSnapshotIdentifier: 'no-such', MasterUserPassword: 'second-password' })),
  ).toBe('ROLLBACK_COMPLETE');
  expect(await stack.reasons()).toContain('DBSnapshot not found: no-such');
  await expect(rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'no-such' }))).rejects.toThrow(
    'no-such',
  );
});

describe('a custom-named instance is never replaced', () => {
  test.each([
    ['a snapshot appears', { ...fresh, DBSnapshotIdentifier: 'shop-blue-1' }],
    ['the database has another name', { ...fresh, DBName: 'other' }],
    ['the encryption goes', { ...fresh, StorageEncrypted: false }],
  ])('when %s: the update is refused and rolled back, and the rows stay', async (_what, properties) => {
    const before = await instance(blue);
    expect(await blueStack.update(database(blue, properties))).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await blueStack.reasons()).toContain(
      'CloudFormation cannot update a stack when a custom-named resource requires replacing',
    );
    expect((await instance(blue)).DbiResourceId).toBe(before.DbiResourceId);
    expect(
      await sql(blueHost, 'owner', 'first-password', 'shop', 'SELECT count(*)::int AS rows FROM orders WHERE id < 3'),
    ).toEqual([{ rows: 2 }]);
  });

  test('when the snapshot it was restored from changes or goes', async () => {
    await snapshotOf(blue, 'shop-blue-2');
    const stack = new TestStack(world, 'restored');
    const from = (id?: string) =>
      database(
        'restored',
        { ...(id ? { DBSnapshotIdentifier: id } : fresh), MasterUserPassword: 'second-password' },
        'Delete',
      );
    expect(await stack.create(from('shop-blue-1'))).toBe('CREATE_COMPLETE');
    expect(await stack.update(from('shop-blue-2'))).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stack.update(from())).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stack.delete()).toBe('GONE');
  });
});

test('without a name it is replaced, and UpdateReplacePolicy Snapshot keeps the old rows', async () => {
  const stack = new TestStack(world, 'unnamed');
  expect(await stack.create(database(undefined, fresh))).toBe('CREATE_COMPLETE');
  const first = await stack.outputs();
  await sql(first['Host']!, 'owner', 'first-password', 'shop', 'CREATE TABLE kept (id int)');
  expect(await stack.update(database(undefined, { ...fresh, DBName: 'other' }))).toBe('UPDATE_COMPLETE');
  expect((await stack.outputs())['ResourceId']).not.toBe(first['ResourceId']);
  const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({}));
  expect(DBSnapshots?.filter((s) => s.DbiResourceId === first['ResourceId'])).toHaveLength(1);
});

test('deletion protection keeps an instance; without it DeletionPolicy Snapshot leaves the rows in a snapshot', async () => {
  const stack = new TestStack(world, 'protected');
  expect(await stack.create(database('protected', fresh))).toBe('CREATE_COMPLETE');
  await sql((await stack.outputs())['Host']!, 'owner', 'first-password', 'shop', 'CREATE TABLE kept AS SELECT 7 AS id');
  const protect = (on: boolean) =>
    rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: 'protected',
        DeletionProtection: on,
        ApplyImmediately: true,
      }),
    );
  await protect(true);
  expect(await stack.delete()).toBe('DELETE_FAILED');
  expect(await stack.reasons()).toContain('Cannot delete protected DB Instance');
  await protect(false);
  expect(await stack.delete()).toBe('GONE');
  await expect(instance('protected')).rejects.toThrow('protected');

  const [final] = (await snapshotsOf('protected')).slice(-1);
  const again = new TestStack(world, 'again');
  const template = database(
    'again',
    { DBSnapshotIdentifier: final!.DBSnapshotIdentifier, MasterUserPassword: 'third-password' },
    'Delete',
  );
  expect(await again.create(template)).toBe('CREATE_COMPLETE');
  expect(await sql((await again.outputs())['Host']!, 'owner', 'third-password', 'shop', 'SELECT id FROM kept')).toEqual(
    [{ id: 7 }],
  );
});
