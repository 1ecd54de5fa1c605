import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { checkScript } from '../../lib/blueprint/check-script';
import { MIGRATION_OUTCOMES, RESULT_MARK } from '../../lib/blueprint/migration-outcomes';
import type { MigrationCause } from '../../lib/blueprint/migration-outcomes';
import { migrationScript } from '../../lib/blueprint/migration-script';
import { startPostgres } from './postgres';
import type { TestPostgres } from './postgres';

/**
 * The scripts of the containers against a `kong` that changes a real PostgreSQL. By default that is the stand-in
 * (local/kong), which says nothing about Kong; with KONG_BIN_28 and KONG_BIN_34 (folders with a `kong` each) it is Kong.
 */
const BIN = {
  '2.8': process.env.KONG_BIN_28 ?? join(__dirname, '../../local/kong/bin/2.8'),
  '3.4': process.env.KONG_BIN_34 ?? join(__dirname, '../../local/kong/bin/3.4'),
};
type Version = keyof typeof BIN;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres?.stop());

let made = 0;
async function emptyDatabase(): Promise<string> {
  made += 1;
  await postgres.createDatabase(`kong${made}`);
  return `kong${made}`;
}

function run(version: Version, script: string, database: string, environment: Record<string, string> = {}) {
  const shell = spawnSync('/bin/sh', ['-c', script], {
    encoding: 'utf8',
    env: {
      PATH: `${BIN[version]}${delimiter}${process.env.PATH}`,
      HOME: process.env.HOME,
      KONG_DATABASE: 'postgres',
      KONG_PG_HOST: postgres.host,
      KONG_PG_PORT: String(postgres.port),
      KONG_PG_USER: postgres.user,
      KONG_PG_PASSWORD: postgres.password,
      KONG_PG_DATABASE: database,
      ...environment,
    },
  });
  return { exitCode: shell.status, text: `${shell.stdout}${shell.stderr}` };
}

const migrate = (version: Version, kind: 'bootstrap' | 'upgrade', database: string, environment = {}) =>
  run(
    version,
    migrationScript({ version, edition: 'oss', kind, attempts: 2, pauseSeconds: 0, lockTimeoutSeconds: 2 }),
    database,
    environment,
  );
const check = (version: Version, database: string, environment = {}) =>
  run(version, checkScript({ version, attempts: 2, pauseSeconds: 0 }), database, environment);
const ends = (result: { exitCode: number | null; text: string }, cause: MigrationCause): void =>
  expect({ exitCode: result.exitCode, text: result.text }).toEqual({
    exitCode: MIGRATION_OUTCOMES[cause].code,
    text: expect.stringContaining(MIGRATION_OUTCOMES[cause].message),
  });

test('given an empty database, it is bootstrapped by 2.8 and upgraded by 3.4, and each check sees what there is', async () => {
  const database = await emptyDatabase();

  ends(check('2.8', database), 'notBootstrapped');
  ends(migrate('3.4', 'upgrade', database), 'notBootstrapped');
  ends(migrate('2.8', 'bootstrap', database), 'clean');
  ends(check('2.8', database), 'clean');

  ends(check('3.4', database), 'newFound');
  const upgraded = migrate('3.4', 'upgrade', database);
  ends(upgraded, 'clean');
  expect(upgraded.text).toContain(
    `${RESULT_MARK}{"kind":"upgrade","version":"3.4","cause":"clean","comparedWith":"recorded 3.4.2","missing":[]}`,
  );
  ends(check('3.4', database), 'clean');

  const retried = migrate('3.4', 'upgrade', database);
  ends(retried, 'clean');
  expect(retried.text).not.toContain('kong migrations up');
}, 60_000);

test('given an upgrade that was never finished, it is neither started on nor upgraded', async () => {
  const database = await emptyDatabase();
  migrate('2.8', 'bootstrap', database);
  run('3.4', 'kong migrations up', database);

  ends(check('3.4', database), 'pendingFound');
  ends(migrate('3.4', 'upgrade', database), 'pendingFound');
}, 60_000);

test('given another node that holds the lock, the upgrade fails and says so', async () => {
  const database = await emptyDatabase();
  migrate('2.8', 'bootstrap', database);
  const client = new Client({ connectionString: postgres.url.replace(/\/postgres$/, `/${database}`) });
  await client.connect();
  await client.query(
    `INSERT INTO locks (key, owner, ttl) VALUES ('migrations', 'a5e9d7b0-1111-4222-8333-444455556666', CURRENT_TIMESTAMP AT TIME ZONE 'UTC' + INTERVAL '600 s')`,
  );
  await client.end();

  ends(migrate('3.4', 'upgrade', database), 'lockHeld');
}, 60_000);

test('given limited plugins, what Kong calls done is refused by name', async () => {
  const database = await emptyDatabase();
  migrate('2.8', 'bootstrap', database);

  const limited = migrate('3.4', 'upgrade', database, { KONG_PLUGINS: 'key-auth,rate-limiting' });
  ends(limited, 'schemaIncomplete');
  expect(limited.text).toContain('"acme/001_280_to_300"');
}, 60_000);

test('given a wrong password, a wrong name or a wrong port, each has its cause and nothing is changed', async () => {
  const database = await emptyDatabase();

  ends(check('3.4', database, { KONG_PG_PASSWORD: 'wrong' }), 'refusedByDatabase');
  ends(check('3.4', 'nosuch'), 'refusedByDatabase');
  ends(check('3.4', database, { KONG_PG_PORT: '1' }), 'noConnection');
  ends(check('3.4', database), 'notBootstrapped');
}, 60_000);

test('given an image of another version, it is refused whatever the database holds', async () => {
  const database = await emptyDatabase();
  ends(
    run('2.8', migrationScript({ version: '3.4', edition: 'oss', kind: 'bootstrap' }), database),
    'imageVersionMismatch',
  );
  ends(check('2.8', database), 'notBootstrapped');
}, 60_000);
