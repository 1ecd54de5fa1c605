import type { ContainerDefinition, ECSClient, Task } from '@aws-sdk/client-ecs';
import { checkScript } from '../../../lib/blueprint/check-script';
import { MIGRATION_OUTCOMES } from '../../../lib/blueprint/migration-outcomes';
import { adoptedCheck, checkMigrations, ownCheck, type CheckTask } from '../../../lib/datastore/migrations-clean';

/**
 * A fake of ECS. What it promises:
 *
 * 1. RunTask notes its input and answers one task, or `failures` (ECS API, RunTask).
 * 2. Each DescribeTasks answers the next of `states`, the last one for ever.
 * 3. StopTask is noted. DescribeServices and DescribeTaskDefinition answer the service and definition given.
 */
function fakeEcs(options: {
  states?: Partial<Task>[];
  failures?: { reason: string; detail?: string }[];
  service?: object;
  containers?: ContainerDefinition[];
}) {
  const runs: any[] = [];
  const stops: string[] = [];
  const states = [...(options.states ?? [])];
  const answers: Record<string, (input: any) => unknown> = {
    RunTaskCommand: (input) => {
      runs.push(input);
      return options.failures ? { failures: options.failures } : { tasks: [{ taskArn: 'arn:…:task/kong/t1' }] };
    },
    DescribeTasksCommand: () => ({ tasks: [states.length > 1 ? states.shift() : states[0]] }),
    StopTaskCommand: ({ reason }) => stops.push(reason),
    DescribeServicesCommand: () => ({ services: options.service ? [options.service] : [] }),
    DescribeTaskDefinitionCommand: () => ({ taskDefinition: { containerDefinitions: options.containers } }),
  };
  const send = async ({ constructor, input }: { constructor: { name: string }; input: unknown }) =>
    answers[constructor.name]!(input);
  return { ecs: { send } as unknown as ECSClient, runs, stops };
}

const OUTPUTS = {
  ClusterName: 'c',
  MigrationTaskDefinitionArn: 'td/stop1:1,td/stop2:4',
  MigrationSubnetIds: 'subnet-a,subnet-b',
  MigrationSecurityGroupId: 'sg-migrate',
};
const task = ownCheck('blue', '3.4.3.12', OUTPUTS);
const ended = (exitCode?: number, reason?: string): Partial<Task> => ({
  lastStatus: 'STOPPED',
  containers: [{ name: 'migrate', ...(exitCode === undefined ? {} : { exitCode }), ...(reason ? { reason } : {}) }],
});

async function check(options: Parameters<typeof fakeEcs>[0], of: CheckTask = task, adopted = false) {
  const fake = fakeEcs(options);
  let now = 0;
  const statuses: string[] = [];
  const hooks = {
    started: (id: string) => statuses.push(`task ${id}`),
    status: (status: string) => statuses.push(status),
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const result = await checkMigrations(fake.ecs, of, adopted, hooks).catch((error: unknown) => error as Error);
  return { ...fake, result, statuses };
}

describe('the check on a slot of ours', () => {
  test('is its last migration task with the read-only script as its command, without a public address', () => {
    expect(task).toEqual({
      slot: 'blue',
      cluster: 'c',
      taskDefinition: 'td/stop2:4',
      container: 'migrate',
      command: [checkScript({ version: '3.4.3.12' })],
      placement: {
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-a', 'subnet-b'],
            securityGroups: ['sg-migrate'],
            assignPublicIp: 'DISABLED',
          },
        },
      },
    });
  });

  test('fits into what ECS takes of overrides, 8192 letters of JSON (ECS API, RunTask)', () => {
    const overrides = { containerOverrides: [{ name: 'migrate', command: ['/bin/sh', '-c', ...task.command] }] };
    expect(JSON.stringify(overrides).length).toBeLessThan(8192);
  });

  test('runs once, under a token, and exit code 0 is clean', async () => {
    const { result, runs, statuses } = await check({
      states: [{ lastStatus: 'PENDING' }, { lastStatus: 'RUNNING' }, ended(0)],
    });
    expect(result).toEqual({ taskArn: 'arn:…:task/kong/t1' });
    expect(runs).toEqual([
      expect.objectContaining({
        cluster: 'c',
        taskDefinition: 'td/stop2:4',
        count: 1,
        clientToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
        overrides: { containerOverrides: [{ name: 'migrate', command: [...task.command] }] },
      }),
    ]);
    expect(statuses).toEqual(['task t1', 'PENDING', 'RUNNING']);
  });

  test('two checks are two tasks: what they look at may have changed', async () => {
    const tokens = [await check({ states: [ended(0)] }), await check({ states: [ended(0)] })].map(
      ({ runs }) => (runs[0] as { clientToken: string }).clientToken,
    );
    expect(new Set(tokens).size).toBe(2);
  });

  test.each([
    'newFound',
    'pendingFound',
    'pendingAndNewFound',
    'notBootstrapped',
    'noConnection',
    'imageVersionMismatch',
  ] as const)('%s is not clean: exit code 8 with its cause and remedy', async (cause) => {
    const { code, message, remedy } = MIGRATION_OUTCOMES[cause];
    const { result } = await check({ states: [ended(code)] });
    expect(result).toMatchObject({
      code: 'MIGRATIONS_NOT_CLEAN',
      exitCode: 8,
      found: expect.stringContaining(message),
      remedy,
    });
  });

  test.each([
    ['an exit code that is none of ours', { states: [ended(137)] }, /exit code 137/],
    [
      'a task that did not start',
      { states: [ended(undefined, 'CannotPullContainerError')] },
      /CannotPullContainerError/,
    ],
    ['no capacity', { failures: [{ reason: 'RESOURCE:FARGATE', detail: 'none left' }] }, /RESOURCE:FARGATE: none left/],
  ])('%s decides nothing: exit code 8', async (_, options, found) => {
    const { result } = await check(options);
    expect(result).toMatchObject({
      code: 'MIGRATIONS_CHECK_NOT_RUN',
      exitCode: 8,
      found: expect.stringMatching(found),
    });
    expect((result as { remedy?: string }).remedy).not.toContain('--migrations-are-clean');
  });

  test('a task that does not end in ten minutes is stopped', async () => {
    const { result, stops } = await check({ states: [{ lastStatus: 'RUNNING' }] });
    expect(result).toMatchObject({ code: 'MIGRATIONS_CHECK_NOT_RUN', found: expect.stringContaining('10 minutes') });
    expect(stops).toEqual(['the check did not end']);
  });
});

