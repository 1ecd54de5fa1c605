import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ContainerDefinition, Service, Task } from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { existsSync, readFileSync } from 'node:fs';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, eventually, sleep, startTestWorld } from './helpers';

jest.setTimeout(120_000);

let world: World;
let ecs: ECSClient;
beforeAll(async () => {
  world = await startTestWorld();
  ecs = new ECSClient(clientOptions(world));
});
afterAll(async () => world.stop());

const shell = (name: string, script: string, more: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name,
  image: 'tiny:1',
  entryPoint: ['/bin/sh', '-c'],
  command: [script],
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/tests',
      'awslogs-create-group': 'true',
      'awslogs-stream-prefix': 'test',
      'awslogs-region': 'us-east-1',
    },
  },
  ...more,
});

let families = 0;
async function define(...containers: ContainerDefinition[]): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: `test-${++families}`,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: containers,
    }),
  );
  return taskDefinition!.taskDefinitionArn!;
}

const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };
async function run(taskDefinition: string, more: object = {}): Promise<string> {
  const { tasks } = await ecs.send(
    new RunTaskCommand({ taskDefinition, launchType: 'FARGATE', networkConfiguration: network, ...more }),
  );
  return tasks![0]!.taskArn!;
}

async function look(arn: string): Promise<Task> {
  return (await ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).tasks![0]!;
}

const reaches = (arn: string, status: string, seconds = 30): Promise<Task> =>
  eventually(`${status} of ${arn}`, seconds, async () => {
    const task = await look(arn);
    return task.lastStatus === status ? task : undefined;
  });

const exitCodes = (task: Task): Record<string, number | undefined> =>
  Object.fromEntries(task.containers!.map(({ name, exitCode }) => [name, exitCode]));

async function log(arn: string, container: string): Promise<string[]> {
  const { events } = await new CloudWatchLogsClient(clientOptions(world)).send(
    new GetLogEventsCommand({
      logGroupName: '/tests',
      logStreamName: `test/${container}/${arn.split('/').pop()}`,
      startFromHead: true,
    }),
  );
  return (events ?? []).map(({ message }) => message ?? '');
}

