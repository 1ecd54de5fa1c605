import { firstDifference, normalize, withoutMachine } from './compare';
import { certificate, moved, recorded, type Release, type Result } from './harness';
import { ask, parsed } from './http';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly requestBody?: unknown;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly body?: unknown;
}

/** Ids that the sample configuration fixes; all other ids are Kong's choice. */
export function fixedIds(): Set<string> {
  const text = JSON.stringify(recorded('sample-config/requests.json'));
  return new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));
}

/** Builds the sample configuration through the Admin API; the recording has only the statuses. */
export async function replaySample(address: string): Promise<Result[]> {
  const { cert, key } = await certificate();
  const results: Result[] = [];
  for (const { method, path, requestBody, status } of recorded<Exchange[]>('sample-config/requests.json')) {
    const body = JSON.parse(moved(JSON.stringify(requestBody))) as Record<string, unknown>;
    const own = body['key'] === '<sample private key removed>' ? { cert, key } : {};
    const got = await ask(address, 8001, {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, ...own }),
    });
    results.push({
      name: `${method} ${path}`,
      ...(got.status === status ? {} : { difference: `status ${status} ≠ ${got.status} ${got.body.slice(0, 200)}` }),
    });
  }
  return results;
}

/** Sends the recorded Admin API requests in order and compares status and body. */
export async function replayAdmin(release: Release, address: string): Promise<Result[]> {
  const known = fixedIds();
  const ids = new Map<string, string>();
  const replaced = (text: string): string =>
    [...ids].reduce((result, [theirs, ours]) => result.replaceAll(theirs, ours), moved(text));
  const results: Result[] = [];
  for (const one of recorded<Exchange[]>(`admin-api/${release}.json`)) {
    const text = typeof one.requestBody === 'string';
    const given =
      one.requestBody === undefined || one.requestBody === null
        ? undefined
        : replaced(text ? String(one.requestBody) : JSON.stringify(one.requestBody));
    const got = await ask(address, 8001, {
      method: one.method,
      path: replaced(one.path),
      headers: {
        ...(given === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(given)) }),
        ...one.requestHeaders,
      },
      ...(given === undefined ? {} : { body: given }),
    });
    const body = parsed(got.body);
    const theirs = (one.body as { id?: unknown } | undefined)?.id;
    const ours = (body as { id?: unknown } | undefined)?.id;
    if (one.method === 'POST' && typeof theirs === 'string' && typeof ours === 'string') ids.set(theirs, ours);
    const expected: unknown = JSON.parse(moved(JSON.stringify(one.body ?? '')));
    const plain = one.path === '/status' ? withoutMachine : (value: unknown) => value;
    const difference =
      got.status === one.status
        ? firstDifference(normalize(plain(expected), known), normalize(plain(body), known))
        : `status ${one.status} ≠ ${got.status}`;
    results.push({ name: `${release} ${one.method} ${one.path}`, ...(difference === undefined ? {} : { difference }) });
  }
  return results;
}
