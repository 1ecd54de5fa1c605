import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Headers that an upstream's owner relies on and that must not change by an upgrade. */
const SEEN = [
  'host',
  'apikey',
  'authorization',
  'x-consumer-username',
  'x-consumer-custom-id',
  'x-demo',
  'x-forwarded-proto',
  'x-forwarded-prefix',
];

/** The services behind Kong: answers with what Kong sent, so that two gateways can be compared by their answers. */
export async function startUpstream(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => {
      const headers = Object.fromEntries(
        SEEN.filter((name) => request.headers[name] !== undefined).map((name) => [name, request.headers[name]]),
      );
      const body = JSON.stringify({ method: request.method, url: request.url, headers, bodyBytes: size });
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    });
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