describe('a task', () => {
  test('starts its containers as dependsOn says, tells their exit codes and writes their logs', async () => {
    const after = (containerName: string, condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY') => [
      { containerName, condition },
    ];
    const definition = await define(
      shell('last', 'echo last; date +%s%N', { dependsOn: after('healthy', 'HEALTHY') }),
      shell('healthy', 'sleep 0.5; touch ready; sleep 30', {
        essential: false,
        dependsOn: after('ok', 'SUCCESS'),
        stopTimeout: 2,
        healthCheck: { command: ['CMD-SHELL', 'test -e ready'], interval: 1, retries: 5 },
      }),
      shell('ok', 'echo ok; date +%s%N', { essential: false, dependsOn: after('fails', 'COMPLETE') }),
      shell('fails', 'date +%s%N; exit 3', { essential: false }),
    );
    const arn = await run(definition);
    const task = await reaches(arn, 'STOPPED');
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited' });
    expect(exitCodes(task)).toMatchObject({ fails: 3, ok: 0, last: 0 });
    const at = async (container: string) => BigInt((await log(arn, container)).pop()!);
    expect((await at('fails')) < (await at('ok'))).toBe(true);
    expect((await at('last')) - (await at('ok')) > 500_000_000n).toBe(true);
  });

  test('whose container waits for the success of a failed one stops without starting it', async () => {
    const arn = await run(
      await define(
        shell('check', 'exit 4', { essential: false }),
        shell('main', 'echo never', { dependsOn: [{ containerName: 'check', condition: 'SUCCESS' }] }),
      ),
    );
    const task = await reaches(arn, 'STOPPED');
    expect(exitCodes(task)).toEqual({ check: 4, main: undefined });
    expect(task.stoppedReason).toContain('check');
  });

  test('of an image that is mapped to nothing cannot be pulled', async () => {
    const task = await reaches(await run(await define({ name: 'main', image: 'unknown:1' })), 'STOPPED');
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*unknown:1/);
  });

  test('sees secrets, overrides, its address and a folder of its own', async () => {
    const { ARN } = await new SecretsManagerClient(clientOptions(world)).send(
      new CreateSecretCommand({ Name: 'database', SecretString: '{"password":"hush","user":"u"}' }),
    );
    const arn = await run(
      await define(
        shell('main', 'echo $PASSWORD $WHO $CONTAINER_IP $KONG_ADMIN_LISTEN $KONG_PREFIX; pwd; echo $HOME', {
          environment: [
            { name: 'WHO', value: 'nobody' },
            { name: 'KONG_ADMIN_LISTEN', value: '0.0.0.0:8001' },
          ],
          secrets: [{ name: 'PASSWORD', valueFrom: `${ARN}:password::` }],
        }),
      ),
      { overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'WHO', value: 'me' }] }] } },
    );
    const task = await reaches(arn, 'STOPPED');
    const address = task.attachments![0]!.details!.find(({ name }) => name === 'privateIPv4Address')!.value!;
    const [line, folder, home] = await log(arn, 'main');
    expect(address).toMatch(/^127\.1\./);
    expect(line).toBe(`hush me ${address} ${address}:8001 ${folder}/kong`);
    expect(home).toBe(folder);
  });

  test('without its secret fails to start and says so', async () => {
    const secrets = [
      { name: 'P', valueFrom: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:none-abc:password::' },
    ];
    const task = await reaches(await run(await define(shell('main', 'true', { secrets }))), 'STOPPED');
    expect(task.stoppedReason).toMatch(/^ResourceInitializationError/);
  });

  test.each([
    ['tiny:1', 'SIGQUIT'],
    ['tiny:term', 'SIGTERM'],
  ])('of %s is stopped with %s, the signal of its image, and may end in its own time', async (image, signal) => {
    const arn = await run(await define({ ...shell('main', ''), image, entryPoint: undefined, command: undefined }));
    await reaches(arn, 'RUNNING');
    await eventually('the server', 10, async () => ((await log(arn, 'main')).length > 0 ? true : undefined));
    await ecs.send(new StopTaskCommand({ task: arn, reason: 'the test is over' }));
    const task = await reaches(arn, 'STOPPED');
    expect(task).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'the test is over' });
    expect(exitCodes(task)).toEqual({ main: 0 });
    expect((await log(arn, 'main')).pop()).toBe(`got ${signal}`);
  });

  test('that ignores its signal is killed after stopTimeout', async () => {
    const arn = await run(await define(shell('main', "trap '' QUIT; while :; do sleep 0.1; done", { stopTimeout: 2 })));
    await reaches(arn, 'RUNNING');
    const stopped = Date.now();
    await ecs.send(new StopTaskCommand({ task: arn }));
    const task = await reaches(arn, 'STOPPED');
    expect(exitCodes(task)).toEqual({ main: 137 });
    expect(Date.now() - stopped).toBeGreaterThan(1900);
  });

  test('takes a daemon of its own with it when it ends', async () => {
    const arn = await run(await define(shell('main', 'setsid sleep 1000 & echo $! $LOCAL_AWS_CONTAINER; sleep 1')));
    await reaches(arn, 'STOPPED');
    const [line] = await log(arn, 'main');
    const stat = `/proc/${line!.split(' ')[0]}/stat`;
    // Gone, or a zombie where process 1 does not collect orphans.
    expect(existsSync(stat) ? readFileSync(stat, 'latin1') : ') Z').toContain(') Z');
  });

  test('runs once for one clientToken, and other parameters under it are a conflict', async () => {
    const definition = await define(shell('main', 'true'));
    const [first, second] = [
      await run(definition, { clientToken: 'once' }),
      await run(definition, { clientToken: 'once' }),
    ];
    expect(second).toBe(first);
    expect(await run(definition, { clientToken: 'twice' })).not.toBe(first);
    await expect(run(definition, { clientToken: 'once', count: 2 })).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });
});

