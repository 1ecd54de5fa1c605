import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resource } from '../../../../lib/handlers/weighted-rule/event';
import type { Answer, LambdaContext } from '../../../../lib/handlers/weighted-rule/respond';
import { answer, send } from '../../../../lib/handlers/weighted-rule/respond';
import { World } from './world';
import { weightedRule } from '../../../../lib/handlers/weighted-rule/weighted-rule';

const context = (milliseconds = 60_000): LambdaContext => ({
  getRemainingTimeInMillis: () => milliseconds,
  logGroupName: '/aws/lambda/kong',
  logStreamName: '2026/stream',
});
const resource = (create: () => Promise<string>): Resource<object> => ({
  create,
  update: create,
  delete: () => create().then(() => undefined),
});
const event = () => new World(weightedRule).event('Create', {});

describe('given a custom resource, when its verb has run', () => {
  test('success carries the physical id and what CloudFormation asked about', async () => {
    expect(
      await answer(
        event(),
        context(),
        resource(() => Promise.resolve('id-1')),
        {},
      ),
    ).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'id-1',
      StackId: event().StackId,
      RequestId: 'request-1',
      LogicalResourceId: 'Rule',
    });
  });

  test('an error becomes a reason that names the log', async () => {
    const failed = await answer(
      event(),
      context(),
      resource(() => Promise.reject(new Error('no such listener'))),
      {},
    );
    expect(failed).toMatchObject({
      Status: 'FAILED',
      Reason: 'no such listener (log: /aws/lambda/kong 2026/stream)',
      PhysicalResourceId: 'not-created-request-1',
    });
  });

  test('an endless message fits into an answer', async () => {
    const failed = await answer(
      event(),
      context(),
      resource(() => Promise.reject(new Error('x'.repeat(9999)))),
      {},
    );
    expect(JSON.stringify(failed).length).toBeLessThan(4096);
  });

  test('a call that never ends is answered before the function dies', async () => {
    const failed = await answer(
      event(),
      context(8_050),
      resource(() => new Promise<string>(() => undefined)),
      {},
    );
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('did not answer in time') });
  });

  test('properties that are missing or no numbers are named', async () => {
    const world = new World(weightedRule);
    expect((await world.create({})).Reason).toContain('the property ListenerArn is missing');
    expect((await world.create(world.properties({ Priority: 'high' }))).Reason).toContain(
      'the property Priority must be a whole number, found: high',
    );
  });
});

describe('given an answer, when it is sent', () => {
  async function receiving(codes: number[]) {
    const received: { method?: string; type?: string; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ method: request.method, type: request.headers['content-type'], body });
        response.writeHead(codes[received.length - 1] ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const body: Answer = {
      Status: 'SUCCESS',
      PhysicalResourceId: 'i',
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'l',
    };
    try {
      await send(url, body);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    return { received, body };
  }

  test('it is a PUT without a content type, as the signature of the URL wants it', async () => {
    const { received, body } = await receiving([200]);
    expect(received).toEqual([{ method: 'PUT', type: undefined, body: JSON.stringify(body) }]);
  });

  test('a failed delivery is tried again', async () => {
    const { received } = await receiving([500, 200]);
    expect(received).toHaveLength(2);
  });
});
