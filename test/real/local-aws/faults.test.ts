import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { World } from '../../../local/world/world';
import { clientOptions, startTestWorld } from './helpers';

jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(async () => world.stop());

const tell = (hook: string, body: unknown) =>
  fetch(`${world.endpoint}/_local/${hook}`, { method: 'POST', body: JSON.stringify(body) });
const options = (accessKeyId: string, maxAttempts = 1) => ({
  ...clientOptions(world),
  credentials: { accessKeyId, secretAccessKey: 'test' },
  maxAttempts,
});

describe('an access key that is declared expired', () => {
  const key = 'AKIDEXPIRED';
  afterEach(() => tell('credentials', { [key]: 'valid' }));

  test('is refused by every service in the words of its protocol, and others go on', async () => {
    const elb = new ElasticLoadBalancingV2Client(options(key));
    await elb.send(new DescribeLoadBalancersCommand({}));
    expect((await tell('credentials', { [key]: 'expired' })).status).toBe(200);
    const refused = async (call: Promise<unknown>): Promise<unknown> =>
      call.catch(({ name, $metadata }: { name: string; $metadata: { httpStatusCode: number } }) => [
        name,
        $metadata.httpStatusCode,
      ]);
    expect(await refused(elb.send(new DescribeLoadBalancersCommand({})))).toEqual(['ExpiredToken', 403]);
    for (const call of [
      new STSClient(options(key)).send(new GetCallerIdentityCommand({})),
      new EC2Client(options(key)).send(new DescribeVpcsCommand({})),
    ]) {
      expect(await refused(call)).toEqual([expect.stringMatching(/^ExpiredToken/), 403]);
    }
    for (const call of [
      new CloudWatchClient(options(key)).send(new DescribeAlarmsCommand({})),
      new ECSClient(options(key)).send(new DescribeClustersCommand({})),
    ]) {
      expect(await refused(call)).toEqual(['ExpiredTokenException', 403]);
    }
    await new ElasticLoadBalancingV2Client(options('AKIDOTHER')).send(new DescribeLoadBalancersCommand({}));
  });

  test('passes again when it is declared valid', async () => {
    await tell('credentials', { [key]: 'expired' });
    await tell('credentials', { [key]: 'valid' });
    await new ElasticLoadBalancingV2Client(options(key)).send(new DescribeLoadBalancersCommand({}));
  });
});

describe('an action that is declared throttled', () => {
  test('is refused as often as was said, in both protocols, and other actions are not', async () => {
    await tell('throttle', { action: 'DescribeLoadBalancers', count: 2 });
    await tell('throttle', { action: 'DescribeAlarms', count: 1 });
    const elb = new ElasticLoadBalancingV2Client(options('test'));
    const call = () => elb.send(new DescribeLoadBalancersCommand({}));
    await elb.send(new DescribeTargetGroupsCommand({}));
    await expect(call()).rejects.toMatchObject({ name: 'Throttling', $metadata: { httpStatusCode: 400 } });
    await expect(call()).rejects.toMatchObject({ name: 'Throttling' });
    await call();
    const alarms = () => new CloudWatchClient(options('test')).send(new DescribeAlarmsCommand({}));
    await expect(alarms()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await alarms();
  });

  test('is called again by the SDK until it is answered', async () => {
    await tell('throttle', { action: 'DescribeLoadBalancers', count: 2 });
    const { $metadata } = await new ElasticLoadBalancingV2Client(options('test', 4)).send(
      new DescribeLoadBalancersCommand({}),
    );
    expect($metadata.attempts).toBe(3);
  });
});

test.each([
  ['credentials', { a: 'gone' }],
  ['credentials', 'a'],
  ['throttle', { count: 1 }],
])('a hook %s that is told %j says what it takes', async (hook, body) => {
  const answer = await tell(hook, body);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(`/_local/${hook}`);
});
