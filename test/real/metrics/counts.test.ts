import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cloudWatchMinutes } from '../../../lib/metrics/cloudwatch-minutes';
import type { MinuteReading, MinuteSource, SlotMinute } from '../../../lib/traffic/minutes';
import { trafficOf } from '../../../lib/traffic/traffic-now';
import { SLOTS, type Slot, type Weights } from '../../../lib/traffic/weights';
import type { World } from '../../../local/world/world';
import { clientOptions, eventually, sleep, startTestWorld } from '../local-aws/helpers';

jest.setTimeout(120_000);

/** What the nodes of a slot did, by their own account. */
const did: Record<Slot, { requests: number; failed: number; reset: number; slow: number }> = {
  blue: { requests: 0, failed: 0, reset: 0, slow: 0 },
  green: { requests: 0, failed: 0, reset: 0, slow: 0 },
};
const health = createServer((_, response) => response.end());
const nodes: Record<Slot, Server> = { blue: createServer(node('blue')), green: createServer(node('green')) };

function node(slot: Slot): RequestListener {
  return (incoming, response) => {
    const mine = did[slot];
    mine.requests += 1;
    incoming.resume();
    if (incoming.url === '/fail') {
      mine.failed += 1;
      return response.writeHead(500).end();
    }
    if (incoming.url === '/reset') {
      mine.reset += 1;
      return incoming.socket.destroy();
    }
    if (incoming.url === '/slow') {
      mine.slow += 1;
      return setTimeout(() => response.end(), 700);
    }
    return response.end();
  };
}
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

let world: World;
let elb: ElasticLoadBalancingV2Client;
let cloudWatch: CloudWatchClient;
let url: URL;
let listenerArn: string;
let loadBalancerArn: string;
const targetGroupArns: Record<Slot, string> = { blue: '', green: '' };

const forward = (weights: Weights) => [
  {
    Type: 'forward' as const,
    ForwardConfig: {
      TargetGroups: SLOTS.map((slot) => ({ TargetGroupArn: targetGroupArns[slot], Weight: weights[slot] })),
    },
  },
];

beforeAll(async () => {
  const HealthCheckPort = String(await listening(health));
  world = await startTestWorld();
  cloudWatch = new CloudWatchClient(clientOptions(world));
  elb = new ElasticLoadBalancingV2Client(clientOptions(world));
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'edge', Subnets: ['subnet-1'] }));
  loadBalancerArn = LoadBalancers![0]!.LoadBalancerArn!;
  for (const slot of SLOTS) {
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({ Name: slot, Port: 8000, Protocol: 'HTTP', HealthCheckPort }),
    );
    targetGroupArns[slot] = TargetGroups![0]!.TargetGroupArn!;
    const Targets = [{ Id: '127.0.0.1', Port: await listening(nodes[slot]) }];
    await elb.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArns[slot], Targets }));
  }
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Port: 9200,
      Protocol: 'HTTP',
      DefaultActions: forward({ blue: 3, green: 1 }),
    }),
  );
  listenerArn = Listeners![0]!.ListenerArn!;
  for (const slot of SLOTS) {
    await eventually(`${slot} healthy`, 30, async () => {
      const { TargetHealthDescriptions } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArns[slot] }),
      );
      return TargetHealthDescriptions![0]!.TargetHealth!.State === 'healthy' ? true : undefined;
    });
  }
  url = new URL(world.loadBalancerUrl(LoadBalancers![0]!.DNSName!, 9200));
});
afterAll(async () => {
  await world.stop();
  for (const server of [health, ...Object.values(nodes)]) {
    server.closeAllConnections();
    server.close();
  }
});

/** A request without a connection kept, so that the load balancer repeats none; the status. */
const ask = (path: string, method = 'POST'): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
const open = (): MinuteSource =>
  cloudWatchMinutes(cloudWatch, {
    loadBalancerArn,
    targetGroupArns,
    periodSeconds: 1,
    slowSeconds: 0.5,
    now: Date.now,
  });
/** Everything of a slot in a reading; undefined where it is in no minute. */
function total({ minutes }: MinuteReading, slot: Slot): SlotMinute | undefined {
  const all = minutes.flatMap(({ slots }) => slots[slot] ?? []);
  if (all.length === 0) return undefined;
  return all.reduce((sum, each) => ({
    requests: sum.requests + each.requests,
    errors: sum.errors + each.errors,
    slow: (sum.slow ?? 0) + (each.slow ?? 0),
  }));
}
/** The reading once everything is settled that was sent. */
const settled = async (source: MinuteSource, from: Date): Promise<MinuteReading> => {
  const end = new Date(Math.ceil(Date.now() / 1000) * 1000);
  return eventually('the last minute settled', 15, async () => {
    await sleep(200);
    const reading = await source(from, new Date());
    const isAll =
      Date.now() > end.getTime() + 3000 &&
      reading.minutes.every(({ at, settled }) => settled || Date.parse(at) > end.getTime());
    return isAll ? reading : undefined;
  });
};
const second = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000);

