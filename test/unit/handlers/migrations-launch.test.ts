import { launch } from '../../../lib/handlers/migrations/launch';
import type { ResourceEvent } from '../../../lib/handlers/migrations/resource';
import { FakeAws, named } from './fake-clients';

const PROPERTIES = {
  Cluster: 'green',
  Service: 'arn:aws:ecs:eu-central-1:111122223333:service/green/nodes',
  Count: '3',
  DatabaseIdentifier: 'kong-green',
  Slot: 'green',
  ProxyTargetGroup: 'green-group',
};
const event = (overrides: Partial<ResourceEvent> = {}): ResourceEvent => ({
  RequestType: 'Create',
  ResourceType: 'Custom::KongLaunch',
  StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/kong-green/1',
  ResourceProperties: PROPERTIES,
  ...overrides,
});

function world(): FakeAws {
  const aws = new FakeAws();
  aws.databases['kong-green'] = { DbiResourceId: 'db-GREEN', host: 'kong-green.abc.rds.amazonaws.com' };
  return aws;
}
const poll = async (aws: FakeAws, each = event()): Promise<boolean> => (await launch.isComplete(each, aws)).IsComplete;
const isProtected = (aws: FakeAws) => aws.databases['kong-green']?.DeletionProtection;

describe('given a service with one node, when its slot is launched', () => {
  test('it is raised to its count and waited for, and only then is the database protected', async () => {
    const aws = world();

    expect(await poll(aws)).toBe(false);
    expect(aws.service).toEqual({ desiredCount: 3, runningCount: 1 });
    expect(await poll(aws)).toBe(false);
    expect(isProtected(aws)).toBeUndefined();

    aws.service!.runningCount = 3;
    expect(await poll(aws)).toBe(true);
    expect(isProtected(aws)).toBe(true);
  });

  test('one that has scaled out is not lowered', async () => {
    const aws = world();
    aws.service = { desiredCount: 7, runningCount: 7 };

    expect(await poll(aws, event({ RequestType: 'Update' }))).toBe(true);
    expect(aws.commands()).not.toContain('UpdateServiceCommand');
    expect(aws.service.desiredCount).toBe(7);
  });

  test('what waits for the maintenance window is not applied along with the protection', async () => {
    const aws = world();
    aws.service = { desiredCount: 3, runningCount: 3 };
    await poll(aws);
    expect(aws.calls.find((call) => call.command === 'ModifyDBInstanceCommand')?.input).toEqual({
      DBInstanceIdentifier: 'kong-green',
      DeletionProtection: true,
    });
  });

  test('a database in the middle of its backup is waited for', async () => {
    const aws = world();
    aws.service = { desiredCount: 3, runningCount: 3 };
    aws.refuse('ModifyDBInstanceCommand', named('InvalidDBInstanceStateFault'));

    expect(await poll(aws)).toBe(false);
    expect(await poll(aws)).toBe(true);
  });

  test('an existing database is left to its owner', async () => {
    const aws = world();
    aws.service = { desiredCount: 3, runningCount: 3 };
    const { DatabaseIdentifier: _, ...rest } = PROPERTIES;

    expect(await poll(aws, event({ ResourceProperties: rest }))).toBe(true);
    expect(aws.commands()).toEqual(['DescribeServicesCommand']);
  });

  test('a service that is gone is said to be', async () => {
    const aws = world();
    aws.service = undefined;
    await expect(poll(aws)).rejects.toThrow(/SERVICE_NOT_FOUND/);
  });
});

