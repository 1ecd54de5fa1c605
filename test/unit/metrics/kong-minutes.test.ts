import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KongMinutes } from '../../../lib/metrics/kong-minutes';

const at = (minutes: number): Date => new Date(Date.parse('2026-11-21T20:00:00Z') + minutes * 60_000);

interface Node {
  requests: number;
  failed?: number;
  refused?: number;
  slow?: number;
  pid?: number;
}

/** /metrics as Kong 3.x writes it. */
const metrics = ({ requests, failed = 0, refused = 0, slow, pid = 1 }: Node): string =>
  [
    `kong_http_requests_total{service="s",route="r",code="200",source="service",consumer=""} ${requests - failed - refused}`,
    `kong_http_requests_total{service="s",route="r",code="503",source="kong",consumer=""} ${failed}`,
    `kong_http_requests_total{service="s",route="r",code="401",source="kong",consumer=""} ${refused}`,
    ...(slow === undefined
      ? []
      : [
          `kong_request_latency_ms_bucket{service="s",route="r",le="1000"} ${requests - slow}`,
          `kong_request_latency_ms_bucket{service="s",route="r",le="+Inf"} ${requests}`,
        ]),
    `kong_memory_workers_lua_vms_bytes{node_id="n",pid="${pid}",kong_subsystem="http"} 5`,
  ].join('\n');

/** Nodes by URL: what they have counted, or an error instead of an answer. */
function world(nodes: Record<string, Node | Error | string>) {
  const state = { now: at(0).getTime(), takes: 0 };
  const slot = (name: string) => Object.keys(nodes).filter((url) => url.includes(name));
  const kong = new KongMinutes({
    urls: { blue: slot('blue'), green: slot('green') },
    periodSeconds: 60,
    slowSeconds: 1,
    now: () => state.now,
    textOf: (url) => {
      state.now += state.takes;
      const node = nodes[url];
      if (node instanceof Error) return Promise.reject(node);
      return Promise.resolve(typeof node === 'string' ? node : metrics(node!));
    },
  });
  const sampleAt = async (minutes: number, now: Record<string, Node | Error | string> = {}) => {
    Object.assign(nodes, now);
    state.now = at(minutes).getTime();
    await kong.sample();
  };
  return { kong, state, sampleAt, read: (to: number) => kong.source(at(0), at(to)) };
}
const B = 'http://blue-1:8100/metrics';
const B2 = 'http://blue-2:8100/metrics';
const G = 'http://green-1:8100/metrics';

test('a minute is the difference of two samples, all nodes of a slot together', async () => {
  const { sampleAt, read } = world({ [B]: { requests: 1000 }, [B2]: { requests: 0 }, [G]: { requests: 5, slow: 0 } });
  await sampleAt(0);
  await sampleAt(1, {
    [B]: { requests: 1100, failed: 2, refused: 3 },
    [B2]: { requests: 50, failed: 1 },
    [G]: { requests: 15, slow: 4 },
  });
  expect(await read(1)).toMatchObject({
    source: "Kong's Prometheus",
    periodSeconds: 60,
    minutes: [
      {
        at: '2026-11-21T20:00:00.000Z',
        settled: true,
        slots: {
          blue: { requests: 150, errors: 3, refusals: { 401: 3, 403: 0, 429: 0 } },
          green: { requests: 10, errors: 0, slow: 4 },
        },
      },
    ],
  });
});

test('a slot whose latencies are off on one node cannot tell its slow requests', async () => {
  const { sampleAt, read } = world({ [B]: { requests: 0, slow: 0 }, [B2]: { requests: 0 }, [G]: { requests: 0 } });
  await sampleAt(0);
  await sampleAt(1, { [B]: { requests: 1, slow: 1 } });
  const reading = await read(1);
  expect(reading.minutes[0]?.slots.blue).not.toHaveProperty('slow');
  expect(reading.notes).toContain(
    'blue: blue-2:8100 does not count slow requests: its latencies are switched off, or none of its buckets ends at gates.slowSeconds',
  );
});

test('a node that does not answer takes the minutes on both sides of the sample from its slot, and is named', async () => {
  const down = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  const { sampleAt, read } = world({ [B]: { requests: 0 }, [B2]: { requests: 0 }, [G]: { requests: 0 } });
  await sampleAt(0);
  await sampleAt(1, { [B2]: down });
  expect((await read(1)).notes).toContain('blue: blue-2:8100 did not answer (ECONNREFUSED)');
  await sampleAt(2, { [B2]: { requests: 7 } });
  await sampleAt(3);
  expect((await read(3)).minutes.map(({ slots }) => Object.keys(slots))).toEqual([
    ['green'],
    ['green'],
    ['blue', 'green'],
  ]);
});