describe('the check on nodes that somebody else made', () => {
  const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-kong'] } };
  const service = {
    taskDefinition: 'td/kong:7',
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    networkConfiguration: network,
    loadBalancers: [{ targetGroupArn: 'tg', containerName: 'gateway' }],
  };
  const of = { slot: 'blue', version: '2.8.5', cluster: 'production', service: 'kong', targetGroupArn: 'tg' } as const;
  const script = checkScript({ version: '2.8.5' });
  const made = (container: ContainerDefinition = {}, change: object = {}) =>
    adoptedCheck(
      fakeEcs({
        service: { ...service, ...change },
        containers: [{ name: 'log-router' }, { name: 'gateway', ...container }],
      }).ecs,
      of,
    );

  test("is their service's task definition in its network, with a shell in Kong's place", async () => {
    expect(await made()).toEqual({
      slot: 'blue',
      cluster: 'production',
      taskDefinition: 'td/kong:7',
      container: 'gateway',
      command: ['/bin/sh', '-c', script],
      placement: { launchType: 'FARGATE', platformVersion: '1.4.0', networkConfiguration: network },
    });
  });

  test.each([
    [['/docker-entrypoint.sh'], ['/bin/sh', '-c', script]],
    [['/bin/sh', '-c'], [script]],
    [['bash', '-lc'], [script]],
  ])('given the entry point %j, the command suits it', async (entryPoint, command) => {
    expect((await made({ entryPoint })).command).toEqual(command);
  });

  test.each([[['kong', 'start']], [['/bin/sh', '-c', 'exec kong start']], [['/our-start.sh']]])(
    'given the entry point %j, of which nobody knows what it does with a shell, it refuses and offers the declaration',
    async (entryPoint) => {
      await expect(made({ entryPoint })).rejects.toMatchObject({
        code: 'MIGRATIONS_CHECK_NOT_RUN',
        remedy: expect.stringContaining('--migrations-are-clean'),
      });
    },
  );

  test('given capacity providers, it names them and no launch type, because ECS takes one or the other', async () => {
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT' }];
    const { placement } = await made({}, { capacityProviderStrategy });
    expect(placement).toMatchObject({ capacityProviderStrategy });
    expect(placement).not.toHaveProperty('launchType');
  });

  test.each([
    ['the service is gone', { service: undefined, containers: [] }],
    [
      'no container stands behind the target group',
      { service: { ...service, loadBalancers: [] }, containers: [{ name: 'x' }] },
    ],
  ])('given that %s, it refuses', async (_, options) => {
    await expect(adoptedCheck(fakeEcs(options).ecs, of)).rejects.toMatchObject({ code: 'MIGRATIONS_CHECK_NOT_RUN' });
  });

  test('given containers beside Kong that go on, then its exit code counts and the task is stopped', async () => {
    const running = { lastStatus: 'RUNNING', containers: [{ name: 'log-router' }, { name: 'gateway', exitCode: 0 }] };
    const { result, stops } = await check({ states: [running] }, await made(), true);
    expect(result).toEqual({ taskArn: 'arn:…:task/kong/t1' });
    expect(stops).toEqual(['the check has ended']);
  });
});
