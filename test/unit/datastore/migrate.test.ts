import { clientToken as tokenOfTheDeployment } from '../../../lib/handlers/migrations/migrations';
import { clientToken, runMigrations, type MigrationClients, type MigrationPlan } from '../../../lib/datastore/migrate';

const plan: MigrationPlan = {
  databaseIdentifier: 'kong-green',
  forbiddenIdentifiers: ['kong-blue'],
  stops: [{ version: '3.4', taskDefinitionArn: 'def:1' }],
  cluster: 'cluster',
  subnetIds: ['subnet-1'],
  securityGroupId: 'sg-1',
  logGroup: 'log',
};

/**
 * A fake of one migrations task: DescribeTasks answers nothing at first, then RUNNING, then STOPPED with `exitCode`; the
 * log stream is not found at first, then grows by a line a read and answers its own token at the end, as AWS does.
 */
function fake(world: { exitCode?: number; blueIsGreen?: boolean; failures?: object[]; conflict?: boolean } = {}) {
  const calls: { name: string; input: Record<string, unknown> }[] = [];
  const lines = ['kong migrations list', 'executed 1 of 2', 'executed 2 of 2', 'kong-dual-cluster-result: {}'];
  let looks = 0;
  let reads = 0;
  const database = (id: string) => ({
    DBInstanceIdentifier: id,
    DbiResourceId: world.blueIsGreen || id === 'kong-green' ? 'db-GREEN' : 'db-BLUE',
    Engine: 'postgres',
    Endpoint: { Address: `${id}.example.com` },
  });
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    DescribeDBInstancesCommand: (input) => ({ DBInstances: [database(input.DBInstanceIdentifier as string)] }),
    RunTaskCommand: () => {
      if (world.conflict) throw Object.assign(new Error('token used'), { name: 'ConflictException' });
      return world.failures ? { tasks: [], failures: world.failures } : { tasks: [{ taskArn: 'arn:task/cluster/t1' }] };
    },
    DescribeTasksCommand: () => {
      looks += 1;
      if (looks === 1) return { tasks: [] };
      if (looks < 4) return { tasks: [{ lastStatus: 'RUNNING' }] };
      const ended = 'exitCode' in world ? { exitCode: world.exitCode } : { exitCode: 0 };
      return { tasks: [{ lastStatus: 'STOPPED', stoppedReason: 'ended', containers: [ended] }] };
    },
    GetLogEventsCommand: (input) => {
      reads += 1;
      if (reads === 1) throw Object.assign(new Error('no stream'), { name: 'ResourceNotFoundException' });
      const from = Number(input.nextToken ?? 0);
      const to = Math.min(from + 1, lines.length);
      return { events: lines.slice(from, to).map((message) => ({ message })), nextForwardToken: String(to) };
    },
  };
  const client = {
    send: async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
      calls.push({ name: command.constructor.name, input: command.input });
      return answers[command.constructor.name]!(command.input);
    },
  };
  return { clients: { ecs: client, rds: client, logs: client } as unknown as MigrationClients, calls };
}
async function run(world: Parameters<typeof fake>[0] = {}, change: Partial<MigrationPlan> = {}) {
  const { clients, calls } = fake(world);
  const lines: string[] = [];
  const end = await runMigrations(
    clients,
    { ...plan, ...change },
    {
      started: () => undefined,
      line: (text) => lines.push(text),
      sleep: async () => undefined,
    },
  ).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { end, lines, started: calls.filter((call) => call.name === 'RunTaskCommand') };
}

describe('runMigrations', () => {
  test('runs the task of the stack, tells every line once and leaves out the machine-readable one', async () => {
    const { end, lines, started } = await run();
    expect(end).toBeUndefined();
    expect(lines).toEqual(['kong migrations list', 'executed 1 of 2', 'executed 2 of 2']);
    expect(started[0]?.input).toMatchObject({
      cluster: 'cluster',
      taskDefinition: 'def:1',
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
      },
    });
  });

  test('uses the token of the deployment, so that neither starts what the other has started', async () => {
    expect(clientToken('db-GREEN', '3.4')).toBe(tokenOfTheDeployment('db-GREEN', '3.4'));
    const { started } = await run();
    expect(started[0]?.input.clientToken).toBe(clientToken('db-GREEN', '3.4'));
  });

  test('given the other slot’s database under another name, it refuses and starts nothing', async () => {
    const { end, started } = await run({ blueIsGreen: true });
    expect(end).toMatchObject({ code: 'GREEN_ON_BLUE_DATABASE', exitCode: 8 });
    expect(started).toEqual([]);
  });

  test('given an exit code of the script, the error says the cause and what to do', async () => {
    expect((await run({ exitCode: 24 })).end).toMatchObject({
      code: 'MIGRATIONS_FAILED',
      found: expect.stringMatching(/^pendingFound \(exit code 24, task t1\)/),
      remedy: expect.stringContaining('kong migrations finish'),
    });
  });

  test('given that the first stop fails, the second is not started', async () => {
    const stops = [...plan.stops, { version: '3.10', taskDefinitionArn: 'def:2' }];
    const { started } = await run({ exitCode: 28 }, { stops });
    expect(started).toHaveLength(1);
  });

  test('given a task that never started, it says why and that the database was not touched', async () => {
    expect((await run({ exitCode: undefined })).end).toMatchObject({ code: 'MIGRATIONS_NOT_STARTED', found: 'ended' });
    expect((await run({ failures: [{ reason: 'RESOURCE:CPU' }] })).end).toMatchObject({
      code: 'MIGRATIONS_NOT_STARTED',
      found: 'RESOURCE:CPU',
    });
  });

  test('given that ECS knows the token with other settings, it refuses', async () => {
    expect((await run({ conflict: true })).end).toMatchObject({ code: 'MIGRATIONS_ALREADY_RUN' });
  });
});
