import { readEnvironment } from '../../../../lib/compatibility/kong-conf';
import { about, check } from './helpers';

const read = (text: string) => readEnvironment(text, 'kong.env').map(({ name, value, line }) => [name, value, line]);

test("NAME=value lines, export and quotes, and only what is Kong's", () => {
  expect(
    read(
      '# node\nPATH=/bin\nKONG_PG_HOST=db\nexport KONG_PG_USER="kong user"\nKONG_PG_PASSWORD\nKONG_VERSION=2.8\nkong_pg_port=1\n',
    ),
  ).toEqual([
    ['pg_host', 'db', 3],
    ['pg_user', 'kong user', 4],
    ['pg_password', undefined, 5],
  ]);
});

const container = {
  name: 'kong',
  environment: [
    { name: 'KONG_DATABASE', value: 'postgres' },
    { name: 'KONG_CLIENT_MAX_BODY_SIZE', value: '10m' },
  ],
  secrets: [{ name: 'KONG_PG_PASSWORD', valueFrom: 'arn:aws:secretsmanager:eu-west-1:1:secret:x' }],
};
const sidecar = { name: 'agent', environment: [{ name: 'KONG_ADMIN_URL', value: 'http://x' }] };

test.each([
  ['a task definition', { containerDefinitions: [sidecar, container] }],
  ['what describe-task-definition prints', { taskDefinition: { containerDefinitions: [container] } }],
])('%s: the container of Kong, with its lines, secrets by name', (_, definition) => {
  const text = JSON.stringify(definition, null, 2);
  const lines = text.split('\n');
  const found = readEnvironment(text, 'task.json');
  expect(found.map(({ name, value }) => [name, value])).toEqual([
    ['database', 'postgres'],
    ['client_max_body_size', '10m'],
    ['pg_password', undefined],
  ]);
  for (const { written, line } of found) expect(lines[line - 1]).toContain(written);
  expect(JSON.stringify(found)).not.toContain('secretsmanager');
});

test.each([
  ['KONG_PG_HOST db\n', /kong\.env:1: .*ENV_FILE_LINE/s],
  ['A=1\nhunter2 is no name\n', /kong\.env:2: .*ENV_FILE_LINE/s],
  ['{"services": {}}', /without containerDefinitions.*ENV_FILE_FORM/s],
  ['{', /broken JSON.*ENV_FILE_FORM/s],
])('%j is refused', (text, expected) => {
  expect(() => read(text)).toThrow(expected);
  expect(() => read(text)).not.toThrow(/hunter2/);
});

describe('the environment wins over the file, as in Kong', () => {
  test('a value that is overridden is not judged', () => {
    const options = { from: '2.8.4.9', to: '3.4.3.5', environment: 'KONG_PG_SSL_VERSION=tlsv1_2\n' };
    expect(about('pg_ssl_version = tlsv1\n', 'pg_ssl_version', options)).toBeUndefined();
  });

  test('what is set there counts as set', () => {
    expect(about('', 'allow_debug_header', { environment: 'KONG_ALLOW_DEBUG_HEADER=on\n' })).toBeUndefined();
  });

  test('what must change there is told with its line and never rewritten', () => {
    const { findings, rewritten } = check('pg_host = db\n', { environment: 'A=1\nKONG_CLIENT_MAX_BODY_SIZE=10m\n' });
    expect(findings.find(({ id }) => id === 'client_max_body_size')).toMatchObject({
      file: 'kong.env',
      line: 2,
      entity: 'environment',
      field: 'KONG_CLIENT_MAX_BODY_SIZE',
      severity: 'renamed',
      fix: { mode: 'manual' },
    });
    expect(rewritten).toBe('pg_host = db\n');
  });

  test('a node without a kong.conf is told which variable keeps what was', () => {
    const { findings } = check(undefined, { environment: 'KONG_DATABASE=postgres\n' });
    expect(findings.find(({ id }) => id === 'router_flavor')).toMatchObject({
      entity: 'environment',
      file: 'kong.env',
      line: null,
      fix: { mode: 'manual', how: expect.stringContaining('KONG_ROUTER_FLAVOR=traditional') as string },
    });
  });

  test('a variable that names a file of docker is its parameter', () => {
    expect(check(undefined, { environment: 'KONG_PG_PASSWORD_FILE=/run/secrets/pg\n' }).findings).not.toContainEqual(
      expect.objectContaining({ id: 'pg_password_file' }),
    );
  });
});
