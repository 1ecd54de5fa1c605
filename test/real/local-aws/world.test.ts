import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ACMClient, DescribeCertificateCommand, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { World } from '../../../local/world/world';
import { startWorld } from '../../../local/world/world';
import { IMAGES_FILE, TestStack, clientOptions, eventually, startTestWorld } from './helpers';

jest.setTimeout(120_000);

/** Processes that carry a world's folder in their environment or command line. */
function processesOf(directory: string): number[] {
  const mentions = (path: string): boolean => {
    try {
      return readFileSync(path, 'latin1').includes(directory);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => mentions(`/proc/${pid}/environ`) || mentions(`/proc/${pid}/cmdline`))
    .filter((pid) => Number(pid) !== process.pid)
    .map(Number);
}

const everything = {
  Resources: {
    Database: {
      Type: 'AWS::RDS::DBInstance',
      DeletionPolicy: 'Delete',
      Properties: {
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.micro',
        AllocatedStorage: '20',
        DBName: 'a',
        MasterUsername: 'owner',
        MasterUserPassword: 'first-password',
      },
    },
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Definition: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        NetworkMode: 'awsvpc',
        ContainerDefinitions: [
          { Name: 'main', Image: 'tiny:1', Environment: [{ Name: 'IGNORE_SIGNALS', Value: '1' }] },
          // A daemon: a session of its own, not reached by group.
          {
            Name: 'sleeper',
            Image: 'tiny:1',
            EntryPoint: ['/bin/sh', '-c'],
            Command: ['setsid sleep 1000 & sleep 1000'],
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: { Cluster: { Ref: 'Cluster' }, TaskDefinition: { Ref: 'Definition' }, DesiredCount: 1 },
    },
  },
};

test('nothing outlives a starter that was killed with SIGKILL: no process, no folder', async () => {
  const starter = join(__dirname, 'fixture', 'starter.js');
  const child = spawn(process.execPath, [starter, IMAGES_FILE], { stdio: ['ignore', 'pipe', 'inherit'] });
  const world = JSON.parse(
    await new Promise<string>((done) => child.stdout.once('data', (line: Buffer) => done(line.toString()))),
  ) as World;
  expect(await new TestStack(world, 'everything').create(everything)).toBe('CREATE_COMPLETE');
  expect(processesOf(world.directory).length).toBeGreaterThan(5);
  child.kill('SIGKILL');
  await eventually('the end of every process', 15, async () =>
    processesOf(world.directory).length === 0 ? true : undefined,
  );
  await eventually('the end of the folder', 15, async () => (existsSync(world.directory) ? undefined : true));
});

test('stop ends every process and removes the folder; two worlds run at once without sharing an address', async () => {
  const [one, two] = await Promise.all([startTestWorld(), startTestWorld()]);
  const stacks = [new TestStack(one, 'everything'), new TestStack(two, 'everything')];
  const template = { ...everything, Outputs: { Host: { Value: { 'Fn::GetAtt': ['Database', 'Endpoint.Address'] } } } };
  expect(await Promise.all(stacks.map((stack) => stack.create(template)))).toEqual([
    'CREATE_COMPLETE',
    'CREATE_COMPLETE',
  ]);
  const [first, second] = await Promise.all(stacks.map((stack) => stack.outputs()));
  expect(first!['Host']).not.toBe(second!['Host']);
  await Promise.all([one.stop(), two.stop()]);
  for (const { directory } of [one, two]) {
    expect(processesOf(directory)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  }
});

test('a taken port is refused by its number', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await expect(startWorld({ gatewayPort: port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    found: `127.0.0.1:${port}`,
  });
  server.close();
});

test('an images file that is not there is refused by its name', async () => {
  await expect(startWorld({ imagesFile: '/nowhere/images.json' })).rejects.toMatchObject({
    code: 'IMAGES_FILE_MISSING',
    found: '/nowhere/images.json',
  });
});

test('a Python without ministack is told with its own words, and leaves no folder', async () => {
  const directory = join(tmpdir(), `kong-dual-cluster-broken-${process.pid}`);
  const script = `${directory}.sh`;
  writeFileSync(script, '#!/bin/sh\necho no module named ministack >&2\nexit 1\n', { mode: 0o755 });
  const before = process.env['KDC_LOCAL_PYTHON'];
  process.env['KDC_LOCAL_PYTHON'] = script;
  try {
    await expect(startWorld({ directory })).rejects.toMatchObject({
      code: 'LOCAL_AWS_FAILED',
      found: 'no module named ministack',
    });
    expect(existsSync(directory)).toBe(false);
  } finally {
    if (before === undefined) delete process.env['KDC_LOCAL_PYTHON'];
    else process.env['KDC_LOCAL_PYTHON'] = before;
    rmSync(script);
  }
});

describe('in one world', () => {
  let world: World;
  beforeAll(async () => {
    world = await startTestWorld();
  });
  afterAll(async () => world.stop());

  test('a change of an alarm reaches EventBridge and from there a function; the metric-math alarm and the composite one too', async () => {
    const code =
      "exports.handler = async (event) => console.log('heard', event['detail-type'], event.detail.alarmName, event.detail.state.value)";
    const stack = new TestStack(world, 'alarms');
    const base = { ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Threshold: 1 };
    const metric = { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' };
    const template = {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
              ],
            },
          },
        },
        Listener: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            FunctionName: 'listener',
            Runtime: 'nodejs24.x',
            Handler: 'index.handler',
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Code: { ZipFile: code },
          },
        },
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: { Ref: 'Listener' },
            Principal: 'events.amazonaws.com',
          },
        },
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: {
              source: ['aws.cloudwatch'],
              'detail-type': ['CloudWatch Alarm State Change'],
              detail: { state: { value: ['ALARM'] } },
            },
            Targets: [{ Id: 'f', Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] } }],
          },
        },
        Math: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            ...base,
            AlarmName: 'math',
            Metrics: [
              { Id: 'e', Expression: '100*m/2' },
              { Id: 'm', ReturnData: false, MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } },
            ],
          },
        },
        Composite: {
          Type: 'AWS::CloudWatch::CompositeAlarm',
          DependsOn: 'Math',
          Properties: { AlarmName: 'any', AlarmRule: 'ALARM("math")' },
        },
      },
    };
    expect(await stack.create(template)).toBe('CREATE_COMPLETE');
    const cloudWatch = new CloudWatchClient(clientOptions(world));
    // The first change is found by the evaluation of the data, the second is set.
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: metric.Namespace,
        MetricData: [{ MetricName: metric.MetricName, Value: 5 }],
      }),
    );
    const heardOf = async (count: number): Promise<string[]> =>
      eventually(`${count} events`, 30, async () => {
        const { events } = await new CloudWatchLogsClient(clientOptions(world))
          .send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/listener', filterPattern: 'heard' }))
          .catch(() => ({ events: [] }));
        return (events ?? []).length >= count ? events!.map(({ message }) => message!.trim()) : undefined;
      });
    await heardOf(2);
    await eventually('the end of the data', 15, async () => {
      const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['math'] }));
      return MetricAlarms![0]!.StateValue === 'INSUFFICIENT_DATA' ? true : undefined;
    });
    await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'math', StateValue: 'ALARM', StateReason: 'test' }));
    const heard = await heardOf(4);
    for (const name of ['math', 'any']) {
      const line = `heard CloudWatch Alarm State Change ${name} ALARM`;
      expect(heard.filter((each) => each.includes(line))).toHaveLength(2);
    }
  });

  test('a certificate is imported and described', async () => {
    const acm = new ACMClient(clientOptions(world));
    const pems = await generate([{ name: 'commonName', value: 'gateway.example.test' }], { keySize: 2048 });
    const { CertificateArn } = await acm.send(
      new ImportCertificateCommand({ Certificate: Buffer.from(pems.cert), PrivateKey: Buffer.from(pems.private) }),
    );
    const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    expect(Certificate).toMatchObject({ Status: 'ISSUED', Type: 'IMPORTED' });
  });
});
