import { request as plain, type IncomingHttpHeaders } from 'node:http';
import { request as secure } from 'node:https';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly sni?: string;
}
export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own, its path as given; status 0 when there is no connection. */
export function ask(host: string, port: number, sent: Sent, tls = false): Promise<Received> {
  return new Promise((resolve) => {
    const options = {
      host,
      port,
      method: sent.method,
      path: sent.path,
      headers: sent.headers ?? {},
      localAddress: '127.0.0.1',
      agent: false as const,
    };
    const done = (response: import('node:http').IncomingMessage): void => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    };
    const request = tls
      ? secure({ ...options, rejectUnauthorized: false, servername: sent.sni ?? 'unknown.example.test' }, done)
      : plain(options, done);
    request.on('error', () => resolve({ status: 0, headers: {}, body: '' }));
    request.end(sent.body);
  });
}

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};
