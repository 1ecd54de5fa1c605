import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkDeclarative } from '../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../lib/compatibility/declarative/document';
import { RULES } from '../../../lib/compatibility/declarative/rules';
import { entitiesOf } from '../../../lib/compatibility/declarative/walk';
import type { KongDualClusterError } from '../../../lib/errors';
import { readAdminApi } from '../../../lib/kong/admin-api';
import { KongVersion } from '../../../lib/release/kong-version';

type Answer = { readonly status: number; readonly text: string; readonly location?: string };

/**
 * A Kong node that answers reads as 2.8.5 answered when it was recorded (test/recorded/admin-api): lists come in pages
 * of the recorded items, `next` of 2.8 without the size; what was not recorded is a 404, as Kong says it.
 */
class FakeAdmin {
  readonly requests: { readonly path: string; readonly token: string | undefined }[] = [];
  /** Answers that a test wants instead, by path without query; each is used up. */
  readonly instead = new Map<string, Answer[]>();
  private server: Server | undefined;
  pageSize = 1000;
  readonly lists = new Map<string, unknown[]>();
  url = '';

  constructor() {
    const recorded = JSON.parse(readFileSync(join(__dirname, '../../recorded/admin-api/2.8.5.json'), 'utf8')) as {
      method: string;
      path: string;
      status: number;
      body: { data?: unknown[] };
    }[];
    for (const { method, path, status, body } of recorded) {
      const [plain, query = ''] = path.split('?') as [string, string?];
      const isWhole = query === '' || query === 'size=1000';
      if (method === 'GET' && status === 200 && isWhole && Array.isArray(body.data)) this.lists.set(plain, body.data);
    }
    // Targets were recorded by the upstream's name; they are asked for by its id.
    for (const { id, name } of this.lists.get('/upstreams') as { id: string; name: string }[]) {
      this.lists.set(`/upstreams/${id}/targets`, this.lists.get(`/upstreams/${name}/targets`)!);
    }
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const { status, text, location } = this.answer(request);
      const headers = { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) };
      response.writeHead(status, headers).end(text);
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer({ url = '/', headers }: IncomingMessage): Answer {
    const { pathname, searchParams } = new URL(url, 'http://kong');
    this.requests.push({ path: url, token: headers['kong-admin-token'] as string | undefined });
    const planned = this.instead.get(pathname)?.shift();
    if (planned) return planned;
    if (pathname === '/') return { status: 200, text: '{"version":"2.8.5"}' };
    const items = this.lists.get(pathname);
    if (!items) return { status: 404, text: '{"message":"Not found"}' };
    const from = Number(searchParams.get('offset') ?? 0);
    const size = Math.min(this.pageSize, Number(searchParams.get('size') ?? 100));
    const offset = from + size < items.length ? String(from + size) : undefined;
    const next = offset === undefined ? null : `${pathname}?offset=${offset}`;
    return { status: 200, text: JSON.stringify({ data: items.slice(from, from + size), offset, next }) };
  }
}

const upgrade = { from: KongVersion.parse('2.8'), to: KongVersion.parse('3.4') };
let kong: FakeAdmin;
const read = (token?: string) => readAdminApi(kong.url, upgrade, { token, pauses: [1, 1, 1], timeout: 2000 });

beforeEach(async () => {
  kong = new FakeAdmin();
  await kong.start();
});
afterEach(() => kong.stop());

async function counts() {
  const counted: Record<string, number> = {};
  for (const { kind } of entitiesOf(await read())) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}

test('everything that the node holds is read, whatever the size of its pages', async () => {
  const expected = {
    ...{ file: 1, services: 13, routes: 65, plugins: 31, consumers: 5, upstreams: 3, targets: 7, certificates: 2 },
    ...{ snis: 3, ca_certificates: 1, acls: 3, basicauth_credentials: 2, hmacauth_credentials: 1, jwt_secrets: 1 },
    ...{ keyauth_credentials: 3, oauth2_credentials: 2 },
  };
  expect(await counts()).toEqual(expected);
  kong.pageSize = 7;
  expect(await counts()).toEqual(expected);
});

test('it has the format version of --from, no lines, and a note where the node is another version', async () => {
  expect(await read()).toMatchObject({ file: kong.url, formatVersion: '1.1', notes: [], tree: { source: undefined } });
  kong.instead.set('/', [{ status: 200, text: '{"version":"3.4.2"}' }]);
  expect((await read()).notes).toEqual([expect.stringContaining('says that it is Kong 3.4.2, but --from is 2.8')]);
});

test('all workspaces are read, each under its name', async () => {
  kong.lists.set('/workspaces', [
    { id: 'w1', name: 'default' },
    { id: 'w2', name: 'team a' },
  ]);
  kong.lists.set('/default/services', [{ id: 's1', name: 'one' }]);
  kong.lists.set('/team%20a/services', [{ id: 's2', name: 'two' }]);
  const services = entitiesOf(await read()).filter(({ kind }) => kind === 'services');
  expect(services.map(({ name, workspace }) => [name, workspace])).toEqual([
    ['one', 'default'],
    ['two', 'team a'],
  ]);
});

test('plugins of a consumer group are read with the group', async () => {
  kong.lists.set('/consumer_groups', [{ id: 'g1', name: 'gold' }]);
  kong.instead.set('/consumer_groups/g1', [
    { status: 200, text: '{"consumer_group":{"id":"g1"},"plugins":[{"name":"rate-limiting-advanced","config":{}}]}' },
  ]);
  const [plugin] = entitiesOf(await read()).filter(({ parent }) => parent?.kind === 'consumer_groups');
  expect([plugin?.kind, plugin?.name]).toEqual(['plugins', 'rate-limiting-advanced']);
});

