import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../../../local/world/world';
import { clientOptions, eventually, sleep, startTestWorld } from './helpers';

jest.setTimeout(120_000);

/** Answers with `status`; health checks with 200. */
let status = 200;
const node = createServer((request, response) => {
  response.writeHead(request.url === '/status' ? 200 : status).end();
});

const Namespace = 'AWS/ApplicationELB';
let world: World;
let cloudWatch: CloudWatchClient;
let url: string;
let dimensions: { Name: string; Value: string }[];
beforeAll(async () => {
  await new Promise<void>((done) => node.listen(0, '127.0.0.1', done));
  world = await startTestWorld();
  cloudWatch = new CloudWatchClient({ ...clientOptions(world), disableRequestCompression: true });
  const elb = new ElasticLoadBalancingV2Client(clientOptions(world));
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'edge', Subnets: ['subnet-1'] }));
  const { LoadBalancerArn, DNSName } = LoadBalancers![0]!;
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name: 'blue', Port: 8000, Protocol: 'HTTP', HealthCheckPath: '/status' }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  const Targets = [{ Id: '127.0.0.1', Port: (node.address() as AddressInfo).port }];
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
  await elb.send(new CreateListenerCommand({ LoadBalancerArn, Port: 9200, Protocol: 'HTTP', DefaultActions }));
  await eventually('a healthy target', 30, async () => {
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
    return TargetHealthDescriptions![0]!.TargetHealth!.State === 'healthy' ? true : undefined;
  });
  url = world.loadBalancerUrl(DNSName!, 9200);
  dimensions = [
    { Name: 'LoadBalancer', Value: LoadBalancerArn!.split(':loadbalancer/')[1]! },
    { Name: 'TargetGroup', Value: TargetGroupArn!.split(':').at(-1)! },
  ];
});
afterAll(async () => {
  await world.stop();
  node.closeAllConnections();
  node.close();
});

async function total(MetricName: string, Stat: string): Promise<number | undefined> {
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - 120_000),
      EndTime: new Date(Date.now() + 1000),
      MetricDataQueries: [
        { Id: 'm', MetricStat: { Metric: { Namespace, MetricName, Dimensions: dimensions }, Stat, Period: 60 } },
      ],
    }),
  );
  const { Values } = MetricDataResults![0]!;
  return Values!.length === 0 ? undefined : Values!.reduce((sum, value) => sum + value, 0);
}

test('CloudWatch counts each request once, and knows how long the slowest hundredth took', async () => {
  expect(await total('RequestCount', 'Sum')).toBeUndefined();
  for (let n = 0; n < 200; n++) expect((await fetch(url)).status).toBe(200);
  await eventually('200 requests', 5, async () => ((await total('RequestCount', 'Sum')) === 200 ? true : undefined));
  expect(await total('HTTPCode_Target_2XX_Count', 'Sum')).toBe(200);
  expect(await total('HTTPCode_Target_5XX_Count', 'Sum')).toBeUndefined();
  const p99 = await total('TargetResponseTime', 'p99');
  expect(p99).toBeGreaterThan(0);
  expect(p99).toBeLessThan(5);
});

test('an alarm on the share of errors follows what a node answers within seconds', async () => {
  const stat = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions: dimensions }, Stat: 'Sum', Period: 60 },
  });
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      Threshold: 0.01,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        { Id: 'share', Expression: 'FILL(errors, 0) / requests' },
        stat('errors', 'HTTPCode_Target_5XX_Count'),
        stat('requests', 'RequestCount'),
      ],
    }),
  );
  const becomes = (state: string) =>
    eventually(state, 15, async () => {
      const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }));
      return MetricAlarms![0]!.StateValue === state ? true : undefined;
    });
  let asking = true;
  const load = (async () => {
    while (asking) {
      await fetch(url);
      await sleep(20);
    }
  })();
  await becomes('OK');
  status = 500;
  const broken = Date.now();
  await becomes('ALARM');
  expect(Date.now() - broken).toBeLessThan(8000); // three periods of 1 s, and what a busy machine adds
  status = 200;
  await becomes('OK');
  asking = false;
  await load;
  await becomes('INSUFFICIENT_DATA');
});
