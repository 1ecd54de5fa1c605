import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { faultOf, Load, percentile } from '../../../../local/demo/load';
import type { LoadRequest } from '../../../../local/demo/load';

const catalog: LoadRequest = { name: 'catalog', method: 'GET', path: '/catalog/7', upstream: { url: '/catalog/7' } };
const orders: LoadRequest = {
  name: 'orders',
  method: 'GET',
  path: '/orders/1',
  upstream: { url: '/orders/1', consumer: 'alice' },
};
const echo = (url: string, headers: Record<string, string> = {}) => JSON.stringify({ url, headers });

describe('the load', () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse, path: string) => void;
  beforeEach(async () => {
    server = createServer((request, response) => answer(response, request.url ?? ''));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    answer = (response, path) => response.end(echo(path));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const during = async (milliseconds: number, load: Load) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await load.stop();
    return load;
  };

  test('given right answers, then none failed, and the seconds add up to what was sent', async () => {
    const load = await during(600, new Load(url, [catalog], { perSecond: 100, connections: 4 }));
    expect(load.failed).toBe(0);
    expect(load.seconds().reduce((sum, { requests }) => sum + requests, 0)).toBe(load.sent);
    expect(load.seconds().every(({ p50, p99 }) => (p50 ?? 0) > 0 && (p99 ?? 0) >= (p50 ?? 0))).toBe(true);
  });

  test('given a rate, then it is kept and not exceeded', async () => {
    const load = await during(1000, new Load(url, [catalog], { perSecond: 60, connections: 3 }));
    expect(load.sent).toBeGreaterThan(30);
    expect(load.sent).toBeLessThanOrEqual(66);
  });

  test('given several connections, then no more than these are opened', async () => {
    const sockets = new Set();
    server.on('connection', (socket) => sockets.add(socket));
    await during(400, new Load(url, [catalog], { perSecond: 200, connections: 3 }));
    expect(sockets.size).toBeLessThanOrEqual(3);
  });

  test('given a connection that is reset, then the request failed, and it was sent once', async () => {
    let asked = 0;
    answer = (response) => {
      asked += 1;
      response.socket?.destroy();
    };
    const load = await during(200, new Load(url, [catalog], { perSecond: 50, connections: 2 }));
    expect(load.failed).toBe(load.sent);
    expect(asked).toBe(load.sent);
    expect(load.failures[0]).toMatch(/catalog: \w+: /);
  });

  test('given many failures, then the first five are kept', async () => {
    answer = (response) => response.writeHead(502).end('no');
    const load = await during(300, new Load(url, [catalog], { perSecond: 100, connections: 2 }));
    expect(load.failed).toBeGreaterThan(5);
    expect(load.failures).toHaveLength(5);
    expect(load.failures[0]).toContain('status 502 instead of 200: no');
  });
});

describe('an answer to the load', () => {
  test('given another status, then it is a fault', () => {
    expect(faultOf(catalog, 503, '')).toBe('status 503 instead of 200: ');
  });

  test('given a body that is not the upstream’s, then it is a fault, whatever the status', () => {
    expect(faultOf(catalog, 200, '<html>')).toContain("not the upstream's answer");
    expect(faultOf(catalog, 200, echo('/orders/7'))).toContain('asked for /orders/7');
  });

  test('given a gateway that lets everyone in, then the missing consumer is a fault', () => {
    expect(faultOf(orders, 200, echo('/orders/1'))).toContain('consumer undefined instead of alice');
    expect(faultOf(orders, 200, echo('/orders/1', { 'x-consumer-username': 'alice' }))).toBeUndefined();
  });
});

test('law: a percentile is one of the values, and never falls as the share rises', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const value = percentile(sorted, share);
        expect(sorted).toContain(value);
        expect(value).toBeLessThanOrEqual(percentile(sorted, 1)!);
      },
    ),
  );
});
