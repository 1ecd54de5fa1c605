import type { Queries } from '../database';
import type { Subsystem } from './catalogue';

/** What schema_meta says about the migrations that this release knows. */
export interface SchemaState {
  readonly needsBootstrap: boolean;
  readonly executed: readonly Subsystem[];
  readonly pending: readonly Subsystem[];
  readonly fresh: readonly Subsystem[];
}

interface MetaRow extends Record<string, unknown> {
  readonly subsystem: string;
  readonly executed: string[] | null;
  readonly pending: string[] | null;
}

export async function readState(db: Queries, known: readonly Subsystem[]): Promise<SchemaState> {
  const table = await db.query<{ name: string | null }>("SELECT to_regclass('schema_meta')::text AS name");
  const rows =
    table.rows[0]?.name == null
      ? []
      : (await db.query<MetaRow>("SELECT subsystem, executed, pending FROM schema_meta WHERE key = 'schema_meta'"))
          .rows;
  const sort = (pick: (migration: string, row: MetaRow | undefined) => boolean): Subsystem[] =>
    known
      .map(({ name, migrations }) => {
        const row = rows.find((one) => one.subsystem === name);
        return { name, migrations: migrations.filter((migration) => pick(migration, row)) };
      })
      .filter(({ migrations }) => migrations.length > 0);
  const executed = (migration: string, row?: MetaRow): boolean => row?.executed?.includes(migration) ?? false;
  const pending = (migration: string, row?: MetaRow): boolean => row?.pending?.includes(migration) ?? false;
  return {
    needsBootstrap: rows.length === 0,
    executed: sort(executed),
    pending: sort(pending),
    fresh: sort((migration, row) => !executed(migration, row) && !pending(migration, row)),
  };
}

/** Subsystems with their migrations, names flush right. */
export function table(subsystems: readonly Subsystem[]): string {
  const width = Math.max(...subsystems.map(({ name }) => name.length));
  return subsystems.map(({ name, migrations }) => `${name.padStart(width)}: ${migrations.join(', ')}`).join('\n');
}

/** Kong's JSON of `kong migrations status`; groups without entries are left out. */
export function statusJson(state: SchemaState): string {
  const group = (subsystems: readonly Subsystem[]): unknown =>
    subsystems.length === 0
      ? undefined
      : subsystems.map(({ name, migrations }) => ({
          subsystem: name,
          namespace: name === 'core' ? 'kong.db.migrations.core' : `kong.plugins.${name}.migrations`,
          migrations,
        }));
  return JSON.stringify({
    needs_bootstrap: state.needsBootstrap,
    executed_migrations: group(state.executed),
    pending_migrations: group(state.pending),
    new_migrations: group(state.fresh),
  });
}