test('the token is sent and not shown', async () => {
  kong.instead.set('/routes', [{ status: 403, text: '{"message":"no"}' }]);
  const error = await read('T0KEN').catch((caught: unknown) => caught as Error);
  expect(error).toMatchObject({ code: 'ADMIN_DENIED', found: '403' });
  expect(JSON.stringify(error) + (error as Error).message).not.toContain('T0KEN');
  expect(new Set(kong.requests.map(({ token }) => token))).toEqual(new Set(['T0KEN']));
});

test('an error that passes is tried again, one that stays is told', async () => {
  const failing = { status: 500, text: '{"message":"An unexpected error occurred"}' };
  kong.instead.set('/plugins', [failing, failing, failing]);
  expect(entitiesOf(await read()).filter(({ kind }) => kind === 'plugins')).toHaveLength(31);
  kong.instead.set('/plugins', [failing, failing, failing, failing]);
  await expect(read()).rejects.toMatchObject({ code: 'ADMIN_FAILED', found: '500', exitCode: 1 });
});

test.each([
  ['cut off', '{"data":[{"id":"a","key":"S3CRET"'],
  ['without data', '{"message":"hello"}'],
  ['a list', '[]'],
  ['nothing', ''],
])('half a page is an error: %s', async (_, text) => {
  kong.instead.set('/consumers', [{ status: 200, text }]);
  const error = await read().catch((caught: unknown) => caught as Error);
  expect(error).toMatchObject({ code: 'ADMIN_ANSWER_INCOMPLETE', exitCode: 1 });
  expect((error as Error).message).not.toContain('S3CRET');
});

test('pages that go round in a circle, or end in a 404, are errors', async () => {
  const page = { status: 200, text: '{"data":[],"offset":"x","next":"/routes?offset=x"}' };
  kong.instead.set('/routes', [page, page]);
  await expect(read()).rejects.toMatchObject({ code: 'ADMIN_ANSWER_INCOMPLETE' });
  kong.instead.set('/routes', [page, { status: 404, text: '{}' }]);
  await expect(read()).rejects.toMatchObject({ code: 'ADMIN_ANSWER_INCOMPLETE', found: '404 for a page' });
});

test('an empty list may come as an empty object', async () => {
  kong.instead.set('/routes', [{ status: 200, text: '{"data":{},"next":null}' }]);
  expect((await counts()).routes).toBeUndefined();
});

test('what is no Kong, or nothing at all, is said to be so', async () => {
  kong.instead.set('/', [{ status: 200, text: '{"hello":"world"}' }]);
  await expect(read()).rejects.toMatchObject({ code: 'ADMIN_NOT_KONG' });
  await kong.stop();
  await expect(read()).rejects.toMatchObject({ code: 'ADMIN_UNREACHABLE', found: 'ECONNREFUSED' });
});

test.each(['ftp://kong', 'kong:8001', 'not a url', 'http://user:S3CRET@kong:8001', 'http://kong:8001/?token=S3CRET'])(
  'refused before anything is sent: %s',
  async (url) => {
    const error = await readAdminApi(url, upgrade, { token: undefined }).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'ADMIN_URL_INVALID', exitCode: 64 });
    expect((error as Error).message).not.toContain('S3CRET');
  },
);

test('rules find in it what they find in a file, without lines, all for a person', async () => {
  const document = await read();
  const { findings } = checkDeclarative(
    document,
    { upgrade, formatVersion: document.formatVersion, conf: undefined },
    RULES,
  );
  const dump = readDeclarative(
    readFileSync(join(__dirname, '../../recorded/declarative/2.8.5-deck.yaml'), 'utf8'),
    'kong.yaml',
    upgrade,
  );
  const inFile = checkDeclarative(dump, { upgrade, formatVersion: '1.1', conf: undefined }, RULES).findings;
  const ids = (found: typeof findings) => [...new Set(found.map(({ id }) => id))].sort();
  // Only a file has a format version.
  expect(ids(findings)).toEqual(ids(inFile).filter((id) => id !== 'format-version-3'));
  expect(findings.every(({ file, line, fix }) => file === kong.url && line === null && fix.mode === 'manual')).toBe(
    true,
  );
  expect(findings.map(({ entity }) => entity)).toContain('plugin "session" of route "auth-session" of service "auth"');
});

test.each([
  [301, 'https://kong.example.com:8444/', '301 to https://kong.example.com:8444'],
  [302, '/admin/', '302 to http://127.0.0.1'],
  [307, 'https://anna:s3cret@kong.example.com/', '307'],
  [302, 'https://login.example.com/?state=s3cret', '302'],
  [308, 'javascript:alert(1)', '308'],
  [308, undefined, '308'],
])('a redirect is told at once and never followed: %i %s', async (status, location, found) => {
  kong.instead.set('/', [{ status, text: '', ...(location === undefined ? {} : { location }) }]);
  const error = await read('T0KEN').catch((thrown: unknown) => thrown as KongDualClusterError);
  expect(error).toMatchObject({
    code: 'ADMIN_REDIRECTS',
    remedy: expect.stringMatching(/^give the address/) as string,
  });
  expect((error as KongDualClusterError).found!.startsWith(found)).toBe(true);
  expect(JSON.stringify(error) + (error as KongDualClusterError).message).not.toContain('s3cret');
  expect(kong.requests).toHaveLength(1);
});

test('a redirect of a list names the address without the list', async () => {
  kong.instead.set('/workspaces', [
    { status: 301, text: '', location: 'https://kong.example.com/api/workspaces?size=1000' },
  ]);
  await expect(read()).rejects.toMatchObject({
    code: 'ADMIN_REDIRECTS',
    found: '301 to https://kong.example.com/api',
    remedy: expect.stringContaining('--admin https://kong.example.com/api;') as string,
  });
});
