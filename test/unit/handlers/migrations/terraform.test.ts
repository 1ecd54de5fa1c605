import { answerTerraform } from '../../../../lib/handlers/migrations/terraform';
import { FakeAws } from '../fake-clients';

const MIGRATIONS = {
  Resource: 'KongMigrations',
  DatabaseIdentifier: 'kong-green',
  DatabaseHost: 'kong-green.abc.rds.amazonaws.com',
  ForbiddenIdentifiers: ['kong-blue'],
  Kind: 'upgrade',
  Versions: ['3.3.1', '3.4.2'],
  TaskDefinitions: ['migrate-33:1', 'migrate-34:1'],
  Cluster: 'kong-green',
  Subnets: 'subnet-1,subnet-2',
  SecurityGroups: ['sg-1'],
  LogGroup: 'migrations',
  LogStreamPrefix: 'kong/migrate',
};
const LAUNCH = {
  Resource: 'KongLaunch',
  Cluster: 'kong-green',
  Service: 'arn:aws:ecs:eu-central-1:111122223333:service/kong-green/kong-green',
  Count: '3',
  Slot: 'green',
  ProxyTargetGroup: 'green-group',
  TaskDefinition: 'kong-green-node:2',
};
const GUARD = {
  Resource: 'KongGuard',
  Slot: 'green',
  StackName: 'kong-green',
  ProxyTargetGroup: 'green-group',
  Cluster: 'kong-green',
  Service: LAUNCH.Service,
};
const QUARTER_OF_AN_HOUR = 900_000;

function world(): FakeAws {
  const aws = new FakeAws();
  aws.databases['kong-green'] = { DbiResourceId: 'db-GREEN', host: 'kong-green.abc.rds.amazonaws.com' };
  return aws;
}

/** Lambda's clock, which goes on as the handler sleeps. */
const clockOf = (aws: FakeAws) => () => QUARTER_OF_AN_HOUR - aws.slept;

/** Does something to the world before each sleep of the handler. */
function meanwhile(aws: FakeAws, step: (sleeps: number) => void): void {
  const { sleep } = aws;
  let sleeps = 0;
  Object.assign(aws, {
    sleep: (milliseconds: number) => {
      step((sleeps += 1));
      return sleep(milliseconds);
    },
  });
}

describe('given an invocation of Terraform for the migrations', () => {
  test('it runs one task a stop, in order, and answers when the last has ended', async () => {
    const aws = world();
    meanwhile(aws, (sleeps) => {
      if (sleeps === 3) aws.stop(0, 0);
      if (sleeps === 5) aws.stop(1, 0);
    });
    await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).resolves.toEqual({ done: true });
    expect(aws.tasks.map(({ taskDefinition }) => taskDefinition)).toEqual(['migrate-33:1', 'migrate-34:1']);
    expect(aws.slept).toBe(5 * 5000);
    expect(aws.tasks[0]!.input.networkConfiguration.awsvpcConfiguration.subnets).toEqual(['subnet-1', 'subnet-2']);
  });

  test('a task that fails is told with its cause', async () => {
    const aws = world();
    meanwhile(aws, () => aws.stop(0, 1));
    await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).rejects.toThrow(/MIGRATIONS_FAILED/);
  });

  test('what outlasts the function is told before Lambda ends it, and says what to do', async () => {
    const aws = world();
    const answer = answerTerraform(MIGRATIONS, aws, clockOf(aws));
    await expect(answer).rejects.toThrow(/which go on\n.*apply again.*kong-dual-cluster migrate\n.*STILL_RUNNING/s);
    expect(aws.slept).toBeGreaterThan(QUARTER_OF_AN_HOUR - 70_000);
    expect(aws.slept).toBeLessThan(QUARTER_OF_AN_HOUR - 40_000);
  });

  test('the next call takes up the same task', async () => {
    const aws = world();
    await expect(answerTerraform(MIGRATIONS, aws, () => 0)).rejects.toThrow(/MIGRATIONS_STILL_RUNNING/);
    aws.stop(0, 0);
    meanwhile(aws, () => aws.stop(1, 0));
    await answerTerraform(MIGRATIONS, aws, clockOf(aws));
    expect(aws.tasks).toHaveLength(2);
  });

  test('a task that never started has touched nothing: the next call starts another one, also with a mended image', async () => {
    const aws = world();
    let ending: [exitCode?: number] = [];
    meanwhile(aws, () => aws.stop(aws.tasks.length - 1, ending[0], 'CannotPullContainerError'));
    await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).rejects.toThrow(/MIGRATIONS_NOT_STARTED/);
    await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).rejects.toThrow(/MIGRATIONS_NOT_STARTED/);

    const mended = { ...MIGRATIONS, Versions: ['3.3.1'], TaskDefinitions: ['migrate-33:2'] };
    ending = [0];
    await expect(answerTerraform(mended, aws, clockOf(aws))).resolves.toEqual({ done: true });
    expect(aws.tasks.map(({ taskDefinition }) => taskDefinition)).toEqual([
      'migrate-33:1',
      'migrate-33:1',
      'migrate-33:2',
    ]);
  });

  test('a task that ran and failed is not started again', async () => {
    const aws = world();
    meanwhile(aws, () => aws.stop(0, 1));
    for (let call = 1; call <= 2; call += 1)
      await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).rejects.toThrow(/MIGRATIONS_FAILED/);
    expect(aws.tasks).toHaveLength(1);
  });

  test("the other slot's database is refused, and no task is started", async () => {
    const aws = world();
    aws.databases['kong-blue'] = aws.databases['kong-green']!;
    await expect(answerTerraform(MIGRATIONS, aws, clockOf(aws))).rejects.toThrow(/GREEN_ON_BLUE_DATABASE/);
    expect(aws.tasks).toEqual([]);
  });
});

