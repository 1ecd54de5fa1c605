import type { DBSnapshot } from '@aws-sdk/client-rds';
import type { DatabaseReading } from '../../../lib/datastore/read-database';
import type { Waiting } from '../../../lib/datastore/snapshot';
import { finalSnapshot, finalSnapshotId, finalTags, verified } from '../../../lib/teardown/final-snapshot';
import { fakeRds, type FakeSnapshots } from '../datastore/fake-rds';

const NOW = Date.parse('2026-11-21T20:30:00Z');
const DATABASE: DatabaseReading = {
  identifier: 'kong-blue',
  resourceId: 'db-RESOURCE',
  status: 'available',
  host: 'kong-blue.abc.rds.amazonaws.com',
  port: 5432,
  engine: 'postgres',
  engineVersion: '13.20',
  instanceClass: 'db.m6g.large',
  allocatedStorageGib: 200,
  storageType: 'gp3',
  multiAz: true,
  encrypted: true,
  kmsKeyId: 'key',
  masterUsername: 'kong',
  securityGroupIds: [],
  subnetIds: [],
};
const REQUEST = {
  system: 'kong',
  slot: 'blue',
  stackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/kong-blue/1',
  destroyByHand: 'npx cdk destroy kong-blue --exclusively',
  kongVersion: '2.8',
  notBefore: '2026-11-21T19:00:00Z',
} as const;

function world(snapshots: DBSnapshot[] = []) {
  const state: FakeSnapshots = { snapshots, ends: 'available', now: NOW };
  const told: string[] = [];
  const waiting: Waiting = {
    now: () => state.now,
    sleep: () => Promise.resolve(),
    progress: (_snapshot, share) => told.push(`${share}`),
    began: ({ DBSnapshotIdentifier }, taken) => told.push(`${taken} ${DBSnapshotIdentifier}`),
  };
  return { state, told, waiting, ...fakeRds(state) };
}
const own = (more: Partial<DBSnapshot> = {}): DBSnapshot => ({
  DBSnapshotIdentifier: 'earlier',
  DBSnapshotArn: 'arn:earlier',
  DBInstanceIdentifier: 'kong-blue',
  DbiResourceId: 'db-RESOURCE',
  Status: 'available',
  Engine: 'postgres',
  EngineVersion: '13.20',
  AllocatedStorage: 200,
  StorageType: 'gp3',
  Encrypted: true,
  KmsKeyId: 'key',
  SnapshotCreateTime: new Date('2026-11-21T20:00:00Z'),
  TagList: finalTags(REQUEST),
  ...more,
});

describe('given the database of an idle slot, when its final snapshot is taken', () => {
  test('then it is made with its tags, waited for and verified', async () => {
    const { rds, state, told, waiting } = world();
    const id = 'kong-blue-final-20261121-203000';
    expect(await finalSnapshot(rds, 'kong-blue', DATABASE, REQUEST, waiting)).toEqual({
      id,
      arn: `arn:aws:rds:eu-central-1:111122223333:snapshot:${id}`,
      takenAt: '2026-11-21T20:30:00.000Z',
      sizeGib: 200,
      verified: true,
    });
    expect(told).toEqual([`new ${id}`, '0', '0.4', '0.8']);
    expect(state.snapshots[0]!.TagList).toEqual([
      { Key: 'kong-dual-cluster:system', Value: 'kong' },
      { Key: 'kong-dual-cluster:slot', Value: 'blue' },
      { Key: 'kong-dual-cluster:final', Value: REQUEST.stackId },
      { Key: 'kong-dual-cluster:kong-version', Value: '2.8' },
    ]);
  });

  test.each([
    ['available', own()],
    ['still being made', own({ Status: 'creating' })],
  ])('and one of an interrupted run is %s, then that one is taken up', async (_what, earlier) => {
    const { rds, calls, told, waiting } = world([earlier]);
    expect(await finalSnapshot(rds, 'kong-blue', DATABASE, REQUEST, waiting)).toMatchObject({ id: 'earlier' });
    expect(told[0]).toBe('own earlier');
    expect(calls).not.toContain('CreateDBSnapshotCommand');
  });

  test.each([
    ['older than the end of the shift', own({ SnapshotCreateTime: new Date('2026-11-21T18:59:59Z') }), NOW],
    ['more than an hour old', own(), NOW + 3_600_000],
    ['of another stack', own({ TagList: finalTags({ ...REQUEST, stackId: 'arn:other' }) }), NOW],
    ['of another system', own({ TagList: finalTags({ ...REQUEST, system: 'other' }) }), NOW],
    ['one for an upgrade', own({ TagList: finalTags(REQUEST).slice(0, 2) }), NOW],
    ['failed', own({ Status: 'failed' }), NOW],
  ])('and the earlier one is %s, then a new one is made', async (_what, earlier, now) => {
    const { rds, state, waiting } = world([earlier]);
    state.now = now;
    expect((await finalSnapshot(rds, 'kong-blue', DATABASE, REQUEST, waiting)).id).not.toBe('earlier');
    expect(state.snapshots).toHaveLength(2);
  });

  test('and the database is gone already, then the one made before is what counts, however old', async () => {
    const { rds, state, waiting } = world([own()]);
    state.now = NOW + 7 * 86_400_000;
    expect(await finalSnapshot(rds, 'kong-blue', undefined, REQUEST, waiting)).toMatchObject({ id: 'earlier' });
  });

  test('and database and snapshot are both gone, then it is refused', async () => {
    const { rds, waiting } = world();
    await expect(finalSnapshot(rds, 'kong-blue', undefined, REQUEST, waiting)).rejects.toMatchObject({
      code: 'TEARDOWN_SNAPSHOT_MISSING',
      exitCode: 8,
    });
  });

  test('and RDS fails it, then it is refused', async () => {
    const { rds, state, waiting } = world();
    state.ends = 'failed';
    await expect(finalSnapshot(rds, 'kong-blue', DATABASE, REQUEST, waiting)).rejects.toMatchObject({
      code: 'SNAPSHOT_FAILED',
    });
  });

  test('and the database is in the middle of a change, then it is refused before anything is made', async () => {
    const { rds, state, waiting } = world();
    const busy = { ...DATABASE, status: 'modifying' };
    await expect(finalSnapshot(rds, 'kong-blue', busy, REQUEST, waiting)).rejects.toMatchObject({
      code: 'SNAPSHOT_SOURCE_BUSY',
    });
    expect(state.snapshots).toEqual([]);
  });
});

describe('given a final snapshot, when it is verified', () => {
  test.each<[string, Partial<DBSnapshot>]>([
    ['status', { Status: 'creating' }],
    ['DbiResourceId', { DbiResourceId: 'db-OTHER' }],
    ['engine version', { EngineVersion: '13.19' }],
    ['storage type', { StorageType: 'gp2' }],
    ['GiB', { AllocatedStorage: 100 }],
    ['encrypted', { Encrypted: false }],
    ['KMS key', { KmsKeyId: 'other' }],
    ['before the last shift', { SnapshotCreateTime: new Date('2026-11-21T18:00:00Z') }],
    ['no time', { SnapshotCreateTime: undefined }],
  ])('then another %s refuses it', (what, change) => {
    expect(() => verified(own(change), DATABASE, REQUEST)).toThrow(new RegExp(what));
  });

  test('then its identifier is one that RDS takes: letters, digits, single dashes', () => {
    expect(finalSnapshotId('my-kong', 'green', NOW)).toMatch(/^[a-z](?!.*--)[a-z0-9-]*[a-z0-9]$/);
  });
});