describe('given weighted rules, when the whole stack of a slot is deleted', () => {
  const deletion = event({ RequestType: 'Delete', PhysicalResourceId: 'kong-launch-nodes' });
  const forward = (blue: number, green: number) => ({
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: 'blue-group', Weight: blue },
        { TargetGroupArn: 'green-group', Weight: green },
      ],
    },
  });
  const arrange = (rules: Record<string, any[]>): FakeAws => {
    const aws = world();
    aws.stackStatus = 'DELETE_IN_PROGRESS';
    aws.databases['kong-green']!.DeletionProtection = true;
    aws.rules = rules;
    return aws;
  };

  test.each([
    [100, 'all of it'],
    [1, 'the least of it'],
  ])('with weight %i, %s, it is refused, names rule and weight, and changes nothing', async (weight) => {
    const aws = arrange({ 'rule-1': [forward(100, 0)], 'rule-2': [forward(100 - weight, weight)] });
    await expect(launch.onEvent(deletion, aws)).rejects.toThrow(
      new RegExp(`green carries traffic.*weight ${weight} of 100 in rule-2\\n.*shift the traffic away first.*`, 's'),
    );
    expect(aws.commands().filter((command) => !command.startsWith('Describe'))).toEqual([]);
    expect(isProtected(aws)).toBe(true);
  });

  test('with weight 0 everywhere it goes', async () => {
    const aws = arrange({ 'rule-1': [forward(100, 0)], 'rule-2': [forward(1, 0)] });
    await expect(launch.onEvent(deletion, aws)).resolves.toBeDefined();
    expect(await poll(aws, deletion)).toBe(true);
    expect(isProtected(aws)).toBe(false);
  });

  test('a rule of testers, which forwards to one group only, is no traffic', async () => {
    const aws = arrange({ 'rule-1': [{ Type: 'forward', TargetGroupArn: 'green-group' }] });
    await expect(launch.onEvent(deletion, aws)).resolves.toBeDefined();
  });

  test('a target group that is gone is no traffic', async () => {
    await expect(launch.onEvent(deletion, arrange({}))).resolves.toBeDefined();
  });

  test('a service that was tagged with the name of this stack goes although it is live', async () => {
    const aws = arrange({ 'rule-1': [forward(0, 100)] });
    aws.service!.tags = [{ key: 'kong-dual-cluster:destroy-live', value: 'kong-green' }];
    await expect(launch.onEvent(deletion, aws)).resolves.toBeDefined();
  });

  test('a tag with the name of another stack is no consent', async () => {
    const aws = arrange({ 'rule-1': [forward(0, 100)] });
    aws.service!.tags = [{ key: 'kong-dual-cluster:destroy-live', value: 'kong-blue' }];
    await expect(launch.onEvent(deletion, aws)).rejects.toThrow(/DESTROY_LIVE_SLOT/);
  });

  test('rules that cannot be read refuse too', async () => {
    const aws = arrange({ 'rule-1': [forward(100, 0)] });
    aws.refuse('DescribeRulesCommand', named('AccessDenied'), 6);
    await expect(launch.onEvent(deletion, aws)).rejects.toThrow('AccessDenied');
  });

  test.each(['ROLLBACK_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'and the stack is not being deleted (%s), then nobody asks for the rules',
    async (status) => {
      const aws = arrange({ 'rule-1': [forward(0, 100)] });
      aws.stackStatus = status;
      await expect(launch.onEvent(deletion, aws)).resolves.toBeDefined();
    },
  );
});

describe('given a protected database, when the launch is deleted', () => {
  const deletion = event({ RequestType: 'Delete', PhysicalResourceId: 'kong-launch-nodes' });
  const arrange = (status: string): FakeAws => {
    const aws = world();
    aws.databases['kong-green']!.DeletionProtection = true;
    aws.stackStatus = status;
    return aws;
  };

  test.each(['DELETE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])(
    'the protection goes off when the whole stack goes (%s)',
    async (status) => {
      const aws = arrange(status);

      expect(await poll(aws, deletion)).toBe(true);
      expect(isProtected(aws)).toBe(false);
    },
  );

  test.each([
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_IN_PROGRESS',
  ])('it stays on when an update removes the resource (%s), so that the database outlives it', async (status) => {
    const aws = arrange(status);
    expect(await poll(aws, deletion)).toBe(true);
    expect(isProtected(aws)).toBe(true);
  });

  test('a database in the middle of its backup, which may take many minutes, is waited for', async () => {
    const aws = arrange('DELETE_IN_PROGRESS');
    aws.refuse('ModifyDBInstanceCommand', named('InvalidDBInstanceStateFault'), 20);

    for (let attempt = 1; attempt <= 20; attempt += 1) expect(await poll(aws, deletion)).toBe(false);
    expect(await poll(aws, deletion)).toBe(true);
    expect(isProtected(aws)).toBe(false);
  });

  test('a database that is gone already is no obstacle', async () => {
    const aws = arrange('DELETE_IN_PROGRESS');
    delete aws.databases['kong-green'];
    await expect(launch.onEvent(deletion, aws)).resolves.toEqual({ PhysicalResourceId: 'kong-launch-nodes' });
    expect(await poll(aws, deletion)).toBe(true);
  });

  test('the service is not touched', async () => {
    const aws = arrange('DELETE_IN_PROGRESS');
    await launch.onEvent(deletion, aws);
    await poll(aws, deletion);
    expect(aws.commands()).not.toContain('UpdateServiceCommand');
  });
});

test('given a create and an update, when they are begun, the physical id stays and nothing is called yet', async () => {
  const aws = world();
  const created = await launch.onEvent(event(), aws);
  const updated = await launch.onEvent(
    event({ RequestType: 'Update', PhysicalResourceId: created.PhysicalResourceId }),
    aws,
  );

  expect(updated.PhysicalResourceId).toBe(created.PhysicalResourceId);
  expect(aws.calls).toEqual([]);
});