describe('a service', () => {
  let groups: string[];
  let unused: string;
  let dns: string;
  const elb = () => new ElasticLoadBalancingV2Client(clientOptions(world));

  beforeAll(async () => {
    const group = async (Name: string): Promise<string> => {
      const { TargetGroups } = await elb().send(
        new CreateTargetGroupCommand({
          Name,
          Port: 8000,
          Protocol: 'HTTP',
          TargetType: 'ip',
          HealthCheckIntervalSeconds: 5,
        }),
      );
      const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
      const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '2' }];
      await elb().send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
      return TargetGroupArn;
    };
    groups = [await group('one'), await group('two')];
    unused = await group('unused');
    const { LoadBalancers } = await elb().send(
      new CreateLoadBalancerCommand({ Name: 'balancer', Subnets: ['subnet-1'] }),
    );
    const { LoadBalancerArn, DNSName } = LoadBalancers![0]!;
    dns = DNSName!;
    for (const [index, TargetGroupArn] of groups.entries()) {
      const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
      await elb().send(
        new CreateListenerCommand({ LoadBalancerArn, Port: 9000 + index, Protocol: 'HTTP', DefaultActions }),
      );
    }
  });

  const server = (who: string): ContainerDefinition => ({
    ...shell('main', ''),
    entryPoint: undefined,
    command: undefined,
    environment: [{ name: 'WHO', value: who }],
    portMappings: [{ containerPort: 8000 }],
  });
  const look1 = async (service: string): Promise<Service> =>
    (await ecs.send(new DescribeServicesCommand({ services: [service] }))).services![0]!;
  const steady = (service: string): Promise<Service> =>
    eventually(`steady state of ${service}`, 60, async () => {
      const found = await look1(service);
      const { deployments, runningCount, desiredCount } = found;
      return deployments!.length === 1 && deployments![0]!.rolloutState === 'COMPLETED' && runningCount === desiredCount
        ? found
        : undefined;
    });
  const tasksOf = async (serviceName: string): Promise<string[]> =>
    (await ecs.send(new ListTasksCommand({ serviceName }))).taskArns!;
  const create = (serviceName: string, taskDefinition: string, more: object = {}) =>
    ecs.send(
      new CreateServiceCommand({
        serviceName,
        taskDefinition,
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: network,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        ...more,
      }),
    );
  const entries = (...arns: string[]) =>
    arns.map((targetGroupArn) => ({ targetGroupArn, containerName: 'main', containerPort: 8000 }));
  const states = async (TargetGroupArn: string): Promise<(string | undefined)[]> => {
    const { TargetHealthDescriptions } = await elb().send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return TargetHealthDescriptions!.map(({ TargetHealth }) => TargetHealth!.State);
  };
  const ask = async () => (await fetch(world.loadBalancerUrl(dns, 9000))).text();

  test('is refused a target group that no load balancer uses', async () => {
    const attempt = create('orphan', await define(server('x')), { loadBalancers: entries(unused) });
    await expect(attempt).rejects.toThrow('does not have an associated load balancer');
  });

  test('registers its tasks with every target group, rolls over without losing a request, drains before it stops', async () => {
    await create('web', await define(server('first')), { loadBalancers: entries(...groups) });
    await steady('web');
    expect(await states(groups[0]!)).toEqual(['healthy', 'healthy']);
    expect(await states(groups[1]!)).toEqual(['healthy', 'healthy']);

    const answers: string[] = [];
    let asking = true;
    const load = (async () => {
      while (asking) answers.push(await ask());
    })();
    await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await define(server('second')) }));
    await eventually('draining targets', 30, async () =>
      (await states(groups[0]!)).includes('draining') ? true : undefined,
    );
    await steady('web');
    asking = false;
    await load;
    expect(new Set(answers)).toEqual(new Set(['ok first', 'ok second']));
    expect(await ask()).toBe('ok second');
  });

  test('keeps its desired count when a task dies', async () => {
    const before = await tasksOf('web');
    await ecs.send(new StopTaskCommand({ task: before[0] }));
    await eventually('the replacement', 30, async () => {
      const now = await tasksOf('web');
      return now.length === 2 && now.some((arn) => !before.includes(arn)) ? true : undefined;
    });
    await steady('web');
  });

  test('whose new tasks fail trips the circuit breaker and rolls back', async () => {
    const good = (await look1('web')).taskDefinition;
    await ecs.send(new UpdateServiceCommand({ service: 'web', taskDefinition: await define(shell('main', 'exit 1')) }));
    await eventually('the circuit breaker', 60, async () =>
      (await look1('web')).deployments!.some(({ rolloutState }) => rolloutState === 'FAILED') ? true : undefined,
    );
    await eventually('the rollback', 60, async () => {
      const { deployments, taskDefinition, runningCount } = await look1('web');
      const primary = deployments!.find(({ status }) => status === 'PRIMARY')!;
      return primary.rolloutState === 'COMPLETED' && taskDefinition === good && runningCount === 2 ? true : undefined;
    });
    expect(await ask()).toBe('ok second');
  });

  test('is deleted when its last task has drained and stopped', async () => {
    await ecs.send(new DeleteServiceCommand({ service: 'web', force: true }));
    expect((await look1('web')).status).toBe('DRAINING');
    await eventually('INACTIVE', 30, async () => ((await look1('web')).status === 'INACTIVE' ? true : undefined));
    await sleep(100);
    expect(await states(groups[0]!)).toEqual([]);
  });

  test('of a new stack whose tasks fail: the stack fails by the circuit breaker and leaves no service', async () => {
    const container = { Name: 'main', Image: 'tiny:1', EntryPoint: ['/bin/sh', '-c'], Command: ['exit 1'] };
    const stack = new TestStack(world, 'failing');
    const status = await stack.create({
      Resources: {
        Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'failing' } },
        Definition: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: { NetworkMode: 'awsvpc', ContainerDefinitions: [container] },
        },
        Service: {
          Type: 'AWS::ECS::Service',
          Properties: {
            Cluster: { Ref: 'Cluster' },
            TaskDefinition: { Ref: 'Definition' },
            DesiredCount: 2,
            DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
          },
        },
      },
    });
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(await stack.reasons()).toContain('ECS Deployment Circuit Breaker was triggered');
    await expect(ecs.send(new ListTasksCommand({ cluster: 'failing' }))).resolves.toMatchObject({ taskArns: [] });
  });
});
