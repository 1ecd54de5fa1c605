import { createServer, type Server } from 'node:http';
import { KongMinutes } from '../../../lib/metrics/kong-minutes';
import { ask } from '../kong/http';
import { kong, nodeEnv, removeWorkFolder, requireBuild, startNode, type Node, type Release } from '../kong/harness';
import { startPostgres, type TestPostgres } from '../postgres';

jest.setTimeout(90_000);
const ADDRESS = { blue: '127.77.9.61', green: '127.77.9.62', upstream: '127.77.9.63' };
const RELEASE: Record<'blue' | 'green', Release> = { blue: '2.8.5', green: '3.4.2' };

let postgres: TestPostgres;
let upstream: Server;
const nodes: Node[] = [];
const sleepUntil = (at: number): Promise<void> => new Promise((done) => setTimeout(done, Math.max(0, at - Date.now())));

async function write(address: string, path: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const { status } = await ask(address, 8001, { method: 'PUT', path, headers, body });
  expect([200, 201]).toContain(status);
}
const get = (slot: 'blue' | 'green', path: string) => ask(ADDRESS[slot], 8000, { method: 'GET', path });

beforeAll(async () => {
  requireBuild();
  postgres = await startPostgres();
  upstream = createServer((incoming, response) =>
    response.writeHead(Number(/(\d{3})$/.exec(incoming.url ?? '')?.[1] ?? 200)).end(),
  );
  await new Promise<void>((done) => upstream.listen(9001, ADDRESS.upstream, done));
  for (const slot of ['blue', 'green'] as const) {
    await postgres.createDatabase(slot);
    const env = nodeEnv(postgres, slot, ADDRESS[slot]);
    await kong(RELEASE[slot], ['migrations', 'bootstrap'], env);
    nodes.push(await startNode(RELEASE[slot], env));
    await write(ADDRESS[slot], '/services/s', { url: `http://${ADDRESS.upstream}:9001` });
    await write(ADDRESS[slot], '/services/s/routes/r', { paths: ['/r'] });
    for (let tries = 0; tries < 50 && (await get(slot, '/r')).status !== 200; tries += 1)
      await sleepUntil(Date.now() + 100);
  }
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  upstream?.closeAllConnections();
  upstream?.close();
  await postgres?.stop();
  removeWorkFolder();
});

test('of a load through 2.8.5 and 3.4.2 the counters tell what was sent, under the names of each', async () => {
  const periodSeconds = 5;
  const kongMinutes = new KongMinutes({
    urls: { blue: [`http://${ADDRESS.blue}:8100/metrics`], green: [`http://${ADDRESS.green}:8100/metrics`] },
    periodSeconds,
    slowSeconds: 1,
    now: Date.now,
  });
  const length = periodSeconds * 1000;
  const begin = Math.ceil((Date.now() + 500) / length) * length;
  kongMinutes.start();
  await sleepUntil(begin + 700);
  for (const [slot, count] of [
    ['blue', 10],
    ['green', 3],
  ] as const) {
    for (let n = 0; n < count; n += 1)
      for (const path of ['/r', '/r/500', '/r/401', '/r/429', '/r/403']) await get(slot, path);
  }
  await sleepUntil(begin + 2 * length + 1000);
  kongMinutes.stop();
  const { minutes } = await kongMinutes.source(new Date(begin), new Date());
  expect(minutes.map(({ slots }) => slots)).toMatchObject([
    {
      blue: { requests: 50, errors: 10, refusals: { 401: 10, 403: 10, 429: 10 } },
      green: { requests: 15, errors: 3, refusals: { 401: 3, 403: 3, 429: 3 } },
    },
    { blue: { requests: 0, errors: 0 }, green: { requests: 0, errors: 0 } },
  ]);
});
