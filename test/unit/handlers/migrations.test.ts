import { MIGRATION_OUTCOMES, RESULT_MARK } from '../../../lib/blueprint/migration-outcomes';
import { clientToken, migrations } from '../../../lib/handlers/migrations/migrations';
import type { ResourceEvent } from '../../../lib/handlers/migrations/resource';
import { FakeAws, named } from './fake-clients';

const PROPERTIES = {
  DatabaseIdentifier: 'kong-green',
  DatabaseHost: 'kong-green.abc.rds.amazonaws.com',
  ForbiddenIdentifiers: ['kong-blue'],
  Kind: 'upgrade',
  Versions: ['3.4.2'],
  TaskDefinitions: ['migrate-34:1'],
  Cluster: 'green',
  Subnets: ['subnet-1', 'subnet-2'],
  SecurityGroups: ['sg-1'],
  LogGroup: 'migrations',
  LogStreamPrefix: 'kong/migrate',
};

const event = (overrides: Partial<ResourceEvent> = {}): ResourceEvent => ({
  RequestType: 'Create',
  ResourceType: 'Custom::KongMigrations',
  StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/kong-green/1',
  ResourceProperties: PROPERTIES,
  ...overrides,
});

function world(): FakeAws {
  const aws = new FakeAws();
  aws.databases['kong-green'] = { DbiResourceId: 'db-GREEN', host: 'kong-green.abc.rds.amazonaws.com' };
  aws.databases['kong-blue'] = { DbiResourceId: 'db-BLUE', host: 'kong-blue.abc.rds.amazonaws.com' };
  return aws;
}

/** As the provider framework does: what onEvent returned goes into the event of isComplete. */
async function start(aws: FakeAws, begun: ResourceEvent = event()): Promise<() => Promise<boolean>> {
  const answer = await migrations.onEvent(begun, aws);
  return async () => (await migrations.isComplete({ ...begun, ...answer }, aws)).IsComplete;
}

const failureOf = async (
  poll: () => Promise<unknown>,
): Promise<Error & { code?: string; found?: string; remedy?: string }> => {
  try {
    await poll();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
};

describe('given a restored database, when its migrations are created', () => {
  test('one task is started, in the private network of the slot', async () => {
    const aws = world();
    await start(aws);

    expect(aws.tasks).toHaveLength(1);
    expect(aws.tasks[0]!.input).toMatchObject({
      cluster: 'green',
      taskDefinition: 'migrate-34:1',
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-1', 'subnet-2'],
          securityGroups: ['sg-1'],
          assignPublicIp: 'DISABLED',
        },
      },
    });
  });

  test('it is waited for, and done when it ends with exit code 0', async () => {
    const aws = world();
    const poll = await start(aws);

    expect(await poll()).toBe(false);
    aws.stop(0, 0);
    expect(await poll()).toBe(true);
  });

  test('a task that ECS does not know yet is waited for', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.tasks.length = 0;
    expect(await poll()).toBe(false);
  });

  test('asked twice, the same task answers: a retry never runs it again', async () => {
    const aws = world();
    const [first, second] = [await migrations.onEvent(event(), aws), await migrations.onEvent(event(), aws)];

    expect(second).toEqual(first);
    expect(aws.tasks).toHaveLength(1);
  });

  test('another database or another version has another client token, of at most 64 characters', () => {
    expect(clientToken('db-1', '3.4.2')).not.toBe(clientToken('db-2', '3.4.2'));
    expect(clientToken('db-1', '3.4.2')).not.toBe(clientToken('db-1', '3.10.0'));
    expect(clientToken('db-1', '3.4.2')).toMatch(/^[\x21-\x7e]{1,64}$/);
  });

  test('a refusal that passes is tried again', async () => {
    const aws = world();
    aws.refuse('RunTaskCommand', named('AccessDeniedException'), 3);
    await start(aws);

    expect(aws.tasks).toHaveLength(1);
    expect(aws.slept).toBe(15_000);
  });

  test('one that stays is not tried for ever', async () => {
    const aws = world();
    aws.refuse('RunTaskCommand', named('AccessDeniedException', 'no ecs:RunTask'), 99);
    expect((await failureOf(() => start(aws))).message).toBe('no ecs:RunTask');
    expect(aws.commands().filter((command) => command === 'RunTaskCommand')).toHaveLength(6);
  });
});

