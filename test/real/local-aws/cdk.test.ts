import { GetLogEventsCommand, CloudWatchLogsClient, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { World } from '../../../local/world/world';
import { TestStack, bootstrap, clientOptions, deploy, destroy, sql, startTestWorld } from './helpers';

jest.setTimeout(240_000);

/** The real cdk command deploys a VPC, a database, a service on two target groups and a custom resource of the Provider framework. */
let world: World;
let outputs: Record<string, string>;
const stack = () => new TestStack(world, 'fixture');
beforeAll(async () => {
  world = await startTestWorld();
  expect(await bootstrap(world)).toMatchObject({ code: 0 });
  const deployed = await deploy(world);
  expect(deployed.output).toContain('fixture');
  expect(deployed).toMatchObject({ code: 0 });
  outputs = await stack().outputs();
});
afterAll(async () => world.stop());

const ask = async (): Promise<string> => (await fetch(world.loadBalancerUrl(outputs['Dns']!, 80))).text();
const service = async () => {
  const { services } = await new ECSClient(clientOptions(world)).send(
    new DescribeServicesCommand({ cluster: outputs['ClusterName'], services: [outputs['ServiceName']!] }),
  );
  return services![0]!;
};

test('the Provider framework polls isComplete through its state machine, and its answer becomes an attribute', () => {
  expect(outputs['Answer']).toBe('first 000000000000');
});

test('the database takes the generated secret, which knows where the database is', async () => {
  const { SecretString } = await new SecretsManagerClient(clientOptions(world)).send(
    new GetSecretValueCommand({ SecretId: outputs['DatabaseSecret'] }),
  );
  const secret = JSON.parse(SecretString!) as Record<string, string>;
  expect(`${secret['host']}:${secret['port']}`).toBe(outputs['DatabaseEndpoint']);
  expect(await sql(secret['host']!, 'owner', secret['password']!, 'shop', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('the service answers through the load balancer and is healthy in both target groups', async () => {
  expect(await ask()).toBe('ok first');
  const elb = new ElasticLoadBalancingV2Client(clientOptions(world));
  const { TargetHealthDescriptions } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: outputs['GroupOne'] }),
  );
  expect(TargetHealthDescriptions).toMatchObject([{ TargetHealth: { State: 'healthy' } }]);
});

test('the bounds and the policy of the autoscaling are known', async () => {
  const ask = async (action: string, request: object): Promise<unknown> => {
    const answer = await fetch(world.endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': `AnyScaleFrontendService.${action}`,
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({ ServiceNamespace: 'ecs', ...request }),
    });
    return answer.json();
  };
  const ResourceId = `service/${outputs['ClusterName']}/${outputs['ServiceName']}`;
  expect(await ask('DescribeScalableTargets', { ResourceIds: [ResourceId] })).toMatchObject({
    ScalableTargets: [{ MinCapacity: 1, MaxCapacity: 3, ResourceId }],
  });
  expect(await ask('DescribeScalableTargets', { ResourceIds: ['service/other/other'] })).toEqual({
    ScalableTargets: [],
  });
  expect(await ask('DescribeScalingPolicies', { ResourceId })).toMatchObject({
    ScalingPolicies: [{ PolicyType: 'TargetTrackingScaling' }],
  });
});

test('an update that fails in a custom resource rolls back what came before it', async () => {
  const before = (await service()).taskDefinition;
  const { code, output } = await deploy(world, { who: 'second', fail: 'yes' });
  expect(code).not.toBe(0);
  expect(output).toContain('asked to fail');
  expect(await stack().status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await service()).taskDefinition).toBe(before);
  expect(await ask()).toBe('ok first');
});

test('an update whose tasks do not start fails by the circuit breaker and rolls back', async () => {
  const { code, output } = await deploy(world, { checkExit: '1' });
  expect(code).not.toBe(0);
  expect(output).toContain('ECS Deployment Circuit Breaker was triggered');
  expect(await stack().status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await ask()).toBe('ok first');
});

test('an update of the custom resource runs again, and of the service rolls over', async () => {
  expect(await deploy(world, { who: 'second', value: 'other' })).toMatchObject({ code: 0 });
  expect((await stack().outputs())['Answer']).toBe('other 000000000000');
  expect(await ask()).toBe('ok second');
});

test('container logs are in CloudWatch Logs', async () => {
  const logs = new CloudWatchLogsClient(clientOptions(world));
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: outputs['LogGroup'] }));
  const stream = logStreams!.find(({ logStreamName }) => logStreamName!.startsWith('tiny/one/'))!;
  const { events } = await logs.send(
    new GetLogEventsCommand({
      logGroupName: outputs['LogGroup'],
      logStreamName: stream.logStreamName,
      startFromHead: true,
    }),
  );
  expect(events![0]!.message).toMatch(/^serving 127\.1\./);
});

test('a first deployment that fails leaves nothing but what its policies keep', async () => {
  const context = { stack: 'broken', identifier: 'broken-db', fail: 'yes', service: '' };
  const { code } = await deploy(world, context);
  expect(code).not.toBe(0);
  expect(await new TestStack(world, 'broken').status()).toBe('ROLLBACK_COMPLETE');
  const { DBInstances } = await new RDSClient(clientOptions(world)).send(new DescribeDBInstancesCommand({}));
  expect(DBInstances!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(['fixture-db']);
});

test('cdk destroy removes all and leaves a snapshot of the database', async () => {
  expect(await destroy(world)).toMatchObject({ code: 0 });
  expect(await stack().status()).toBe('GONE');
  const { DBSnapshots } = await new RDSClient(clientOptions(world)).send(
    new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'fixture-db' }),
  );
  expect(DBSnapshots).toMatchObject([{ Status: 'available', DbiResourceId: outputs['DatabaseResourceId'] }]);
});