test('of a load of answers, errors and slow ones CloudWatch counts per slot what the nodes did', async () => {
  const from = second();
  const source = open();
  const paths = ['/', '/', '/', '/', '/fail', '/', '/', '/', '/slow', '/'];
  // Requests without an end, so that both slots have some in each second: a slow one is counted in the second it is answered in.
  let isLoading = true;
  const load = (async () => {
    for (; isLoading; await sleep(10)) await ask('/');
  })();
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(paths.map((path) => ask(path)));
    // Looks in between must not change what is counted in the end.
    await source(from, new Date());
  }
  await sleep(1100);
  isLoading = false;
  await load;
  const reading = await settled(source, from);
  expect(did.blue.failed + did.green.failed).toBe(20);
  for (const slot of SLOTS) {
    const { requests, failed, slow } = did[slot];
    expect(requests).toBeGreaterThan(10);
    expect(total(reading, slot)).toEqual({ requests, errors: failed, slow });
  }
  expect(reading.minutes.every(({ unattributed }) => unattributed === undefined)).toBe(true);

  const traffic = trafficOf(await open()(new Date(Date.now() - 1_800_000), new Date()), 'blue');
  expect(traffic?.errorRate).toBeCloseTo(total(reading, 'blue')!.errors / did.blue.requests, 10);
  expect(traffic?.slowRate).toBeCloseTo(did.blue.slow / did.blue.requests, 10);
});

test('what the load balancer made of connections that were reset goes to the slot whose requests got no answer', async () => {
  await sleep(1100);
  const from = second();
  const before = { blue: did.blue.reset, green: did.green.reset };
  for (let n = 0; n < 60; n += 1) expect(await ask('/reset')).toBe(502);
  const reading = await settled(open(), from);
  let missing = 60;
  for (const slot of SLOTS) {
    const reset = did[slot].reset - before[slot];
    const errors = total(reading, slot)?.errors ?? 0;
    // One may begin in one second and end in the next, at each of their ends.
    expect(Math.abs(errors - reset)).toBeLessThanOrEqual(reading.minutes.length);
    missing -= errors;
  }
  expect(reading.minutes.reduce((sum, { unattributed }) => sum + (unattributed ?? 0), 0)).toBe(missing);
});

test('connections that a slot refuses are its errors, and not the other’s', async () => {
  nodes.green.closeAllConnections();
  await new Promise((done) => nodes.green.close(done));
  await sleep(1100);
  const from = second();
  const statuses = await Promise.all(Array.from({ length: 80 }, () => ask('/')));
  const refused = statuses.filter((status) => status === 502).length;
  expect(refused).toBeGreaterThan(5);
  const reading = await settled(open(), from);
  expect(total(reading, 'green')).toEqual({ requests: refused, errors: refused, slow: 0 });
  expect(total(reading, 'blue')).toEqual({ requests: 80 - refused, errors: 0, slow: 0 });
});

test('a slot without weight has no data: that is not zero', async () => {
  await elb.send(
    new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: forward({ blue: 100, green: 0 }) }),
  );
  await sleep(1500);
  const from = second();
  for (let n = 0; n < 10; n += 1) await ask('/');
  const reading = await settled(open(), from);
  expect(total(reading, 'blue')).toEqual({ requests: 10, errors: 0, slow: 0 });
  expect(total(reading, 'green')).toBeUndefined();
});

describe('when metrics fail', () => {
  const fault = (rule: object) =>
    fetch(`${world.endpoint}/_local/metrics`, { method: 'POST', body: JSON.stringify(rule) });

  test('a slot whose requests are not published any more has no data', async () => {
    expect((await fault({ metric: 'RequestCount', dimension: 'targetgroup/blue', drop: true })).status).toBe(200);
    const from = second();
    for (let n = 0; n < 5; n += 1) await ask('/fail');
    const reading = await settled(open(), from);
    expect(total(reading, 'blue')).toBeUndefined();
    await fault({ metric: 'RequestCount', dimension: 'targetgroup/blue', drop: false });
  });

  test('points that come late make the reading stale, and are there when they come', async () => {
    await fault({ metric: '*', delaySeconds: 8 });
    await sleep(1100);
    const from = second();
    await ask('/');
    const source = open();
    await sleep(4500);
    const late = await source(from, new Date());
    expect(total(late, 'blue')).toBeUndefined();
    expect(late.staleSeconds).toBeGreaterThanOrEqual(4);
    await fault({ metric: '*', delaySeconds: 0 });
    expect(total(await open()(from, new Date()), 'blue')?.requests).toBe(1);
  });

  test('the hook says what it takes', async () => {
    const answer = await fault({ metric: '*', delaySeconds: -1 });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('/_local/metrics');
  });
});