describe('given an upgrade with two stops', () => {
  const two = event({
    ResourceProperties: {
      ...PROPERTIES,
      Versions: ['3.4.2', '3.10.0'],
      TaskDefinitions: ['migrate-34:1', 'migrate-310:1'],
    },
  });

  test('the second starts after the first has succeeded, once however often it is polled', async () => {
    const aws = world();
    const poll = await start(aws, two);
    expect(await poll()).toBe(false);
    expect(aws.tasks).toHaveLength(1);

    aws.stop(0, 0);
    expect([await poll(), await poll(), await poll()]).toEqual([false, false, false]);
    expect(aws.tasks.map((task) => task.taskDefinition)).toEqual(['migrate-34:1', 'migrate-310:1']);

    aws.stop(1, 0);
    expect(await poll()).toBe(true);
  });

  test('the second never starts when the first has failed', async () => {
    const aws = world();
    const poll = await start(aws, two);
    aws.stop(0, MIGRATION_OUTCOMES.upFailed.code);

    await failureOf(poll);
    expect(aws.tasks).toHaveLength(1);
  });
});

describe('given a task that failed, when it is polled', () => {
  test.each(Object.values(MIGRATION_OUTCOMES).filter((outcome) => outcome.code !== 0))(
    'exit code $code is answered with $cause and its remedy',
    async (outcome) => {
      const aws = world();
      const poll = await start(aws);
      aws.stop(0, outcome.code);

      const failure = await failureOf(poll);
      expect(failure).toMatchObject({ code: 'MIGRATIONS_FAILED', problem: outcome.message, remedy: outcome.remedy });
      expect(failure.found).toContain(`${outcome.cause} (exit code ${outcome.code}`);
    },
  );

  test('the last lines of its log are in the answer, the machine-readable one is not', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, MIGRATION_OUTCOMES.upFailed.code);
    aws.logLines['migrations kong/migrate/task1'] = [
      ...Array.from({ length: 20 }, (_, n) => `line ${n}`),
      `Error: [PostgreSQL error] ${'x'.repeat(500)}`,
      `${RESULT_MARK}{"cause":"upFailed"}`,
    ];

    const { message } = await failureOf(poll);
    expect(message).toContain('| line 19');
    expect(message).toContain('| Error: [PostgreSQL error]');
    expect(message).not.toContain('| line 3\n');
    expect(message).not.toContain(RESULT_MARK);
    expect(message.length).toBeLessThan(2500); // CloudFormation takes 4 KB of answer in all
  });

  test('plugins that were left out are named', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, MIGRATION_OUTCOMES.schemaIncomplete.code);
    aws.logLines['migrations kong/migrate/task1'] = [
      `${RESULT_MARK}{"cause":"schemaIncomplete","missing":["acme/000_base_acme"]}`,
    ];
    expect((await failureOf(poll)).found).toContain('missing acme/000_base_acme');
  });

  test('a log that cannot be read does not hide the cause', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, MIGRATION_OUTCOMES.lockHeld.code);
    aws.refuse('GetLogEventsCommand', named('ResourceNotFoundException'));
    expect((await failureOf(poll)).found).toContain('lockHeld');
  });

  test('an exit code that is none of ours is a failure all the same', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, 137);
    expect(await failureOf(poll)).toMatchObject({
      code: 'MIGRATIONS_FAILED',
      remedy: expect.stringContaining('restore the snapshot again'),
    });
  });

  test('a container that never started says why', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, undefined, 'CannotPullContainerError: kong:3.4.2 not found');
    expect(await failureOf(poll)).toMatchObject({
      code: 'MIGRATIONS_NOT_STARTED',
      found: expect.stringContaining('CannotPullContainerError'),
    });
  });

  test('nothing is repaired and nothing is run a second time', async () => {
    const aws = world();
    const poll = await start(aws);
    aws.stop(0, MIGRATION_OUTCOMES.finishFailed.code);
    await failureOf(poll);
    expect(new Set(aws.commands())).toEqual(
      new Set(['DescribeDBInstancesCommand', 'RunTaskCommand', 'DescribeTasksCommand', 'GetLogEventsCommand']),
    );
  });
});

describe("given a database that is the other slot's, when the migrations are created", () => {
  test.each<[string, (aws: FakeAws) => void]>([
    [
      'by resource id',
      (aws) => (aws.databases['kong-green'] = { ...aws.databases['kong-green']!, DbiResourceId: 'db-BLUE' }),
    ],
    [
      'by endpoint',
      (aws) => (aws.databases['kong-green'] = { DbiResourceId: 'db-OTHER', host: 'kong-blue.abc.rds.amazonaws.com' }),
    ],
    [
      'by the host that the task would get',
      (aws) => (aws.databases['kong-blue'] = { DbiResourceId: 'db-BLUE', host: PROPERTIES.DatabaseHost }),
    ],
  ])('they are refused %s, and nothing is run', async (_how, arrange) => {
    const aws = world();
    arrange(aws);

    expect(await failureOf(() => start(aws))).toMatchObject({
      code: 'GREEN_ON_BLUE_DATABASE',
      found: expect.stringContaining('kong-blue'),
    });
    expect(aws.tasks).toEqual([]);
  });

  test('a forbidden database that does not exist is no obstacle', async () => {
    const aws = world();
    delete aws.databases['kong-blue'];
    await start(aws);
    expect(aws.tasks).toHaveLength(1);
  });

  test('a database of its own that does not exist is one', async () => {
    const aws = world();
    delete aws.databases['kong-green'];
    expect(await failureOf(() => start(aws))).toMatchObject({ code: 'DATABASE_NOT_FOUND' });
  });
});