describe('given an invocation of Terraform for the launch', () => {
  test('the service is raised and waited for, and CloudFormation is not asked', async () => {
    const aws = world();
    meanwhile(aws, (sleeps) => {
      if (sleeps === 4) aws.service!.runningCount = 3;
    });
    await expect(answerTerraform(LAUNCH, aws, clockOf(aws))).resolves.toEqual({ done: true });
    expect(aws.service?.desiredCount).toBe(3);
    expect(new Set(aws.commands())).toEqual(new Set(['DescribeServicesCommand', 'UpdateServiceCommand']));
  });

  test('nodes that do not come up are told before Lambda ends the function', async () => {
    const aws = world();
    await expect(answerTerraform(LAUNCH, aws, clockOf(aws))).rejects.toThrow(
      /fewer than 3 running in arn:.*NODES_STILL_STARTING/s,
    );
  });

  test.each([
    ['is what it shall be', 'kong-green-node:2', undefined],
    ['is the one before', 'kong-green-node:1', /NODES_ROLLED_BACK/],
  ])('when the revision that the service runs %s', async (_, taskDefinition, refusal) => {
    const aws = world();
    aws.service = {
      desiredCount: 3,
      runningCount: 3,
      ...{
        deployments: [
          { status: 'ACTIVE', taskDefinition: 'old' },
          { status: 'PRIMARY', taskDefinition },
        ],
      },
    };
    const answer = answerTerraform(LAUNCH, aws, clockOf(aws));
    await (refusal ? expect(answer).rejects.toThrow(refusal) : expect(answer).resolves.toBeDefined());
  });
});

describe('given the guard of a slot with weight', () => {
  const live = (): FakeAws => {
    const aws = world();
    const groups = [
      { TargetGroupArn: 'blue-group', Weight: 90 },
      { TargetGroupArn: 'green-group', Weight: 10 },
    ];
    aws.rules = { rule: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }] };
    return aws;
  };

  test.each(['create', 'update'] as const)('a %s answers and asks nothing', async (action) => {
    const aws = live();
    await expect(answerTerraform({ ...GUARD, tf: { action } }, aws, () => 0)).resolves.toEqual({ done: true });
    expect(aws.calls).toEqual([]);
  });

  test('a delete is refused, and the words are for Terraform', async () => {
    const aws = live();
    const refused = answerTerraform({ ...GUARD, tf: { action: 'delete' } }, aws, clockOf(aws));
    await expect(refused).rejects.toThrow(/weight 10 of 100 in rule.*kong-green is as it was.*DESTROY_LIVE_SLOT/s);
    await expect(refused).rejects.not.toThrow(/CloudFormation/);
  });

  test('a delete passes when all weight is elsewhere', async () => {
    const aws = live();
    aws.rules.rule![0].ForwardConfig.TargetGroups[1].Weight = 0;
    await expect(answerTerraform({ ...GUARD, tf: { action: 'delete' } }, aws, clockOf(aws))).resolves.toBeDefined();
  });

  test('a delete passes when teardown has tagged the service with the name of this stack', async () => {
    const aws = live();
    aws.service!.tags = [{ key: 'kong-dual-cluster:destroy-live', value: 'kong-green' }];
    await expect(answerTerraform({ ...GUARD, tf: { action: 'delete' } }, aws, clockOf(aws))).resolves.toBeDefined();
  });
});

test('given a name that nobody knows, the handler says so', async () => {
  await expect(answerTerraform({ Resource: 'KongElse' }, world(), () => 0)).rejects.toThrow(/KongElse/);
});
