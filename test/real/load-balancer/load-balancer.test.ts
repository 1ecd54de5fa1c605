import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { createHash } from 'node:crypto';
import type { Action, Listener, LoadBalancer, Rule, TargetGroup } from '../../../local/load-balancer/state';
import { ask, Rig, targetGroup, until, type Answer } from './rig';

const ADDRESS = '127.3.77.1';
const PORT = 18080;
const SECURE_PORT = 18443;
const LISTENER =
  'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2';

const forward = (...groups: [TargetGroup, number][]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([group, Weight]) => ({ TargetGroupArn: group.arn, Weight })) },
});
const fixed = (MessageBody: string): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody },
});
const listener = (defaultActions: Action[], rules: Rule[] = [], change: Partial<Listener> = {}): Listener => ({
  arn: LISTENER,
  port: PORT,
  protocol: 'HTTP',
  defaultActions,
  rules,
  ...change,
});
const loadBalancer = (idleSeconds: number, listeners: Listener[]): LoadBalancer => ({
  arn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/edge/50dc6c495c0c9188',
  name: 'edge',
  dnsName: ADDRESS,
  address: ADDRESS,
  scheme: 'internet-facing',
  attributes: { 'idle_timeout.timeout_seconds': String(idleSeconds) },
  listeners,
});
const host = (priority: string, name: string, ...actions: Action[]): Rule => ({
  arn: `${LISTENER}/${priority}`,
  priority,
  conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [name] } }],
  actions,
});

// Many processes may share the machine.
jest.setTimeout(60_000);

