import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { TestPostgres } from '../postgres';
import { firstDifference, normalize, normalizeText } from './compare';
import { copyDatabase, kong, moved, nodeEnv, recorded, recordedRows, sql, type Release, type Result } from './harness';

interface Run {
  readonly file: string;
  readonly kongVersion: Release;
  readonly command: string;
  readonly state: string;
  readonly exitCode: number;
  readonly confChanges?: Readonly<Record<string, unknown>>;
  readonly output: string;
}

const ADDRESS = '127.77.9.41';

/** Databases that the recorded states are copies of; `2.8` holds the recorded rows. Names of the four templates. */
export async function makeTemplates(postgres: TestPostgres): Promise<void> {
  const run = async (release: Release, database: string, ...words: string[]): Promise<void> => {
    const { exitCode, output } = await kong(release, ['migrations', ...words], nodeEnv(postgres, database, ADDRESS));
    if (exitCode !== 0) throw new Error(output);
  };
  await postgres.createDatabase('t28');
  await run('2.8.5', 't28', 'bootstrap');
  // The recorded workspace replaces the one that bootstrap made; schema_meta must be as recorded before it is replaced.
  await sql(
    postgres,
    't28',
    `DELETE FROM workspaces; DELETE FROM parameters; DELETE FROM schema_meta; SET search_path TO public; ${await recordedRows('2.8.5')}`,
  );
  await copyDatabase(postgres, 't28', 't34up');
  await run('3.4.2', 't34up', 'up');
  await copyDatabase(postgres, 't34up', 't34finish');
  await run('3.4.2', 't34finish', 'finish');
  await postgres.createDatabase('t34boot');
  await run('3.4.2', 't34boot', 'bootstrap');
}

const lock = (seconds: number): string =>
  `INSERT INTO locks (key, owner, ttl) VALUES ('migrations', '${randomUUID()}', CURRENT_TIMESTAMP AT TIME ZONE 'UTC' + INTERVAL '${seconds} s')`;
const duplicate = (created: string): string =>
  `INSERT INTO targets (id, created_at, upstream_id, target, weight, ws_id) SELECT '${randomUUID()}', ${created}, upstream_id, target, weight, ws_id FROM targets WHERE id = 'b7e454a3-3030-4c06-8c86-c202c2cf307a'`;
const FAILURE = `CREATE FUNCTION fail() RETURNS event_trigger LANGUAGE plpgsql AS $$
  DECLARE one record; BEGIN
    FOR one IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
      IF one.object_identity LIKE '%ratelimiting%' THEN RAISE EXCEPTION 'simulated failure on %', one.object_identity; END IF;
    END LOOP;
  END $$; CREATE EVENT TRIGGER fail ON ddl_command_end EXECUTE FUNCTION fail()`;
const FOREIGN_OWNER = `CREATE ROLE restorer; DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('ALTER TABLE %I OWNER TO restorer', t); EXECUTE format('GRANT ALL ON %I TO kong', t);
    END LOOP; END $$`;

/** How the database of a state comes about: a copy of a template and a change, or `same`: the database as the run before left it. */
function preparation(
  state: string,
): { template?: string; before?: string; superuser?: boolean; same?: boolean } | undefined {
  const known: Record<string, ReturnType<typeof preparation>> = {
    empty: { template: 'template0' },
    'bootstrapped-by-3.4': { template: 't34boot' },
    'after-reset': { same: true },
    '2.8-database': { template: 't28' },
    '2.8-copy-before-up': { template: 't28' },
    '2.8-copy-after-finish-before-up': { same: true },
    'after-up': { template: 't34up' },
    'after-finish': { template: 't34finish' },
    'after-forced-up': { same: true },
    'lock-held': { template: 't28', before: lock(600) },
    'lock-held-expiring': { template: 't28', before: lock(4) },
    'lock-held-expiring-after': { same: true },
    'after-up-lock-held': { template: 't34up', before: lock(600) },
    'limited-plugins': { template: 't28' },
    'missing-custom-plugin': { template: 't28' },
    'duplicate-targets-different-created_at': { template: 't34up', before: duplicate("created_at + INTERVAL '1 s'") },
    'duplicate-targets-same-created_at': { template: 't28', before: duplicate('created_at') },
    'duplicate-targets-repaired': {
      same: true,
      before: `DELETE FROM targets WHERE target = '127.77.9.9:9001' AND tags IS NULL AND upstream_id = '5271c9d8-0ec3-46f1-a041-508a78632344'`,
    },
    'table-missing': { template: 't28', before: 'DROP TABLE ratelimiting_metrics' },
    'tables-owned-by-another-role': { template: 't28', before: FOREIGN_OWNER, superuser: true },
    'restore-into-emptied-schema': { template: 't28' },
    'up-fails-in-the-middle': { template: 't28', before: FAILURE, superuser: true },
    'up-fails-in-the-middle-repaired': { same: true, before: 'DROP EVENT TRIGGER fail', superuser: true },
    'database-off': { template: 't34finish' },
    version: { template: 'template0' },
    'conf-missing': { template: 'template0' },
    'bad-subcommand': { template: 'template0' },
  };
  if (state in known) return known[state];
  if (state.startsWith('pg_restore-clean') || state.startsWith('two-ups')) return undefined;
  if (/-after|after-/.test(state)) return { same: true };
  return { template: 't28' }; // connection failures
}

/** `plugins` and the like of a recorded kong.conf as environment variables. */
const changes = (run: Run): Record<string, string> =>
  Object.fromEntries(
    Object.entries(run.confChanges ?? {}).map(([name, value]) => [`KONG_${name.toUpperCase()}`, String(value)]),
  );

