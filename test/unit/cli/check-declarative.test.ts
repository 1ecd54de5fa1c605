import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheckDeclarative } from '../../../lib/cli/check-declarative';
import { checkContext } from './check-context';

const RECORDED = join(__dirname, '../../recorded/declarative');
let folder: string;
const { context, notes, printed } = checkContext();
const at = (name: string): string => join(folder, name);
const run = (file: string | undefined, flags: object = {}) =>
  runCheckDeclarative(context, file, { from: '2.8', to: '3.4', ...flags });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'declarative-'));
  notes.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(['2.8.5-deck.yaml', '2.8.5-db_export.yml', '2.8.5-deck-with-id.json'])(
  '%s: findings, the mended file beside it, exit code 2; the file itself stays',
  async (name) => {
    const file = join(RECORDED, name);
    const before = readFileSync(file, 'utf8');
    expect(await run(file, { write: at('new') })).toBe(2);
    const { findings, summary } = printed().json;
    expect(findings.every(({ file: found, line }) => found === file && line! > 0)).toBe(true);
    expect(findings.map(({ line }) => line)).toEqual(findings.map(({ line }) => line).sort((a, b) => a! - b!));
    expect(summary.rewritten).toBe(findings.filter(({ fix }) => fix.mode === 'auto').length);
    expect(summary).toMatchObject({ wrote: at('new') });
    expect(readFileSync(file, 'utf8')).toBe(before);
    const first = readFileSync(at('new'), 'utf8');
    expect(first).not.toBe(before);
    expect(await run(at('new'), { write: at('again') })).toBe(2);
    expect(readFileSync(at('again'), 'utf8')).toBe(first);
    expect(printed().json.summary.rewritten).toBe(0);
  },
);

test('no secret of a credential or plugin is printed', async () => {
  for (const name of ['2.8.5-deck.yaml', '2.8.5-db_export.yml']) {
    await run(join(RECORDED, name));
    for (const secret of ['alice-jwt-secret', 'alice-key', 'bob-key', 'carol-secret', 'bob-hmac-secret']) {
      expect(printed().text + JSON.stringify(printed().json)).not.toContain(secret);
    }
  }
});

test('kong.conf of the new nodes is given to the rules', async () => {
  writeFileSync(at('kong.yaml'), '_format_version: "1.1"\nroutes:\n- name: r\n  paths: [/a]\n  path_handling: v1\n');
  writeFileSync(at('kong.conf'), 'router_flavor = traditional\n');
  await run(at('kong.yaml'));
  const told = printed().json.findings.map(({ id }) => id);
  await run(at('kong.yaml'), { kongConf: at('kong.conf') });
  expect(told).toContain('route-path-handling-v1');
  expect(printed().json.findings.map(({ id }) => id)).not.toContain('route-path-handling-v1');
});

test('a file without anything to do ends with 0', async () => {
  writeFileSync(at('kong.yaml'), '_format_version: "3.0"\nservices: []\n');
  expect(await run(at('kong.yaml'), { from: '3.4', to: '3.10' })).toBe(0);
  expect(notes).toEqual([]);
});

test('what can not be read writes nothing', async () => {
  writeFileSync(at('kong.yaml'), '_format_version: "1.1"\nservices:\n- name: [\n');
  await expect(run(at('kong.yaml'), { write: at('new') })).rejects.toMatchObject({ code: 'DECLARATIVE_SYNTAX' });
  writeFileSync(at('large.yaml'), '');
  truncateSync(at('large.yaml'), 300_000_000);
  await expect(run(at('large.yaml'), { write: at('new') })).rejects.toMatchObject({
    code: 'INPUT_TOO_LARGE',
    problem: expect.stringContaining('32 MB') as string,
    found: '300 MB',
  });
  expect(existsSync(at('new'))).toBe(false);
});

test.each([
  [undefined, {}, 'CHECK_WHAT'],
  ['kong.yaml', { admin: 'http://127.0.0.1:9' }, 'CHECK_WHAT'],
  [undefined, { admin: 'http://127.0.0.1:9', write: 'new.yaml' }, 'CHECK_WRITE_OF_ADMIN'],
])('refused as a wrong command line: %s %j', async (file, flags, code) => {
  await expect(run(file, flags)).rejects.toMatchObject({ code, exitCode: 64 });
});

test('a live Admin API is asked, with the token of the environment', async () => {
  const tokens: unknown[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers['kong-admin-token']);
    response.end('{"hello":"no Kong"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.KONG_ADMIN_TOKEN = 'T0KEN';
  try {
    const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(run(undefined, { admin })).rejects.toMatchObject({ code: 'ADMIN_NOT_KONG' });
    expect(tokens).toEqual(['T0KEN']);
  } finally {
    delete process.env.KONG_ADMIN_TOKEN;
    server.closeAllConnections();
    server.close();
  }
});
