import { CloudFormationStacks } from '../../../lib/deployed/cloudformation-stacks';

/** A fake that answers every call with what the test gives; events come newest first (CloudFormation API). */
const stacksThat = (answer: object) => new CloudFormationStacks({ send: () => Promise.resolve(answer) } as never);

describe('given a stack', () => {
  test('when it stands, then its outputs are by name', async () => {
    const Outputs = [{ OutputKey: 'ClusterName', OutputValue: 'c' }, { OutputKey: 'Empty' }];
    const Stacks = [{ StackId: 'arn:1', StackStatus: 'UPDATE_COMPLETE', Outputs }];
    expect(await stacksThat({ Stacks }).find('kong-blue')).toEqual({
      name: 'kong-blue',
      id: 'arn:1',
      status: 'UPDATE_COMPLETE',
      outputs: { ClusterName: 'c' },
    });
  });

  test('when it was deleted, or never was, then there is none', async () => {
    expect(await stacksThat({ Stacks: [{ StackStatus: 'DELETE_COMPLETE' }] }).find('kong-blue')).toBeUndefined();
    const unknown = { send: () => Promise.reject(new Error('Stack with id kong-blue does not exist')) };
    expect(await new CloudFormationStacks(unknown as never).find('kong-blue')).toBeUndefined();
  });

  test('when the call is refused, then that is no answer', async () => {
    const denied = { send: () => Promise.reject(new Error('AccessDenied')) };
    await expect(new CloudFormationStacks(denied as never).find('kong-blue')).rejects.toThrow('AccessDenied');
  });

  test('when its log groups are asked for, then only they are named', async () => {
    const StackResources = [
      { ResourceType: 'AWS::Logs::LogGroup', PhysicalResourceId: 'kong-blue-NodeLogs' },
      { ResourceType: 'AWS::ECS::Service', PhysicalResourceId: 'service' },
    ];
    expect(await stacksThat({ StackResources }).logGroups('kong-blue')).toEqual(['kong-blue-NodeLogs']);
  });
});

test('given events of two deletions, when the newest is explained, then only its causes are told, the first one first', async () => {
  const stack = { ResourceType: 'AWS::CloudFormation::Stack', LogicalResourceId: 'kong-blue' };
  const failed = (LogicalResourceId: string, ResourceStatusReason: string) => ({
    ResourceType: 'AWS::EC2::SecurityGroup',
    ResourceStatus: 'DELETE_FAILED',
    LogicalResourceId,
    ResourceStatusReason,
  });
  const StackEvents = [
    { ...stack, ResourceStatus: 'DELETE_FAILED' },
    failed('Second', 'has dependents'),
    failed('First', 'in use'),
    { ...stack, ResourceStatus: 'DELETE_IN_PROGRESS' },
    failed('Old', 'of the deletion before'),
  ];
  expect(await stacksThat({ StackEvents }).whyNotDeleted('kong-blue')).toEqual([
    'First: in use',
    'Second: has dependents',
  ]);
});
