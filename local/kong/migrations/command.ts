import { connect } from '../database';
import { KongError, type Settings } from '../settings';
import { catalogue } from './catalogue';
import { run, underLock } from './run';
import { readState, statusJson, table } from './state';

export interface MigrationOptions {
  readonly force: boolean;
  readonly yes: boolean;
  /** Seconds that `up` waits for another runner. Default 60. */
  readonly lockTimeout: number;
}

export const NEEDS_BOOTSTRAP = `Database needs bootstrapping or is older than Kong 1.0.

To start a new installation from scratch, run 'kong migrations bootstrap'.

To migrate from a version older than 1.0, migrated to Kong 1.5.0 first. 
If you still have 'apis' entities, you can convert them to Routes and Services
using the 'kong migrations migrate-apis' command in Kong 1.5.0.

`;
const ERASE = `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', name);
  END LOOP;
END $$;
DROP FUNCTION IF EXISTS sync_tags, batch_delete_expired_rows;`;
const ABORTED = 'aborted: another node is performing database changes';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `kong migrations <name>`; returns the exit code. Texts and codes: test/recorded/migrations. */
export async function migrate(name: string, settings: Settings, options: MigrationOptions): Promise<number> {
  const known = catalogue(settings.release, settings.plugins);
  const db = await connect(settings);
  const { database } = settings.postgres;
  try {
    const state = await readState(db, known);
    const bootstrapped = (): void => {
      if (state.needsBootstrap) throw new KongError(`Cannot run migrations: ${NEEDS_BOOTSTRAP}`);
    };
    switch (name) {
      case 'status':
        say(statusJson(state));
        return 0;
      case 'list': {
        if (state.needsBootstrap) {
          say(NEEDS_BOOTSTRAP);
          return 3;
        }
        const both = state.pending.length > 0 && state.fresh.length > 0;
        if (both)
          warn(
            `Database has pending migrations from a previous upgrade, and new migrations from this upgrade (version ${settings.release})`,
          );
        if (state.executed.length > 0) say(`Executed migrations:\n${table(state.executed)}`);
        if (state.pending.length > 0) say(`\nPending migrations:\n${table(state.pending)}`);
        if (state.fresh.length > 0) say(`\nNew migrations available:\n${table(state.fresh)}`);
        if (both) {
          say(
            "\n\nRun 'kong migrations finish' when ready to complete pending migrations (postgres database will be incompatible with the previous Kong version)",
          );
        } else if (state.pending.length > 0) say("\nRun 'kong migrations finish' when ready");
        else if (state.fresh.length > 0) say("\nRun 'kong migrations up' to proceed");
        return state.pending.length > 0 ? 4 : state.fresh.length > 0 ? 5 : 0;
      }
      case 'bootstrap':
        if (!state.needsBootstrap) {
          say('Database already bootstrapped');
          return 0;
        }
        say('Bootstrapping database...');
        await run(db, known, 'both', database, say);
        say('Database is up-to-date');
        return 0;
      case 'up': {
        bootstrapped();
        if (state.pending.length > 0 && !options.force) {
          throw new KongError("Database has pending migrations; run 'kong migrations finish'");
        }
        const ran = await underLock(db, options.lockTimeout, async () => {
          const now = await readState(db, known);
          if (options.force) await run(db, known, 'both', database, say);
          else if (now.fresh.length === 0) say('Database is already up-to-date');
          else await run(db, now.fresh, 'up', database, say);
          if ((await readState(db, known)).pending.length > 0) {
            say("\nDatabase has pending migrations; run 'kong migrations finish' when ready");
          }
        });
        if (!ran) say(ABORTED);
        return 0;
      }
      case 'finish': {
        bootstrapped();
        const ran = await underLock(db, undefined, async () => {
          if (state.pending.length > 0) await run(db, state.pending, 'finish', database, say);
          if (state.fresh.length > 0) say("\nNew migrations available; run 'kong migrations up' to proceed");
          else say('No pending migrations to finish');
        });
        if (!ran) say(ABORTED);
        return 0;
      }
      default: // reset
        if (!options.yes) throw new KongError('the stand-in asks no questions; to erase all data add -y');
        say('Resetting database...');
        await db.query(ERASE);
        say('Database successfully reset');
        return 0;
    }
  } finally {
    await db.end();
  }
}

function warn(text: string): void {
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');
  process.stderr.write(`${time} [warn] ${text}\n`);
}
