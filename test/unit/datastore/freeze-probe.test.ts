import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { FROZEN_MESSAGE } from '../../../lib/blueprint/freeze';
import {
  classify,
  probeCommand,
  probeUrl,
  probeWrite,
  PROBE,
  verify,
  type ProbeAnswer,
} from '../../../lib/datastore/freeze-probe';

interface Recorded {
  method: string;
  path: string;
  requestBody?: unknown;
  status: number;
  body: unknown;
}
const recorded = (version: string): Recorded => {
  const file = join(__dirname, '..', '..', 'recorded', 'admin-api', `${version}.json`);
  const found = (JSON.parse(readFileSync(file, 'utf8')) as Recorded[]).find(
    ({ method, path, requestBody }) =>
      method === PROBE.method && path === PROBE.path && JSON.stringify(requestBody) === PROBE.body,
  );
  if (!found) throw new Error(`no recording of the probe in ${file}`);
  return found;
};
const FROZEN = JSON.stringify({ message: FROZEN_MESSAGE, by: 'a' });

describe('what an answer to the probe means', () => {
  test.each(['2.8.5', '3.4.2'])('Kong %s refused the probe when it was recorded, which is "open"', (version) => {
    const { status, body } = recorded(version);
    expect(status).toBe(400);
    expect(classify(status, JSON.stringify(body))).toEqual({ kind: 'open', status: 400 });
  });

  test.each<[number, string, ProbeAnswer]>([
    [423, FROZEN, { kind: 'frozen' }],
    [423, 'a 423 of somebody else', { kind: 'other', status: 423, body: 'a 423 of somebody else' }],
    [401, '{"message":"Invalid credentials"}', { kind: 'open', status: 401 }],
    [403, 'x', { kind: 'open', status: 403 }],
    [503, '', { kind: 'noNode', status: 503 }],
    [502, '', { kind: 'noNode', status: 502 }],
    [
      400,
      'The plain HTTP request was sent to HTTPS port',
      { kind: 'other', status: 400, body: 'The plain HTTP request was sent to HTTPS port' },
    ],
    [201, '{}', { kind: 'other', status: 201, body: '{}' }],
  ])('%i %j is %j', (status, body, answer) => {
    expect(classify(status, body)).toEqual(answer);
  });
});

describe('probeWrite', () => {
  let server: Server | undefined;
  const seen: { method?: string; url?: string; body: string }[] = [];
  const listen = async (made: Server): Promise<number> => {
    server = made.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const answerFrozen = (request: IncomingMessage, response: { writeHead(s: number): { end(b: string): void } }) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, body });
      response.writeHead(423).end(FROZEN);
    });
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  test('sends the write that no Kong stores', async () => {
    const port = await listen(createServer(answerFrozen));
    expect(await probeWrite(probeUrl('127.0.0.1', { port }))).toEqual({ kind: 'frozen' });
    expect(seen.at(-1)).toEqual({ method: 'POST', url: '/services', body: '{}' });
  });

  test('given a certificate of another name by an unknown authority, it asks all the same', async () => {
    const pems = await generate([{ name: 'commonName', value: 'admin.example.test' }], { keySize: 2048 });
    const port = await listen(createTlsServer({ key: pems.private, cert: pems.cert }, answerFrozen));
    expect(await probeWrite(probeUrl('127.0.0.1', { port, certificateArn: 'arn' }))).toEqual({ kind: 'frozen' });
  });

  test('given that nobody listens, it is unreachable', async () => {
    const port = await listen(createServer());
    server?.close();
    expect(await probeWrite(probeUrl('127.0.0.1', { port }))).toEqual({ kind: 'unreachable', why: 'ECONNREFUSED' });
  });

  test('given no answer in time, it is unreachable', async () => {
    const port = await listen(createServer(() => undefined));
    expect(await probeWrite(probeUrl('127.0.0.1', { port }), 100)).toEqual({
      kind: 'unreachable',
      why: 'no answer in 0.1 s',
    });
  });

  test('given an answer that stops half-way, it is unreachable', async () => {
    const port = await listen(
      createServer((_, response) => {
        response.writeHead(423, { 'content-length': '100' });
        response.write('{');
      }),
    );
    expect(await probeWrite(probeUrl('127.0.0.1', { port }), 100)).toMatchObject({ kind: 'unreachable' });
  });
});

test('the curl line verifies no certificate either, where there is one', () => {
  expect(probeCommand(probeUrl('admin.internal', { port: 8444, certificateArn: 'arn' }))).toBe(
    "curl -k -m 5 -X POST -H 'Content-Type: application/json' -d '{}' https://admin.internal:8444/services",
  );
  expect(probeCommand(probeUrl('admin.internal', { port: 8001 }))).toMatch(
    /^curl -m 5 .* http:\/\/admin.internal:8001\/services$/,
  );
});

describe('verify', () => {
  /** Answers in order; the last one for ever. */
  const answers = (...list: ProbeAnswer[]) => {
    let asked = 0;
    return { probe: async () => list[Math.min(asked++, list.length - 1)]!, asked: () => asked };
  };
  const wait = async () => undefined;
  const frozen: ProbeAnswer = { kind: 'frozen' };
  const open: ProbeAnswer = { kind: 'open', status: 400 };
  const noNode: ProbeAnswer = { kind: 'noNode', status: 503 };

  test('a node of the load balancer that lags is waited for: three right answers in a row', async () => {
    const { probe, asked } = answers(frozen, open, open, frozen, frozen, frozen);
    expect(await verify({ frozen: true, nodes: true }, probe, wait)).toEqual({ verified: true });
    expect(asked()).toBe(6);
  });

  test.each<[boolean, ProbeAnswer, string]>([
    [true, open, 'a write still reaches Kong (400)'],
    [false, frozen, 'a write is still answered 423'],
    [false, noNode, 'the load balancer has no node of the Admin API to ask (503)'],
    [true, { kind: 'other', status: 404, body: 'x' }, 'a write is answered 404: x'],
  ])('frozen %s and the answer stays %j: not verified', async (isFrozen, answer, found) => {
    expect(await verify({ frozen: isFrozen, nodes: true }, answers(answer).probe, wait)).toEqual({
      verified: false,
      found,
    });
  });

  test('a listener that does not answer is asked once', async () => {
    const { probe, asked } = answers({ kind: 'unreachable', why: 'no answer in 5 s' });
    expect(await verify({ frozen: true, nodes: true }, probe, wait)).toEqual({
      verified: 'unreachable',
      found: 'no answer in 5 s',
    });
    expect(asked()).toBe(1);
  });

  test('thawed, with no nodes behind the listener because they are adopted: no node shows that the rule let it through', async () => {
    expect(await verify({ frozen: false, nodes: false }, answers(noNode).probe, wait)).toEqual({
      verified: true,
      note: 'the rule lets writes through; no node answers behind it (503)',
    });
  });
});
