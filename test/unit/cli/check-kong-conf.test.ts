import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheckKongConf } from '../../../lib/cli/check-kong-conf';
import { checkContext } from './check-context';

let folder: string;
const { context, notes, printed } = checkContext();
const at = (name: string): string => join(folder, name);
const run = (file: string | undefined, flags: object = {}) =>
  runCheckKongConf(context, file, { from: '2.8', to: '3.4', ...flags });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kong-conf-'));
  notes.length = 0;
  writeFileSync(at('kong.conf'), 'pg_host = db\nclient_max_body_size = 1m\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('finds, writes the mended file beside and ends with 2', async () => {
  expect(await run(at('kong.conf'), { write: at('new.conf') })).toBe(2);
  expect(printed().text).toContain('client_max_body_size');
  expect(printed().json.findings).toContainEqual(
    expect.objectContaining({
      id: 'client_max_body_size',
      file: at('kong.conf'),
      line: 2,
      fix: expect.objectContaining({ mode: 'auto' }) as unknown,
    }),
  );
  expect(printed().json.summary.rewritten).toBe(1);
  expect(readFileSync(at('new.conf'), 'utf8')).toBe('pg_host = db\nnginx_http_client_max_body_size = 1m\n');
  expect(readFileSync(at('kong.conf'), 'utf8')).toContain('\nclient_max_body_size');
});

test('ends with 0 when nothing needs action', async () => {
  writeFileSync(
    at('kong.conf'),
    'router_flavor = traditional\nallow_debug_header = off\nvaults = off\nlua_ssl_trusted_certificate = system\nworker_consistency = eventual\nupstream_keepalive_pool_size = 60\nupstream_keepalive_max_requests = 100\n',
  );
  expect(await run(at('kong.conf'), { from: '2.8.5', to: '3.4.2' })).toBe(0);
});

test('says that the environment wins, where none is given', async () => {
  await run(at('kong.conf'));
  expect(notes.join('\n')).toContain('--env-file');
  notes.length = 0;
  writeFileSync(at('kong.env'), 'KONG_PG_HOST=x\n');
  await run(at('kong.conf'), { envFile: at('kong.env') });
  expect(notes.join('\n')).not.toContain('--env-file');
});

test('checks an environment alone', async () => {
  writeFileSync(
    at('task.json'),
    JSON.stringify({ containerDefinitions: [{ environment: [{ name: 'KONG_NGINX_OPTIMIZATIONS', value: 'on' }] }] }),
  );
  expect(await run(undefined, { envFile: at('task.json') })).toBe(2);
  expect(printed().json.findings[0]).toMatchObject({ id: 'nginx_optimizations', file: at('task.json'), line: 1 });
});

describe('refuses, and writes nothing', () => {
  const refused = async (file: string | undefined, flags: object, code: string) => {
    await expect(run(file, { write: at('out.conf'), ...flags })).rejects.toMatchObject({ code, exitCode: 64 });
    expect(existsSync(at('out.conf'))).toBe(false);
  };

  test('a file that is not there', () => refused(at('none'), {}, 'INPUT_NOT_READABLE'));
  test('a folder', () => refused(folder, {}, 'INPUT_NOT_READABLE'));
  test('300 MB', async () => {
    truncateSync(at('kong.conf'), 300_000_000);
    await refused(at('kong.conf'), {}, 'INPUT_TOO_LARGE');
  });
  test('a declarative file', async () => {
    writeFileSync(at('kong.yaml'), '_format_version: "3.0"\nservices: []\n');
    await refused(at('kong.yaml'), {}, 'CONF_NOT_KONG_CONF');
  });
  test('versions that are none, a downgrade, and ones without a list', async () => {
    await expect(run(at('kong.conf'), { to: 'new' })).rejects.toMatchObject({ code: 'VERSION_INVALID' });
    await refused(at('kong.conf'), { from: '3.4', to: '2.8' }, 'VERSION_NOT_LATER');
    await refused(at('kong.conf'), { from: '2.6' }, 'CONF_VERSIONS');
  });
  test('nothing to check, and nothing to write to', async () => {
    await refused(undefined, { write: undefined }, 'CONF_NOTHING_GIVEN');
    await refused(undefined, { envFile: at('kong.conf') }, 'CONF_NOTHING_GIVEN');
  });
  test('a malformed env file', async () => {
    writeFileSync(at('kong.env'), 'what is this\n');
    await refused(at('kong.conf'), { envFile: at('kong.env') }, 'ENV_FILE_LINE');
  });
});
