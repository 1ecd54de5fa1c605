import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, type Entity } from './schema';
import { Refusal } from './rules';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const NOT_FOUND: Answer = { status: 404, body: { message: 'Not found' } };

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The body of a write as Kong takes it: JSON, a form (`tags[]=a`, `config.minute=5`) or nothing. */
export function parseBody(type: string, raw: Buffer): Entity {
  if (raw.length === 0) return {};
  if (type.startsWith('application/json') || type === '') {
    try {
      const value: unknown = JSON.parse(raw.toString());
      if (isObject(value)) return value;
    } catch {
      // below
    }
    throw new Refusal(400, { message: 'Cannot parse JSON body' });
  }
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new UnsupportedType();
  const body: Entity = {};
  for (const [name, value] of new URLSearchParams(raw.toString())) {
    const path = name.replace(/\[\d*\]$/, '').split('.');
    const last = path.pop() ?? '';
    const place = path.reduce<Entity>((one, key) => (one[key] = isObject(one[key]) ? one[key] : {}), body);
    const typed = /^-?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : value === 'true'
        ? true
        : value === 'false'
          ? false
          : value;
    if (name.endsWith(']')) place[last] = [...((place[last] ?? []) as unknown[]), typed];
    else place[last] = typed;
  }
  return body;
}

export class UnsupportedType extends Error {}

/** nginx's own page for a status that Kong does not word. */
export const nginxPage = (title: string, end = '\r\n'): string =>
  [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ].join(end);

/** Sends a JSON answer of the Admin or status API. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  headers: Record<string, string>,
): void {
  const { body } = answer;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(answer.status, {
    ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
    ...headers,
    ...(answer.status === 204 ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
