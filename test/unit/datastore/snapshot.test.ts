import type { DatabaseReading } from '../../../lib/datastore/read-database';
import { lockedSnapshot, snapshotId, takeSnapshot, type SnapshotRequest } from '../../../lib/datastore/snapshot';
import { lockSchema } from '../../../lib/settings/schema';
import { fakeRds, type FakeSnapshots } from './fake-rds';

const NOW = Date.UTC(2026, 10, 21, 12, 34, 56);
const source: DatabaseReading = {
  identifier: 'kong-blue',
  resourceId: 'db-RESOURCE',
  status: 'available',
  host: 'h',
  port: 5432,
  engine: 'postgres',
  engineVersion: '13.20',
  instanceClass: 'db.m6g.large',
  allocatedStorageGib: 200,
  storageType: 'gp3',
  multiAz: true,
  encrypted: true,
  masterUsername: 'kong',
  securityGroupIds: [],
  subnetIds: [],
};
const request: SnapshotRequest = { system: 'kong', sourceSlot: 'blue', forSlot: 'green', kongVersion: '2.8.5' };
const ID = 'kong-blue-kong-2-8-5-20261121-123456';
const world = (): FakeSnapshots => ({ snapshots: [], ends: 'available', now: NOW });

/** Runs to the end in virtual time; `interruptAfter` ends it by force after so many waits. */
async function run(
  fake: FakeSnapshots,
  change: { request?: Partial<SnapshotRequest>; source?: Partial<DatabaseReading>; interruptAfter?: number } = {},
) {
  const { rds, calls } = fakeRds(fake);
  const shares: (number | undefined)[] = [];
  let taken = '';
  let waits = 0;
  const snapshot = await takeSnapshot(
    rds,
    { ...source, ...change.source },
    { ...request, ...change.request },
    {
      now: () => fake.now,
      sleep: async (milliseconds) => {
        if (waits++ === change.interruptAfter) throw new Error('interrupted');
        fake.now += milliseconds;
      },
      began: (_, how) => (taken = how),
      progress: (_, share) => shares.push(share),
    },
  );
  return { snapshot, calls, shares, taken };
}
const creations = (calls: string[]) => calls.filter((call) => call === 'CreateDBSnapshotCommand').length;

