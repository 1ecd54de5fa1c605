import { firstDifference, normalize } from './compare';
import { fixedIds } from './admin-replay';
import { moved, recorded, type Release, type Result } from './harness';
import { ask, parsed, type Received } from './http';

interface ProxyRequest {
  readonly id: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly bodyOf?: { readonly character: string; readonly times: number };
  readonly sni?: string;
  readonly capture?: { readonly name: string; readonly json?: string; readonly header?: string };
}
interface ProxyAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** Response headers that differ from run to run, or say which server it is and what it did not execute. */
const PASSING =
  /^(date|via|server|x-kong-stand-in-not-executed|content-length|connection|keep-alive|transfer-encoding|x-kong-.*latency|ratelimit-reset|retry-after|set-cookie|age|x-cache-key)$/;

export async function replayProxy(release: Release, address: string): Promise<Result[]> {
  const answers = new Map(
    recorded<ProxyAnswer[]>(`proxy/responses-${release}.json`).map((answer) => [answer.id, answer]),
  );
  const captured = new Map<string, string>();
  const results: Result[] = [];
  for (const request of recorded<ProxyRequest[]>('proxy/requests.json')) {
    const expected = answers.get(request.id);
    if (expected === undefined) continue;
    const filled = (text: string): string =>
      text.replace(/\$\{(\w+)\}/g, (_all, name: string) => captured.get(name) ?? 'none');
    const body = request.bodyOf ? request.bodyOf.character.repeat(request.bodyOf.times) : (request.body ?? undefined);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, filled(value)]));
    const tls = request.scheme === 'https';
    const got = await ask(
      address,
      tls ? 8443 : 8000,
      {
        method: request.method,
        path: request.path,
        headers: {
          ...headers,
          ...(body === undefined
            ? {}
            : {
                'content-length': String(Buffer.byteLength(body)),
                'content-type': headers['content-type'] ?? 'application/json',
              }),
        },
        ...(body === undefined ? {} : { body }),
        ...(request.sni === undefined ? {} : { sni: request.sni }),
      },
      tls,
    );
    if (request.capture)
      captured.set(
        request.capture.name,
        String(
          request.capture.json
            ? (parsed(got.body) as Record<string, unknown>)[request.capture.json]
            : got.headers[request.capture.header ?? ''],
        ),
      );
    const difference = compare(expected, got);
    results.push({ name: `${release} ${request.id}`, ...(difference === undefined ? {} : { difference }) });
  }
  return results;
}

function compare(expected: ProxyAnswer, got: Received): string | undefined {
  if (expected.status !== got.status) return `status ${expected.status} ≠ ${got.status} ${got.body.slice(0, 80)}`;
  const headers = (given: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(given)
        .map(([name, value]): [string, unknown] => [name.toLowerCase(), value])
        .filter(([name]) => !PASSING.test(name)),
    );
  const notExecuted = got.headers['x-kong-stand-in-not-executed'];
  const inHeaders = firstDifference(headers(expected.headers), headers(got.headers), 'headers');
  if (inHeaders !== undefined) return notExecuted === undefined ? inHeaders : `not executed: ${String(notExecuted)}`;
  const known = fixedIds();
  const [theirs, ours] = [echo(parsed(moved(expected.body))), echo(parsed(got.body))];
  const inBody = firstDifference(normalize(theirs, known), normalize(ours, known));
  if (inBody !== undefined) return inBody;
  // Of what Kong words itself the white space counts too: 3.4 has line breaks where 2.8 has none.
  const own = typeof ours === 'object' && ours !== null && !('url' in ours) && !('access_token' in ours);
  return own && expected.body.length !== got.body.length
    ? `length ${expected.body.length} ≠ ${got.body.length}`
    : undefined;
}

/** What the upstream saw, without the counter of correlation-id and the long bodies that the recording's echo cut. */
function echo(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('headers' in body)) return body;
  const { 'x-request-trace': trace, cookie, ...headers } = body.headers as Record<string, unknown>;
  return {
    ...body,
    headers: {
      ...headers,
      'x-request-trace': trace === undefined ? 'missing' : 'there',
      ...(cookie === undefined ? {} : { cookie: 'there' }),
    },
  };
}
