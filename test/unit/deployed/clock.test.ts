import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { clockAhead } from '../../../lib/deployed/clock';

const THERE = Date.parse('2026-11-21T20:30:00Z');

/** An endpoint whose answers say this date. */
async function answering(date: string | undefined): Promise<{ server: Server; client: DynamoDBClient }> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    response.end('{"TableNames":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return { server, client };
}

describe('the clock of this machine', () => {
  test.each([
    [new Date(THERE).toUTCString(), 240],
    [undefined, undefined],
  ])('is compared with the date of an answer: %s', async (date, ahead) => {
    const { server, client } = await answering(date);
    const found = await clockAhead(
      client,
      () => client.send(new ListTablesCommand({})),
      () => THERE + 240_000,
    );
    client.destroy();
    server.close();
    expect(found).toBe(ahead);
  });
});