describe('takeSnapshot', () => {
  test('makes one, waits until it is available and tells how far it is', async () => {
    const { snapshot, shares, calls } = await run(world());
    expect(snapshot).toMatchObject({ DBSnapshotIdentifier: ID, Status: 'available' });
    expect(shares).toEqual([0, 0.4, 0.8]);
    expect(creations(calls)).toBe(1);
  });

  test('tags it with system, slots, version and run', async () => {
    const fake = world();
    await run(fake);
    const tags = Object.fromEntries(fake.snapshots[0]!.TagList!.map((tag) => [tag.Key, tag.Value]));
    expect(tags).toEqual({
      'kong-dual-cluster:system': 'kong',
      'kong-dual-cluster:slot': 'blue',
      'kong-dual-cluster:for': 'green',
      'kong-dual-cluster:kong-version': '2.8.5',
      'kong-dual-cluster:run': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('given a run that was interrupted, the next one takes up its snapshot', async () => {
    const fake = world();
    await expect(run(fake, { interruptAfter: 1 })).rejects.toThrow('interrupted');
    const { snapshot, calls, taken } = await run(fake);
    expect(creations(calls)).toBe(0);
    expect(taken).toBe('own');
    expect(snapshot.Status).toBe('available');
    expect(fake.snapshots).toHaveLength(1);
  });

  test('given an interrupted run’s snapshot of more than an hour ago, a new one is made', async () => {
    const fake = world();
    await run(fake);
    fake.now += 61 * 60 * 1000;
    expect((await run(fake)).taken).toBe('new');
  });

  test('given that the lock file has the snapshot, the next run is another upgrade and makes its own', async () => {
    const fake = world();
    const { snapshot } = await run(fake);
    fake.now += 60_000;
    expect((await run(fake, { request: { previousArn: snapshot.DBSnapshotArn } })).taken).toBe('new');
  });

  test('given somebody else’s snapshots of the database, none of them is taken', async () => {
    const fake = world();
    fake.snapshots.push({
      DBSnapshotIdentifier: 'theirs',
      DBInstanceIdentifier: 'kong-blue',
      Status: 'creating',
      TagList: [],
    });
    const { snapshot } = await run(fake);
    expect(snapshot.DBSnapshotIdentifier).toBe(ID);
  });

  test('given --use, it takes that one and makes none', async () => {
    const fake = world();
    fake.snapshots.push({ DBSnapshotIdentifier: 'backup', DbiResourceId: 'db-RESOURCE', Status: 'available' });
    const { snapshot, calls, taken } = await run(fake, { request: { use: 'backup' } });
    expect([snapshot.DBSnapshotIdentifier, taken, creations(calls)]).toEqual(['backup', 'used', 0]);
  });

  test('given --use with a snapshot of another database, it refuses', async () => {
    const fake = world();
    fake.snapshots.push({ DBSnapshotIdentifier: 'other', DbiResourceId: 'db-OTHER', Status: 'available' });
    await expect(run(fake, { request: { use: 'other' } })).rejects.toMatchObject({
      code: 'SNAPSHOT_OF_OTHER_DATABASE',
      exitCode: 8,
    });
  });

  test('given --use with an unknown identifier, it refuses', async () => {
    await expect(run(world(), { request: { use: 'nosuch' } })).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_FOUND',
      found: 'nosuch',
    });
  });

  test.each([
    ['a minute before the freeze', new Date(NOW - 60_000), undefined],
    ['copied since, of a snapshot from before', new Date(NOW + 60_000), new Date(NOW - 60_000)],
    ['of an unknown time', undefined, undefined],
  ])('given --use of a snapshot %s, it refuses', async (_, SnapshotCreateTime, OriginalSnapshotCreateTime) => {
    const fake = world();
    fake.snapshots.push({
      DBSnapshotIdentifier: 'backup',
      DbiResourceId: 'db-RESOURCE',
      Status: 'available',
      SnapshotCreateTime,
      OriginalSnapshotCreateTime,
    });
    const frozenSince = new Date(NOW).toISOString();
    await expect(run(fake, { request: { use: 'backup', frozenSince } })).rejects.toMatchObject({
      code: 'SNAPSHOT_BEFORE_FREEZE',
      exitCode: 8,
    });
  });

  test('given --use of a snapshot from after the freeze, it is taken', async () => {
    const fake = world();
    fake.snapshots.push({
      DBSnapshotIdentifier: 'backup',
      DbiResourceId: 'db-RESOURCE',
      Status: 'available',
      SnapshotCreateTime: new Date(NOW),
    });
    const frozenSince = new Date(NOW).toISOString();
    expect((await run(fake, { request: { use: 'backup', frozenSince } })).taken).toBe('used');
  });

  test('given --use with a freeze of which nobody said since when, it refuses', async () => {
    const fake = world();
    fake.snapshots.push({
      DBSnapshotIdentifier: 'backup',
      DbiResourceId: 'db-RESOURCE',
      Status: 'available',
      SnapshotCreateTime: new Date(NOW),
    });
    await expect(run(fake, { request: { use: 'backup', frozenSince: 'unknown' } })).rejects.toMatchObject({
      code: 'SNAPSHOT_BEFORE_FREEZE',
    });
  });

  test('given that it was thawed and frozen again since an interrupted run, its snapshot is not taken up', async () => {
    const fake = world();
    await run(fake, { request: { frozenSince: '2026-11-21T12:00:00Z' } });
    fake.now += 60_000;
    expect((await run(fake, { request: { frozenSince: '2026-11-21T12:00:00Z' } })).taken).toBe('own');
    expect((await run(fake, { request: { frozenSince: '2026-11-21T12:35:00Z' } })).taken).toBe('new');
  });

  test('given --id of a snapshot that exists, it refuses and offers to use it', async () => {
    const fake = world();
    fake.snapshots.push({ DBSnapshotIdentifier: 'backup', Status: 'available' });
    await expect(run(fake, { request: { id: 'backup' } })).rejects.toMatchObject({
      code: 'SNAPSHOT_ID_TAKEN',
      remedy: expect.stringContaining('--use backup'),
    });
  });

  test('given a database that is busy, it refuses and makes nothing', async () => {
    const fake = world();
    await expect(run(fake, { source: { status: 'modifying' } })).rejects.toMatchObject({
      code: 'SNAPSHOT_SOURCE_BUSY',
    });
    expect(fake.snapshots).toEqual([]);
  });

  test('given that RDS fails, it says so', async () => {
    await expect(run({ ...world(), ends: 'failed' })).rejects.toMatchObject({
      code: 'SNAPSHOT_FAILED',
      found: `${ID} is failed`,
    });
  });
});

test('snapshotId has no two dashes in a row, which RDS refuses', () => {
  expect(snapshotId({ ...request, system: 'a--b', kongVersion: '3.4.3.12' }, NOW)).toBe(
    'a-b-blue-kong-3-4-3-12-20261121-123456',
  );
});

test('the lock entry holds what a restore needs and a snapshot does not know', async () => {
  const { snapshot } = await run(world());
  const entry = lockedSnapshot(snapshot, source, request, {
    account: '111122223333',
    region: 'eu-central-1',
    databaseName: 'kong',
    runningNodes: 3,
  });
  expect(lockSchema.parse({ lockVersion: 1, slots: { green: { snapshot: entry } } }).slots.green?.snapshot).toEqual({
    id: ID,
    arn: `arn:aws:rds:eu-central-1:111122223333:snapshot:${ID}`,
    sourceSlot: 'blue',
    sourceIdentifier: 'kong-blue',
    sourceResourceId: 'db-RESOURCE',
    kongVersion: '2.8.5',
    account: '111122223333',
    region: 'eu-central-1',
    engine: 'postgres',
    engineVersion: '13.20',
    instanceClass: 'db.m6g.large',
    allocatedStorageGib: 200,
    storageType: 'gp3',
    multiAz: true,
    encrypted: true,
    kmsKeyId: 'key',
    databaseName: 'kong',
    username: 'kong',
    takenAt: '2026-11-21T12:34:56.000Z',
    runningNodes: 3,
  });
});
