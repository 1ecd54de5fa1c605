import { randomUUID } from 'node:crypto';
import type { Queries } from '../database';
import { sqlParts } from '../facts';
import { KongError } from '../settings';
import { hasFinish, type Subsystem } from './catalogue';
import { normalizeRoutePaths } from './data';

type Say = (line: string) => void;

/** `up` leaves migrations that have a finish part pending; `both` is bootstrap and `up -f`; `finish` runs the second parts. */
export type Pass = 'up' | 'both' | 'finish';

async function record(db: Queries, subsystem: string, migration: string, state: 'executed' | 'pending' | 'finished') {
  const executed = state === 'pending' ? null : [migration];
  const pending = { executed: null, pending: [migration], finished: [] }[state];
  const append = "last_executed = $2, executed = array_append(array_remove(coalesce(m.executed, '{}'), $2), $2)";
  const merge = {
    executed: append,
    pending: "pending = array_append(coalesce(m.pending, '{}'), $2)",
    finished: `${append}, pending = array_remove(coalesce(m.pending, '{}'), $2)`,
  }[state];
  await db.query(
    `INSERT INTO schema_meta AS m (key, subsystem, last_executed, executed, pending)
     VALUES ('schema_meta', $1, CASE WHEN $3::text[] IS NULL THEN NULL ELSE $2 END, $3, $4)
     ON CONFLICT (key, subsystem) DO UPDATE SET ${merge}`,
    [subsystem, migration, executed, pending],
  );
}

/** Kong's text of an error in a migration: the server's message, and its detail on a line of its own. */
function serverText(error: unknown): string {
  const { message, detail } = error as Error & { detail?: string };
  return `ERROR: ${message}${detail === undefined ? '' : `\n${detail}`}`;
}

/** Runs migrations one by one, each with its row in schema_meta; what ran before a failure stays. */
export async function run(db: Queries, subsystems: readonly Subsystem[], pass: Pass, database: string, say: Say) {
  const parts = sqlParts();
  const counts = { executed: 0, pending: 0 };
  for (const { name, migrations } of subsystems) {
    say(`migrating ${name} on database '${database}'...`);
    for (const migration of migrations) {
      const part = `${name}/${migration}`;
      const step = async (what: 'up' | 'teardown', text: string): Promise<void> => {
        try {
          await db.query(`BEGIN; ${text}; COMMIT;`);
          if (part === 'core/016_280_to_300' && what === 'up') await normalizeRoutePaths(db);
        } catch (error) {
          await db.query('ROLLBACK');
          throw new KongError(
            `[PostgreSQL error] cluster_mutex callback threw an error: ./kong/cmd/utils/migrations.lua:${what === 'up' ? 104 : 149}: ` +
              `[PostgreSQL error] failed to run migration '${migration}' ${what}: ${serverText(error)}`,
          );
        }
      };
      if (pass !== 'finish') await step('up', parts.get(part) ?? '');
      const second = hasFinish(name, migration);
      if (second && pass !== 'up') await step('teardown', parts.get(`${part} finish`) ?? '');
      const state = second ? (pass === 'up' ? 'pending' : 'finished') : 'executed';
      await record(db, name, migration, state);
      counts[state === 'pending' ? 'pending' : 'executed'] += 1;
      say(`${name} migrated up to: ${migration} (${state === 'pending' ? 'pending' : 'executed'})`);
    }
  }
  const total = counts.executed + counts.pending;
  say(`${total} migration${total === 1 ? '' : 's'} processed`);
  if (counts.executed > 0) say(`${counts.executed} executed`);
  if (counts.pending > 0) say(`${counts.pending} pending`);
}

/**
 * Runs `work` under the row `migrations` of the table locks. Held by another: `false` at once without `waitSeconds`;
 * with it, waits until the row goes away and returns `false` all the same (recorded: nothing is migrated then).
 */
export async function underLock(
  db: Queries,
  waitSeconds: number | undefined,
  work: () => Promise<void>,
): Promise<boolean> {
  const owner = randomUUID();
  const free = async (): Promise<boolean> => {
    await db.query("DELETE FROM locks WHERE key = 'migrations' AND ttl < CURRENT_TIMESTAMP AT TIME ZONE 'UTC'");
    const { rowCount } = await db.query("SELECT 1 FROM locks WHERE key = 'migrations'");
    return rowCount === 0;
  };
  await free();
  const taken = await db.query(
    `INSERT INTO locks (key, owner, ttl) VALUES ('migrations', $1, CURRENT_TIMESTAMP AT TIME ZONE 'UTC' + INTERVAL '600 s')
     ON CONFLICT DO NOTHING`,
    [owner],
  );
  if (taken.rowCount === 0) {
    const end = Date.now() + (waitSeconds ?? 0) * 1000;
    while (waitSeconds !== undefined && !(await free())) {
      if (Date.now() > end) throw new KongError('[PostgreSQL error] timeout');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
  }
  try {
    await work();
  } finally {
    await db.query('DELETE FROM locks WHERE key = $1 AND owner = $2', ['migrations', owner]);
  }
  return true;
}
