import { createServer, request, type Server } from 'node:http';
import { startPostgres, type TestPostgres } from '../postgres';
import { kong, nodeEnv, removeWorkFolder, requireBuild, startNode, type Node } from './harness';
import { ask } from './http';

jest.setTimeout(60_000);
const [ONE, OTHER, SLOW] = ['127.77.9.51', '127.77.9.52', '127.77.9.53'];

describe('two nodes of the stand-in on one database', () => {
  let postgres: TestPostgres;
  let slow: Server;
  const nodes: Node[] = [];
  const write = (method: string, path: string, body: unknown) =>
    ask(ONE, 8001, {
      method,
      path,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(JSON.stringify(body))),
      },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    requireBuild();
    postgres = await startPostgres();
    await postgres.createDatabase('nodes');
    await kong('2.8.5', ['migrations', 'bootstrap'], nodeEnv(postgres, 'nodes', ONE));
    for (const address of [ONE, OTHER]) nodes.push(await startNode('2.8.5', nodeEnv(postgres, 'nodes', address)));
    slow = createServer((_request, response) => void setTimeout(() => response.end('slow'), 800));
    await new Promise<void>((resolve) => slow.listen(9001, SLOW, resolve));
    await write('PUT', '/services/slow', { url: `http://${SLOW}:9001` });
  });
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    slow?.closeAllConnections();
    slow?.close();
    await postgres?.stop();
    removeWorkFolder();
  });

  test('given a route written on one node, that node routes at once and the other within 3 s', async () => {
    await ask(OTHER, 8000, { method: 'GET', path: '/' });
    expect((await write('PUT', '/services/slow/routes/slow', { paths: ['/slow'] })).status).toBe(200);
    expect((await ask(ONE, 8000, { method: 'GET', path: '/slow' })).status).toBe(200);
    const end = Date.now() + 3000;
    let status = 0;
    while (status !== 200 && Date.now() < end)
      status = (await ask(OTHER, 8000, { method: 'GET', path: '/slow' })).status;
    expect(status).toBe(200);
  });

  test('given a request in flight, SIGQUIT lets it end, closes its connection and exits with 0', async () => {
    const address = '127.77.9.54';
    const node = await startNode('2.8.5', nodeEnv(postgres, 'nodes', address));
    const answered = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      request(
        { host: address, port: 8000, path: '/slow', agent: false, headers: { connection: 'keep-alive' } },
        (response) => {
          response.resume();
          response.on('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
        },
      )
        .on('error', reject)
        .end();
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const exited = node.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await ask(address, 8000, { method: 'GET', path: '/slow' })).status).toBe(0);
    expect(await answered).toEqual({ status: 200, connection: 'close' });
    expect(await exited).toBe(0);
  });

  test('given a running node, health is 0 and quit ends it', async () => {
    const env = nodeEnv(postgres, 'nodes', '127.77.9.55');
    const node = await startNode('2.8.5', env);
    expect((await kong('2.8.5', ['health'], env)).exitCode).toBe(0);
    expect((await kong('2.8.5', ['quit'], env)).exitCode).toBe(0);
    expect(await node.stop()).toBe(0);
    expect((await kong('2.8.5', ['health'], env)).exitCode).toBe(1);
  });

  test('given an address that others could reach, start refuses', async () => {
    const env = { ...nodeEnv(postgres, 'nodes', ONE), KONG_PROXY_LISTEN: '0.0.0.0:8000' };
    const { exitCode, output } = await kong('2.8.5', ['start'], env);
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: expect.stringContaining("found '0.0.0.0:8000'") as string,
    });
  });

  test('kong migrations list, which every node runs before it starts, takes less than half a second', async () => {
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      await kong('3.4.2', ['migrations', 'list'], nodeEnv(postgres, 'nodes', ONE));
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(500); // the fastest: other programs of a busy machine are not its time
  });
});
