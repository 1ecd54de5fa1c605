/**
 * A fake of RDS snapshots. What it promises:
 *
 * 1. CreateDBSnapshot makes a snapshot in status `creating`, with the tags given, of the database as it is described.
 * 2. Every DescribeDBSnapshots by identifier is a moment later: progress grows by 40 percent, and at 100 the status is
 *    what `world.ends` says (`available`, or `failed`).
 * 3. DescribeDBSnapshots by database lists all of it, one a page, and is no moment.
 * 4. An unknown identifier throws an error named `DBSnapshotNotFoundFault`, as AWS does.
 * 5. CreateDBSnapshot with an identifier that exists throws `DBSnapshotAlreadyExistsFault`.
 * 6. Every command is noted in `calls`; an unknown one throws.
 */
import type { DBSnapshot, RDSClient, Tag } from '@aws-sdk/client-rds';

export interface FakeSnapshots {
  snapshots: DBSnapshot[];
  ends: 'available' | 'failed';
  now: number;
}

interface Input {
  DBInstanceIdentifier?: string;
  DBSnapshotIdentifier?: string;
  Tags?: Tag[];
  Marker?: string;
}

export function fakeRds(world: FakeSnapshots) {
  const calls: string[] = [];
  const send = async ({ constructor, input }: { constructor: { name: string }; input: Input }): Promise<unknown> => {
    calls.push(constructor.name);
    switch (constructor.name) {
      case 'CreateDBSnapshotCommand': {
        if (world.snapshots.some((s) => s.DBSnapshotIdentifier === input.DBSnapshotIdentifier)) {
          throw Object.assign(new Error('exists'), { name: 'DBSnapshotAlreadyExistsFault' });
        }
        const made: DBSnapshot = {
          DBSnapshotIdentifier: input.DBSnapshotIdentifier,
          DBSnapshotArn: `arn:aws:rds:eu-central-1:111122223333:snapshot:${input.DBSnapshotIdentifier}`,
          DBInstanceIdentifier: input.DBInstanceIdentifier,
          DbiResourceId: 'db-RESOURCE',
          Status: 'creating',
          PercentProgress: 0,
          AllocatedStorage: 200,
          StorageType: 'gp3',
          Engine: 'postgres',
          EngineVersion: '13.20',
          Encrypted: true,
          KmsKeyId: 'key',
          SnapshotCreateTime: new Date(world.now),
          TagList: input.Tags,
        };
        world.snapshots.push(made);
        return { DBSnapshot: made };
      }
      case 'DescribeDBSnapshotsCommand': {
        if (input.DBSnapshotIdentifier === undefined) {
          const at = Number(input.Marker ?? 0);
          const all = world.snapshots.filter((s) => s.DBInstanceIdentifier === input.DBInstanceIdentifier);
          return { DBSnapshots: all.slice(at, at + 1), ...(at + 1 < all.length ? { Marker: String(at + 1) } : {}) };
        }
        const found = world.snapshots.find((s) => s.DBSnapshotIdentifier === input.DBSnapshotIdentifier);
        if (!found) throw Object.assign(new Error('not found'), { name: 'DBSnapshotNotFoundFault' });
        if (found.Status === 'creating') {
          found.PercentProgress = Math.min(100, (found.PercentProgress ?? 0) + 40);
          if (found.PercentProgress === 100) found.Status = world.ends;
        }
        return { DBSnapshots: [{ ...found }] };
      }
      default:
        throw new Error(`the fake has no ${constructor.name}`);
    }
  };
  return { rds: { send } as unknown as RDSClient, calls };
}