describe('given migrations that have run, when the resource is updated or deleted', () => {
  const update = (changed: Partial<typeof PROPERTIES>): ResourceEvent =>
    event({
      RequestType: 'Update',
      PhysicalResourceId: 'kong-migrations-kong-green',
      ResourceProperties: { ...PROPERTIES, ...changed },
      OldResourceProperties: PROPERTIES,
    });

  test.each<[string, Partial<typeof PROPERTIES>]>([
    ['another task definition', { TaskDefinitions: ['migrate-34:2'] }],
    ['other subnets', { Subnets: ['subnet-3'] }],
    ['another log group', { LogGroup: 'other' }],
    ['other forbidden identifiers', { ForbiddenIdentifiers: [] }],
  ])('%s run nothing', async (_what, changed) => {
    const aws = world();
    const poll = await start(aws, update(changed));

    expect(await poll()).toBe(true);
    expect(aws.calls).toEqual([]);
  });

  test('another Kong version runs its migrations', async () => {
    const aws = world();
    await start(aws, update({ Versions: ['3.4.9'] }));
    expect(aws.tasks).toHaveLength(1);
  });

  test('an update keeps the physical id, or CloudFormation would delete the old one', async () => {
    const answer = await migrations.onEvent(update({ Versions: ['3.4.9'] }), world());
    expect(answer.PhysicalResourceId).toBe('kong-migrations-kong-green');
    expect((await migrations.onEvent(event(), world())).PhysicalResourceId).toBe('kong-migrations-kong-green');
  });

  test('a deletion does nothing', async () => {
    const aws = world();
    const poll = await start(aws, event({ RequestType: 'Delete', PhysicalResourceId: 'kong-migrations-kong-green' }));
    expect(await poll()).toBe(true);
    expect(aws.calls).toEqual([]);
  });
});

describe('given ECS that starts no task', () => {
  test('no capacity just now is waited for', async () => {
    const aws = world();
    const send = aws.ecs.send;
    let refusals = 2;
    aws.ecs.send = (command: any) => {
      if (command.constructor.name === 'RunTaskCommand' && refusals-- > 0) {
        return Promise.resolve({ failures: [{ reason: 'Capacity is unavailable at this time' }] });
      }
      return send(command);
    };
    await start(aws);
    expect(aws.tasks).toHaveLength(1);
    expect(aws.slept).toBe(10_000);
  });

  test('any other reason is said', async () => {
    const aws = world();
    const send = aws.ecs.send;
    aws.ecs.send = (command: any) =>
      command.constructor.name === 'RunTaskCommand'
        ? Promise.resolve({ failures: [{ reason: 'MISSING', detail: 'cluster' }] })
        : send(command);
    expect(await failureOf(() => start(aws))).toMatchObject({
      code: 'MIGRATIONS_NOT_STARTED',
      found: 'MISSING: cluster',
    });
  });

  describe('because the same database and version had a task with other settings within the hour', () => {
    const again = event({ ResourceProperties: { ...PROPERTIES, TaskDefinitions: ['migrate-34:2'] } });

    test('one that succeeded, for example by hand, is the answer', async () => {
      const aws = world();
      await start(aws);
      aws.stop(0, 0);
      const poll = await start(aws, again);

      expect(await poll()).toBe(true);
      expect(aws.tasks).toHaveLength(1);
    });

    test('one that still runs is waited for', async () => {
      const aws = world();
      await start(aws);
      const poll = await start(aws, again);
      expect(await poll()).toBe(false);
      expect(aws.tasks).toHaveLength(1);
    });

    test('one that failed is not run twice', async () => {
      const aws = world();
      await start(aws);
      aws.stop(0, MIGRATION_OUTCOMES.upFailed.code);
      expect(await failureOf(() => start(aws, again))).toMatchObject({ code: 'MIGRATIONS_ALREADY_RUN' });
      expect(aws.tasks).toHaveLength(1);
    });
  });
});