/** States whose single runs each had a fresh copy although the state's name is the same. */
const MUTATING = new Set([
  'empty',
  '2.8-database',
  '2.8-copy-before-up',
  'after-up',
  'after-finish',
  'bootstrapped-by-3.4',
]);

export async function replayMigrations(postgres: TestPostgres): Promise<Result[]> {
  const runs = recorded<Run[]>('migrations/runs.json');
  const results: Result[] = [];
  let database = '';
  let state = '';
  let number = 0;
  const copied = new Set<string>();
  for (const run of runs) {
    const how = preparation(run.state);
    if (how === undefined) {
      if (!run.state.startsWith('two-ups'))
        results.push({ name: run.file, difference: 'state not set up: pg_restore --clean is not a command of Kong' });
      continue;
    }
    if (how.template !== undefined && (run.state !== state || MUTATING.has(run.state))) {
      database = `run${++number}`;
      if (how.template === 'template0') await postgres.createDatabase(database);
      else await copyDatabase(postgres, how.template, database);
    }
    if (how.before !== undefined && !copied.has(run.state)) {
      await sql(postgres, database, how.before, how.superuser);
      copied.add(run.state);
    }
    state = run.state;
    results.push({ name: run.file, ...difference(run, await perform(postgres, run, database)) });
  }
  results.push(...(await twoUps(postgres, runs)));
  return results;
}

async function perform(postgres: TestPostgres, run: Run, database: string) {
  const args = run.command
    .replace('kong ', '')
    .replace('-c <conf>', '')
    .split(' ')
    .filter((word) => word !== '');
  return kong(run.kongVersion, args, { ...nodeEnv(postgres, database, ADDRESS), ...changes(run) });
}

function difference(run: Run, ran: { exitCode: number | null; output: string }): { difference?: string } {
  if (ran.exitCode !== run.exitCode)
    return { difference: `exit code ${run.exitCode} ≠ ${ran.exitCode}: ${ran.output.slice(0, 120)}` };
  if (run.command.includes('migrations status') && run.exitCode === 0) {
    const none = new Set<string>();
    const found = firstDifference(normalize(JSON.parse(run.output), none), normalize(JSON.parse(ran.output), none));
    return found === undefined ? {} : { difference: found };
  }
  const [expected, found] = [normalizeText(moved(run.output)), normalizeText(ran.output)];
  if (expected === found) return {};
  const lines = found.split('\n');
  const index = expected.split('\n').findIndex((line, at) => line !== lines[at]);
  return {
    difference: `text: ${JSON.stringify(expected.split('\n')[index] ?? '')} ≠ ${JSON.stringify(lines[index] ?? '')}`,
  };
}

/** Two `up` at once: both end with 0, one of them did nothing; which of the two is chance. */
async function twoUps(postgres: TestPostgres, runs: readonly Run[]): Promise<Result[]> {
  const pair = runs.filter((run) => run.state.startsWith('two-ups'));
  await copyDatabase(postgres, 't28', 'twoups');
  // The first is held inside its migrations until the second waits for it.
  const holder = new Client({
    host: postgres.host,
    port: postgres.port,
    user: postgres.user,
    password: postgres.password,
    database: 'twoups',
  });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE targets');
  const first = pair[0] && perform(postgres, pair[0], 'twoups');
  await new Promise((resolve) => setTimeout(resolve, 600));
  const second = pair[1] && perform(postgres, pair[1], 'twoups');
  await new Promise((resolve) => setTimeout(resolve, 600));
  await holder.end();
  const ran = (await Promise.all([first, second])).flatMap((one) => one ?? []);
  ran.sort((a, b) => a.output.length - b.output.length);
  return [...pair]
    .sort((a, b) => a.output.length - b.output.length)
    .map((run, index) => ({ name: run.file, ...difference(run, ran[index] ?? { exitCode: null, output: '' }) }));
}

/** Rows after our `up` and `finish` against the recorded ones, table by table; dates of the migration itself left out. */
export async function compareRows(postgres: TestPostgres): Promise<Result[]> {
  const results: Result[] = [];
  for (const [ours, name] of [
    ['t34up', '3.4.2-after-up'],
    ['t34finish', '3.4.2-after-finish'],
  ] as const) {
    const theirs = `recorded-${name}`;
    await copyDatabase(postgres, ours, theirs);
    const tables = (
      await sql<{ name: string }>(
        postgres,
        ours,
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
      )
    ).map((row) => row.name);
    await sql(
      postgres,
      theirs,
      `SET session_replication_role = replica; TRUNCATE ${tables.map((table) => `"${table}"`).join(', ')}; ${await recordedRows(name)}`,
      true,
    );
    for (const table of tables.filter((one) => !['tags', 'cluster_events', 'locks', 'parameters'].includes(one))) {
      const rows = async (database: string): Promise<string[]> =>
        (await sql<{ row: Record<string, unknown> }>(postgres, database, `SELECT to_jsonb(t) AS row FROM "${table}" t`))
          .map(({ row }) => JSON.stringify(normalize(emptyLists(row), new Set())))
          .sort();
      const [expected, found] = [await rows(theirs), await rows(ours)];
      const missing = expected.find((row) => !found.includes(row));
      const same = expected.length === found.length && missing === undefined;
      results.push({
        name: `${name} ${table}`,
        ...(same ? {} : { difference: `${missing ?? 'more rows'} not among ${found.length}` }),
      });
    }
  }
  return results;
}

/** Lua writes an empty list as `{}`. */
const emptyLists = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, one: unknown) =>
      typeof one === 'object' && one !== null && Object.keys(one).length === 0 ? [] : one,
    ),
  );