test('a node that was started anew leaves out the minute, whether its counters fell or not', async () => {
  const { sampleAt, read } = world({ [B]: { requests: 100 }, [G]: { requests: 100 } });
  await sampleAt(0);
  await sampleAt(1, { [B]: { requests: 5 }, [G]: { requests: 130, pid: 2 } });
  const reading = await read(1);
  expect(reading.minutes).toEqual([]);
  expect(reading.notes).toEqual([
    expect.stringContaining('blue: blue-1:8100 was started anew'),
    expect.stringContaining('green: green-1:8100 was started anew'),
  ]);
  await sampleAt(2, { [B]: { requests: 15 } });
  expect((await read(2)).minutes).toMatchObject([{ slots: { blue: { requests: 10 }, green: { requests: 0 } } }]);
});

test('without counters there is no data, and what to switch on is said', async () => {
  const { sampleAt, read } = world({ [B]: { requests: 0 }, [G]: 'kong_datastore_reachable 1\n' });
  await sampleAt(0);
  await sampleAt(1);
  const { minutes, notes } = await read(1);
  expect(minutes.map(({ slots }) => Object.keys(slots))).toEqual([['blue']]);
  expect(notes?.join()).toContain('status_code_metrics');
});

test('an answer that comes too late is not taken for its boundary', async () => {
  const { sampleAt, read, state } = world({ [B]: { requests: 0 }, [G]: { requests: 0 } });
  await sampleAt(0);
  state.takes = 16_000;
  await sampleAt(1);
  const reading = await read(2);
  expect(reading.minutes).toEqual([]);
  expect(reading.notes?.join()).toMatch(/answered .* s late/);
});

test('a timer that comes a millisecond early is for the same boundary', async () => {
  const { sampleAt, read, state } = world({ [B]: { requests: 0 }, [G]: { requests: 0 } });
  await sampleAt(0);
  await sampleAt(1 - 1 / 60_000, { [B]: { requests: 9 } });
  state.now = at(1).getTime();
  expect((await read(1)).minutes[0]?.slots.blue?.requests).toBe(9);
});

test('samples that stop are stale', async () => {
  const { sampleAt, read, state } = world({ [B]: { requests: 0 }, [G]: { requests: 0 } });
  await sampleAt(0);
  await sampleAt(1);
  state.now = at(3).getTime();
  expect((await read(3)).staleSeconds).toBeUndefined();
  state.now = at(4).getTime();
  expect((await read(4)).staleSeconds).toBe(180);
});

test('a password in a URL is in no note', async () => {
  const url = 'http://user:secret@blue-1:8100/metrics';
  const { sampleAt, read } = world({ [url]: new TypeError(`bad URL ${url}`), [G]: { requests: 0 } });
  await sampleAt(0);
  expect(JSON.stringify(await read(1))).not.toContain('secret');
});

test('between start and stop every boundary is sampled, none after it', async () => {
  jest.useFakeTimers({ now: at(0.5) });
  let asked = 0;
  const kong = new KongMinutes({
    urls: { blue: [B], green: [G] },
    periodSeconds: 60,
    slowSeconds: 1,
    now: Date.now,
    textOf: () => Promise.resolve(metrics({ requests: 10 * (asked += 1) })),
  });
  kong.start();
  kong.start();
  await jest.advanceTimersByTimeAsync(150_000);
  kong.stop();
  await jest.advanceTimersByTimeAsync(600_000);
  jest.useRealTimers();
  expect(asked).toBe(6);
});

describe('over HTTP', () => {
  const answers = { status: 200, hangs: false, requests: 0 };
  const server = createServer((_, response) => {
    if (answers.hangs) return;
    response.writeHead(answers.status, { location: '/elsewhere' }).end(metrics({ requests: answers.requests }));
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('an answer of 200 is read; anything else, and none at all, is said with its reason', async () => {
    const state = { now: 0 };
    const kong = new KongMinutes({
      urls: { blue: [`http://127.0.0.1:${port}/metrics`], green: ['http://127.0.0.1:1/metrics'] },
      periodSeconds: 1,
      slowSeconds: 1,
      now: () => state.now,
    });
    const sampled = async (second: number, now: Partial<typeof answers>) => {
      Object.assign(answers, now);
      state.now = second * 1000;
      await kong.sample();
      return kong.source(new Date(0), new Date(state.now));
    };
    await sampled(0, {});
    const reading = await sampled(1, { requests: 12 });
    expect(reading.minutes).toMatchObject([{ slots: { blue: { requests: 12 } } }]);
    expect(reading.notes?.join()).toContain('green: 127.0.0.1:1 did not answer (');
    expect((await sampled(2, { status: 404 })).notes?.[0]).toBe(`blue: 127.0.0.1:${port} did not answer (HTTP 404)`);
    expect((await sampled(3, { status: 302 })).notes?.[0]).toContain('did not answer (');
    expect((await sampled(4, { hangs: true })).notes?.[0]).toContain('did not answer (no answer in time)');
  });
});
