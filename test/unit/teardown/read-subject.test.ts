import type { Settings } from '../../../lib/settings/schema';
import { readSlotDeployed } from '../../../lib/teardown/read-subject';
import type { StackReading } from '../../../lib/deployed/stacks';

/** Fakes: a stack or none; DescribeDBInstances answers one instance, or DBInstanceNotFoundFault (RDS API). */
const clientsOf = (stack: StackReading | undefined, status: string | undefined) =>
  ({
    stacks: { find: () => Promise.resolve(stack) },
    rds: {
      send: () =>
        status === undefined
          ? Promise.reject(Object.assign(new Error('no such instance'), { name: 'DBInstanceNotFoundFault' }))
          : Promise.resolve({
              DBInstances: [
                {
                  DBInstanceIdentifier: 'kong-blue',
                  DbiResourceId: 'db-1',
                  DBInstanceStatus: status,
                  Engine: 'postgres',
                },
              ],
            }),
    },
  }) as never;
const TERRAFORM = { name: 'kong', terraform: {}, slots: {} } as unknown as Settings;
const CLOUDFORMATION = { name: 'kong', slots: {} } as unknown as Settings;

describe('given a slot whose outputs are gone and whose database stands', () => {
  test('when Terraform made it, then it stands: a destroy was interrupted', async () => {
    const { stack } = await readSlotDeployed(clientsOf(undefined, 'available'), TERRAFORM, 'blue', 'id-1');
    expect(stack).toEqual({ name: 'kong-blue', id: 'id-1', outputs: {} });
  });

  test('when only the id is gone of them, then it is the one that the last shift noted', async () => {
    const left = { name: 'kong-blue', id: '', outputs: { ClusterName: 'c' } };
    const { stack } = await readSlotDeployed(clientsOf(left, 'available'), TERRAFORM, 'blue', 'id-1');
    expect(stack).toEqual({ ...left, id: 'id-1' });
  });

  test('when the database is being deleted, then no snapshot can be made of it any more', async () => {
    const { stack } = await readSlotDeployed(clientsOf(undefined, 'deleting'), TERRAFORM, 'blue', 'id-1');
    expect(stack).toBeUndefined();
  });

  test('when CloudFormation made it, then what it says of the stack counts', async () => {
    expect((await readSlotDeployed(clientsOf(undefined, 'available'), CLOUDFORMATION, 'blue')).stack).toBeUndefined();
  });
});

test('given a slot of which nothing stands, when it is read, then there is none', async () => {
  const { stack, database } = await readSlotDeployed(clientsOf(undefined, undefined), TERRAFORM, 'blue', 'id-1');
  expect(stack).toBeUndefined();
  expect(database).toEqual({ identifier: 'kong-blue', resourceId: '', ours: true });
});