describe('the load balancer process', () => {
  let rig: Rig;
  let idleSeconds: number;
  beforeEach(async () => {
    idleSeconds = 60;
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.end());

  const get = (path = '/', headers: Record<string, string> = {}): Promise<Answer> =>
    ask({ address: ADDRESS, port: PORT, path, headers });
  const serve = (listeners: Listener[], ...targetGroups: TargetGroup[]): void => {
    rig.gateway.state = { loadBalancers: [loadBalancer(idleSeconds, listeners)], targetGroups };
  };
  /** Every target of the groups is healthy, and the listener takes connections. */
  const ready = (...groups: TargetGroup[]): Promise<void> =>
    until(`${groups.map(({ name }) => name).join(' and ')} healthy, listener bound`, async () => {
      const states = groups.map((group) => ({ group, states: rig.gateway.healthOf(group.arn) }));
      return (
        states.every(({ group, states }) => states.join() === group.targets.map(() => 'healthy').join()) &&
        (await get()).status > 0
      );
    });
  const registered = (target: { id: string; port: number }) =>
    ({ id: target.id, port: target.port, state: 'registered' }) as const;
  const named = (name: string) =>
    rig.target((incoming, response) => response.end(incoming.url === '/status' ? 'up' : name));

  test('given host rules, each request goes by the first that matches, else by the default action', async () => {
    const blue = targetGroup('blue', { targets: [registered(await named('blue'))] });
    serve(
      [
        listener(
          [forward([blue, 1])],
          [host('20', '*.example.test', fixed('wide')), host('10', 'static.example.test', fixed('static'))],
        ),
      ],
      blue,
    );
    await ready(blue);

    expect((await get('/', { Host: 'STATIC.example.test:80' })).body).toBe('static');
    expect((await get('/', { Host: 'other.example.test' })).body).toBe('wide');
    expect((await get('/', { Host: 'elsewhere.test' })).body).toBe('blue');
  });

  test('a target sees the host, path and query as sent, the forwarded headers and a trace id', async () => {
    const echo = await rig.target((incoming, response) =>
      response.end(JSON.stringify({ url: incoming.url, headers: incoming.headers })),
    );
    const blue = targetGroup('blue', { targets: [registered(echo)] });
    serve([listener([forward([blue, 1])])], blue);
    await ready(blue);

    const answer = await get('/a%20b/?q=1', { Host: 'api.example.test', 'X-Forwarded-For': '203.0.113.7' });
    expect(JSON.parse(answer.body)).toEqual({
      url: '/a%20b/?q=1',
      headers: expect.objectContaining({
        host: 'api.example.test',
        'x-forwarded-for': '203.0.113.7, 127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': String(PORT),
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
      }) as object,
    });
  });

  test('given an HTTPS listener, it speaks TLS with a certificate of its own and says so to the target', async () => {
    const proto = await rig.target((incoming, response) => response.end(String(incoming.headers['x-forwarded-proto'])));
    const blue = targetGroup('blue', { targets: [registered(proto)] });
    const secure = listener([forward([blue, 1])], [], {
      protocol: 'HTTPS',
      port: SECURE_PORT,
      certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/1',
    });
    serve([secure], blue);

    await until(
      'it answers',
      async () => (await ask({ address: ADDRESS, port: SECURE_PORT, secure: true })).body === 'https',
    );
  });

  test('a rule that changes is served within 250 ms; requests in flight are answered by the old one', async () => {
    let arrived = (): void => undefined;
    const isInFlight = new Promise<void>((resolve) => (arrived = resolve));
    let release = (): void => undefined;
    const slow = await rig.target((incoming, response) => {
      if (incoming.url !== '/slow') return response.end('blue');
      release = () => response.end('slow blue');
      return arrived();
    });
    const blue = targetGroup('blue', { targets: [registered(slow)] });
    const green = targetGroup('green', { targets: [registered(await named('green'))] });
    const all = (name: string): void =>
      serve([listener([forward([blue, name === 'blue' ? 1 : 0], [green, name === 'green' ? 1 : 0])])], blue, green);
    all('blue');
    await ready(blue, green);

    const inFlight = get('/slow');
    await isInFlight;
    const times: number[] = [];
    for (const name of ['green', 'blue', 'green', 'blue', 'green']) {
      const changed = performance.now();
      all(name);
      await until(`all on ${name}`, async () => (await get()).body === name);
      times.push(performance.now() - changed);
    }

    release();
    expect((await inFlight).body).toBe('slow blue');
    // The median, because another process may have the machine for a moment.
    expect(times.sort((x, y) => x - y)[2]).toBeLessThan(250);
  });

  test('while the weights change every 50 ms, 2,000 requests on 8 kept connections are all answered, on the same sockets', async () => {
    const blue = targetGroup('blue', { targets: [registered(await named('blue')), registered(await named('blue'))] });
    const green = targetGroup('green', { targets: [registered(await named('green'))] });
    const weights = (share: number): void =>
      serve([listener([forward([blue, 100 - share], [green, share])])], blue, green);
    weights(0);
    await ready(blue, green);

    let share = 0;
    const changes = setInterval(() => weights((share = (share + 30) % 101)), 50);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const bodies: string[] = [];
        for (let n = 0; n < 250; n += 1) {
          const { status, body } = await ask({ address: ADDRESS, port: PORT, agent });
          bodies.push(status === 200 ? body : String(status));
        }
        return bodies;
      }),
    ).finally(() => {
      clearInterval(changes);
      agent.destroy();
    });

    expect(new Set(answers.flat())).toEqual(new Set(['blue', 'green']));
    expect(sockets.size).toBe(8);
  });

  test('a target group without a target, and weights all zero, answer 503', async () => {
    const empty = targetGroup('empty');
    const blue = targetGroup('blue', { targets: [registered(await named('blue'))] });
    serve([listener([forward([empty, 1])], [host('1', 'zero.example.test', forward([blue, 0]))])], empty, blue);
    await until('it listens', async () => (await get()).status > 0);

    expect((await get()).status).toBe(503);
    expect((await get('/', { Host: 'zero.example.test' })).status).toBe(503);
  });

  test('a target that refuses connections answers 502, one that is silent past the idle timeout 504', async () => {
    idleSeconds = 1;
    const gone = await named('gone');
    gone.server.close();
    const silent = await rig.target((incoming, response) => (incoming.url === '/status' ? response.end() : undefined));
    const one = targetGroup('one', { targets: [registered(gone)] });
    const two = targetGroup('two', { targets: [registered(silent)] });
    serve([listener([forward([one, 1])], [host('1', 'silent.example.test', forward([two, 1]))])], one, two);
    await until('it listens', async () => (await get()).status > 0);

    const refused = await get();
    expect([refused.status, refused.headers.server]).toEqual([502, 'awselb/2.0']);
    expect((await get('/', { Host: 'silent.example.test' })).status).toBe(504);
  });

  test('a POST on a kept connection that the target resets is not sent again', async () => {
    let posts = 0;
    const flaky = await rig.target((incoming, response) => {
      if (incoming.method !== 'POST') return response.end();
      posts += 1;
      return incoming.socket.destroy();
    });
    const blue = targetGroup('blue', { targets: [registered(flaky)] });
    serve([listener([forward([blue, 1])])], blue);
    await until('blue answers', async () => (await get()).status === 200);

    expect((await ask({ address: ADDRESS, port: PORT, method: 'POST', body: 'once' })).status).toBe(502);
    expect(posts).toBe(1);
  });

  test('health goes from initial to healthy, to unhealthy with the reason, and back; without a healthy target requests still go', async () => {
    let status = 200;
    const target = await rig.target((incoming, response) =>
      response.writeHead(incoming.url === '/status' ? status : 200).end(),
    );
    const blue = targetGroup('blue', { targets: [registered(target)] });
    serve([listener([forward([blue, 1])])], blue);
    await until('healthy', () => rig.gateway.healthOf(blue.arn)[0] === 'healthy');
    status = 503;
    await until('unhealthy', () => rig.gateway.healthOf(blue.arn)[0] === 'unhealthy Target.ResponseCodeMismatch');
    expect((await get()).status).toBe(200);
    status = 200;
    await until('healthy again', () => rig.gateway.healthOf(blue.arn)[0] === 'healthy');
  });

  test('health is asked on the health check port; a group at weight 0 is checked, one that no rule names is unused', async () => {
    const status = await rig.target((_, response) => response.end());
    const health = { ...targetGroup('x').healthCheck, port: String(status.port) };
    const green = targetGroup('green', {
      healthCheck: health,
      targets: [{ id: '127.0.0.1', port: 9, state: 'registered' }],
    });
    const spare = targetGroup('spare', {
      healthCheck: health,
      targets: [{ id: '127.0.0.1', port: 9, state: 'registered' }],
    });
    serve([listener([forward([green, 0])])], green, spare);

    await until('green is healthy', () => rig.gateway.healthOf(green.arn)[0] === 'healthy');
    expect(rig.gateway.healthOf(spare.arn)).toEqual(['unused Target.NotInUse']);
  });

  test('a draining target finishes what it has and takes nothing new', async () => {
    let arrived = (): void => undefined;
    const isInFlight = new Promise<void>((resolve) => (arrived = resolve));
    let release = (): void => undefined;
    const leaves = await rig.target((incoming, response) => {
      if (incoming.url !== '/slow') return response.end('leaves');
      release = () => response.end('finished');
      return arrived();
    });
    const stays = await named('stays');
    const alone = targetGroup('blue', { targets: [registered(leaves)] });
    const after = targetGroup('blue', { targets: [{ ...registered(leaves), state: 'draining' }, registered(stays)] });
    serve([listener([forward([alone, 1])])], alone);
    await ready(alone);

    const inFlight = get('/slow');
    await isInFlight;
    serve([listener([forward([after, 1])])], after);
    await until(
      'one drains, the other is healthy',
      () => rig.gateway.healthOf(after.arn).join() === 'draining Target.DeregistrationInProgress,healthy',
    );

    const answers = await Promise.all(Array.from({ length: 8 }, () => get()));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['stays']));
    release();
    expect((await inFlight).body).toBe('finished');
  });

  test('group stickiness keeps a client on its group after the weights turned', async () => {
    const blue = targetGroup('blue', { targets: [registered(await named('blue'))] });
    const green = targetGroup('green', { targets: [registered(await named('green'))] });
    const sticky = (action: Action): Action => ({
      ...action,
      ForwardConfig: { ...action.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 } },
    });
    serve([listener([sticky(forward([blue, 1], [green, 0]))])], blue, green);
    await ready(blue, green);
    const cookie = (await get()).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^AWSALBTG=/);

    serve([listener([sticky(forward([blue, 0], [green, 1]))])], blue, green);
    await until('new clients are on green', async () => (await get()).body === 'green');
    expect((await get('/', { Cookie: cookie })).body).toBe('blue');
  });

  test('metrics are published under the names of AWS', async () => {
    const blue = targetGroup('blue', { targets: [registered(await named('blue'))] });
    serve([listener([forward([blue, 1])])], blue);
    await until('blue answers', async () => (await get()).status === 200);

    const all = (): string => rig.gateway.metricCalls.map(({ body }) => body).join('');
    await until(
      'RequestCount and HealthyHostCount',
      () => all().includes('RequestCount') && all().includes('HealthyHostCount'),
    );
    for (const word of [
      'AWS/ApplicationELB',
      'HTTPCode_Target_2XX_Count',
      'TargetResponseTime',
      'app/edge/50dc6c495c0c9188',
      'targetgroup/blue/0123456789abcdef',
    ]) {
      expect(all()).toContain(word);
    }
    expect(all()).not.toContain('5XX');
  });

  test('a target that refuses connections, and one that speaks no TLS, are counted each by its name', async () => {
    const gone = await named('gone');
    gone.server.close();
    const plain = await named('plain');
    const closed = targetGroup('closed', { targets: [registered(gone)] });
    const untrusted = targetGroup('untrusted', { protocol: 'HTTPS', targets: [registered(plain)] });
    serve(
      [listener([forward([closed, 1])], [host('1', 'tls.example.test', forward([untrusted, 1]))])],
      closed,
      untrusted,
    );
    await until('it listens', async () => (await get()).status > 0);
    const published = (name: string): string =>
      rig.gateway.metricCalls.map(({ body }) => body).find((body) => body.includes(name)) ?? '';
    await until('connection errors', () => published('TargetConnectionErrorCount').includes('targetgroup/closed'));
    expect(published('TargetTLSNegotiationErrorCount')).toBe('');
    expect((await get('/', { Host: 'tls.example.test' })).status).toBe(502);
    await until('TLS errors', () => published('TargetTLSNegotiationErrorCount').includes('targetgroup/untrusted'));
  });

  test('metrics come once a second, of the second that ended: host counts each time, response times as values', async () => {
    const blue = targetGroup('blue', { targets: [registered(await named('blue'))] });
    serve([listener([forward([blue, 1])])], blue);
    await ready(blue);
    interface Datum {
      readonly MetricName: string;
      readonly Timestamp: number;
      readonly Values?: readonly number[];
      readonly Counts?: readonly number[];
      readonly StatisticValues?: { readonly Sum: number };
    }
    const told = (name: string): Datum[] =>
      rig.gateway.metricCalls
        .flatMap(({ body }) => (JSON.parse(body) as { MetricData: Datum[] }).MetricData)
        .filter(({ MetricName }) => MetricName === name);
    const begun = Date.now() / 1000;
    await Promise.all(Array.from({ length: 10 }, () => get()));
    const later = (name: string): Datum[] => told(name).filter(({ Timestamp }) => Timestamp > begun);
    await until('three more seconds', () => later('UnHealthyHostCount').length >= 3);

    const seconds = later('UnHealthyHostCount').map(({ Timestamp }) => Timestamp);
    expect(seconds.every((second) => Number.isInteger(second))).toBe(true);
    expect([...new Set(seconds)].sort((a, b) => a - b)).toEqual(seconds);
    expect(later('UnHealthyHostCount').map(({ StatisticValues }) => StatisticValues!.Sum)).toEqual(
      seconds.map(() => 0),
    );
    const times = told('TargetResponseTime');
    expect(times.every(({ Values, StatisticValues }) => Values!.length > 0 && StatisticValues === undefined)).toBe(
      true,
    );
    const samples = times.reduce((sum, { Counts }) => sum + Counts!.reduce((total, count) => total + count, 0), 0);
    const requests = told('RequestCount').reduce((sum, { StatisticValues }) => sum + StatisticValues!.Sum, 0);
    expect(samples).toBe(requests);
    expect(requests).toBeGreaterThanOrEqual(20); // of the load balancer and of the group
  });

  test('a websocket is upgraded through', async () => {
    const target = await rig.target((_, response) => response.end());
    target.server.on('upgrade', (incoming, socket) => {
      const accept = createHash('sha1')
        .update(`${incoming.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.pipe(socket);
    });
    const blue = targetGroup('blue', { targets: [registered(target)] });
    serve([listener([forward([blue, 1])])], blue);
    await until('blue answers', async () => (await get()).status === 200);

    const echoed = await new Promise<string>((resolve, reject) => {
      const upgrade = request({
        host: ADDRESS,
        port: PORT,
        headers: {
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version': '13',
        },
      });
      upgrade.on('error', reject);
      upgrade.on('upgrade', (_, socket) => {
        socket.on('data', (data) => {
          resolve(data.toString());
          socket.destroy();
        });
        socket.write('hello');
      });
      upgrade.end();
    });
    expect(echoed).toBe('hello');
  });

  test('it ends with exit code 0 when its standard input closes, and lets go of its sockets', async () => {
    serve([listener([fixed('here')])]);
    await until('it listens', async () => (await get()).body === 'here');

    expect(await rig.closeStdin()).toBe(0);
    await expect(
      new Promise((resolve, reject) => connect(PORT, ADDRESS).once('connect', resolve).once('error', reject)),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
