import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { columnOf, entityKinds, pluginSchema, type EntityKind } from './entities';
import { schemaFacts } from './facts';
import { extraChecks, luaTable, refuse, secrets, shorthand } from './rules';
import {
  fieldsOf,
  fill,
  isObject,
  sentence,
  violations,
  type Entity,
  type FieldSchema,
  type RecordSchema,
  type Violations,
} from './schema';
import type { Settings } from './settings';

export interface Page {
  readonly rows: Entity[];
  readonly offset: string | undefined;
}
export interface Filter {
  readonly field?: string;
  readonly value?: unknown;
  /** `a,b` all of them, `a/b` any of them. */
  readonly tags?: string;
}

/** Entities in PostgreSQL, as both the Admin API and the proxy read and write them. */
export class Store {
  readonly kinds: ReadonlyMap<string, EntityKind>;
  readonly nodeId = randomUUID();
  private workspace: string | undefined;

  constructor(
    readonly db: Pool,
    readonly settings: Settings,
  ) {
    this.kinds = new Map(entityKinds(settings.release).map((kind) => [kind.name, kind]));
  }

  /** Plugin names that this node accepts. */
  enabledPlugins(): string[] {
    const { release, plugins } = this.settings;
    return plugins.flatMap((name) => (name === 'bundled' ? schemaFacts(release).plugins : [name]));
  }

  kind(name: string): EntityKind {
    const kind = this.kinds.get(name);
    if (kind === undefined) throw new Error(`no entity '${name}'`);
    return kind;
  }

  private read(kind: EntityKind, row: Entity): Entity {
    const entity: Entity = {};
    for (const [name, field] of fieldsOf(kind.schema))
      entity[name] = fromColumn(name, field, row[columnOf(name, field)]);
    if (kind.name === 'plugins') entity.config = this.pluginConfig(entity);
    return fill(kind.schema, entity);
  }

  private pluginConfig(entity: Entity): unknown {
    const schema = pluginSchema(this.settings.release, String(entity.name));
    const config = schema && fieldsOf(schema).find(([name]) => name === 'config')?.[1];
    return config && isObject(entity.config) ? fill(config, entity.config) : entity.config;
  }

  private columns(kind: EntityKind): string {
    return fieldsOf(kind.schema)
      .map(([name, field]) => `"${columnOf(name, field)}"`)
      .join(', ');
  }

  private living(kind: EntityKind): string {
    return fieldsOf(kind.schema).some(([name]) => name === 'ttl')
      ? "(ttl IS NULL OR ttl >= CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
      : 'true';
  }

  /** A page in the order of the ids, after the one that `offset` names. `size` 1-1000. */
  async page(kind: EntityKind, filter: Filter, size: number, offset?: string): Promise<Page> {
    const values: unknown[] = [];
    const where = [this.living(kind)];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    if (filter.field !== undefined) where.push(`"${filter.field}" = ${bind(filter.value)}`);
    if (filter.tags !== undefined) {
      const any = filter.tags.includes('/');
      where.push(`tags ${any ? '&&' : '@>'} ${bind(filter.tags.split(any ? '/' : ','))}::text[]`);
    }
    if (offset !== undefined) where.push(`id > ${bind(offset)}`);
    const { rows } = await this.db.query<Entity>(
      `SELECT ${this.columns(kind)} FROM ${kind.table} WHERE ${where.join(' AND ')} ORDER BY id LIMIT ${size + 1}`,
      values,
    );
    const last = rows.length > size ? rows[size - 1] : undefined;
    return { rows: rows.slice(0, size).map((row) => this.read(kind, row)), offset: last && String(last.id) };
  }

  async all(name: string): Promise<Entity[]> {
    const kind = this.kind(name);
    return (await this.page(kind, {}, 1_000_000)).rows;
  }

  /** By id, or by the kind's key field; `parent` narrows it to one parent's. */
  async find(kind: EntityKind, idOrKey: string, parent?: { field: string; id: unknown }): Promise<Entity | undefined> {
    const byId = isUuid(idOrKey);
    if (!byId && kind.key === undefined) return undefined;
    return this.findBy(kind, byId ? 'id' : (kind.key ?? 'id'), idOrKey, parent);
  }

  async findBy(
    kind: EntityKind,
    column: string,
    value: unknown,
    parent?: { field: string; id: unknown },
  ): Promise<Entity | undefined> {
    const { rows } = await this.db.query<Entity>(
      `SELECT ${this.columns(kind)} FROM ${kind.table} WHERE "${column}" = $1 AND ${this.living(kind)}${parent ? ` AND "${parent.field}_id" = $2` : ''} LIMIT 1`,
      parent ? [value, parent.id] : [value],
    );
    return rows[0] && this.read(kind, rows[0]);
  }

  /** Fills, checks and writes a new entity. Throws a Refusal as Kong words it. */
  async insert(kind: EntityKind, given: Entity): Promise<Entity> {
    return this.write(kind, this.complete(kind, given), 'insert');
  }

  /** Changes the given fields; a plugin's `config` is merged. */
  async update(kind: EntityKind, before: Entity, given: Entity): Promise<Entity> {
    const next: Entity = { ...before, ...given };
    if (kind.name === 'plugins' && isObject(given.config))
      next.config = { ...(before.config as Entity), ...given.config };
    if (kind.name === 'upstreams' && isObject(given.healthchecks))
      next.healthchecks = merge(before.healthchecks, given.healthchecks);
    if ('updated_at' in before) delete next.updated_at;
    return this.write(kind, this.complete(kind, next), 'update');
  }

  /** Replaces the entity, or makes it. */
  async upsert(kind: EntityKind, before: Entity | undefined, given: Entity): Promise<Entity> {
    const kept = before ? { id: before.id, created_at: before.created_at } : {};
    return this.write(kind, this.complete(kind, { ...given, ...kept }), before ? 'update' : 'insert');
  }

  async remove(kind: EntityKind, entity: Entity): Promise<void> {
    try {
      await this.db.query(`DELETE FROM ${kind.table} WHERE id = $1`, [entity.id]);
    } catch (error) {
      if ((error as { code?: string }).code !== '23503') throw error;
      const other = (error as { table?: string }).table ?? '';
      throw refuse(
        400,
        4,
        'foreign key violation',
        { '@referenced_by': other },
        `an existing '${other}' entity references this '${kind.name}' entity`,
      );
    }
  }

  /** Defaults and checks; what `POST /schemas/{kind}/validate` does. */
  complete(kind: EntityKind, given: Entity): Entity {
    const input = shorthand(kind, given, this.settings.release === '2.8.5');
    const found: Violations = {};
    if (kind.name === 'plugins' && typeof input.name === 'string') {
      const schema = pluginSchema(this.settings.release, input.name);
      if (!this.enabledPlugins().includes(input.name)) {
        found.name = `plugin '${input.name}' not enabled; add it to the 'plugins' configuration property`;
      } else if (schema) {
        const own = Object.fromEntries(fieldsOf(schema).map(([name]) => [name, input[name]]));
        const filled = fill(schema, { ...own, config: input.config ?? {} });
        input.config = filled.config;
        input.protocols ??= filled.protocols;
        Object.assign(found, violations(schema, filled));
      } else input.config ??= {};
    }
    const entity = fill(kind.schema, input);
    Object.assign(
      found,
      { ...violations(withChecks(kind), entity), ...found },
      extraChecks(kind, entity, this.settings.release),
    );
    if (Object.keys(found).length > 0) throw refuse(400, 2, 'schema violation', found, sentence(found));
    return entity;
  }

  private async write(kind: EntityKind, entity: Entity, how: 'insert' | 'update'): Promise<Entity> {
    const now = Date.now() / 1000;
    entity.id ??= randomUUID();
    for (const [name, field] of fieldsOf(kind.schema)) {
      if (!field.auto || name === 'id') continue;
      if (field.timestamp) {
        if (name === 'updated_at' || entity[name] == null)
          entity[name] = field.type === 'number' ? Math.round(now * 1000) / 1000 : Math.floor(now);
      } else entity[name] ??= randomBytes(24).toString('base64url').replace(/[-_]/g, 'x').slice(0, 32);
    }
    secrets(kind, entity, how);
    const columns: string[] = [];
    const values: unknown[] = [];
    for (const [name, field] of fieldsOf(kind.schema)) {
      columns.push(columnOf(name, field));
      values.push(toColumn(name, field, entity[name], now));
    }
    this.workspace ??= (await this.db.query<{ id: string }>("SELECT id FROM workspaces WHERE name = 'default'")).rows[0]
      ?.id;
    if (kind.inWorkspace) {
      columns.push('ws_id');
      values.push(this.workspace);
    }
    if (kind.hasCacheKey) {
      const parts = (kind.cacheKey ?? []).map((field) => {
        const value = entity[field];
        const part = isObject(value) ? value.id : value;
        return typeof part === 'string' ? part : '';
      });
      columns.push('cache_key');
      values.push([kind.name, ...parts, ...Array<string>(5 - parts.length).fill(''), this.workspace].join(':'));
    }
    await this.checkUnique(kind, entity);
    const list = columns.map((column) => `"${column}"`).join(', ');
    const marks = values.map((_, index) => `$${index + 1}`).join(', ');
    try {
      await this.db.query(
        how === 'insert'
          ? `INSERT INTO ${kind.table} (${list}) VALUES (${marks})`
          : `UPDATE ${kind.table} SET (${list}) = ROW(${marks}) WHERE id = $${columns.indexOf('id') + 1}`,
        values,
      );
    } catch (error) {
      throw this.translate(kind, entity, error as Error & { code?: string; constraint?: string });
    }
    return this.read(
      kind,
      (await this.db.query<Entity>(`SELECT ${this.columns(kind)} FROM ${kind.table} WHERE id = $1`, [entity.id]))
        .rows[0] ?? {},
    );
  }

  private async checkUnique(kind: EntityKind, entity: Entity): Promise<void> {
    const single = fieldsOf(kind.schema)
      .filter(([, field]) => field.unique)
      .map(([name]) => [name]);
    for (const names of [...single, ...(kind.cacheKey ? [kind.cacheKey] : [])]) {
      const chosen = fieldsOf(kind.schema).filter(([name]) => names.includes(name));
      if (names.length === 1 && entity[names[0] ?? ''] == null) continue;
      const test = chosen
        .map(([name, field], index) => `"${columnOf(name, field)}" IS NOT DISTINCT FROM $${index + 2}`)
        .join(' AND ');
      const values = chosen.map(([name]) => (isObject(entity[name]) ? entity[name].id : entity[name]));
      const { rowCount } = await this.db.query(`SELECT 1 FROM ${kind.table} WHERE id <> $1 AND ${test}`, [
        entity.id,
        ...values,
      ]);
      if (rowCount) {
        const fields = Object.fromEntries(chosen.map(([name]) => [name, entity[name] ?? null]));
        throw refuse(
          409,
          5,
          'unique constraint violation',
          fields,
          `UNIQUE violation detected on '${luaTable(fields)}'`,
        );
      }
    }
  }

  private translate(kind: EntityKind, entity: Entity, error: Error & { code?: string; constraint?: string }): Error {
    if (error.code === '23503') {
      const [name, field] =
        fieldsOf(kind.schema).find(
          ([one, { type }]) => type === 'foreign' && error.constraint?.includes(`_${one}_id`),
        ) ?? [];
      if (name && field) {
        const fields = { [name]: entity[name] };
        return refuse(
          400,
          4,
          'foreign key violation',
          fields,
          `the foreign key '${luaTable(entity[name] as Entity)}' does not reference an existing '${field.reference}' entity.`,
        );
      }
    }
    if (error.code === '23505')
      return refuse(
        409,
        3,
        'primary key violation',
        { id: entity.id },
        `primary key violation on key '${luaTable({ id: entity.id })}'`,
      );
    return error;
  }
}

const withChecks = ({ schema, checks = [] }: EntityKind): RecordSchema => ({
  ...schema,
  entity_checks: [...(schema.entity_checks ?? []), ...checks],
});

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

function merge(before: unknown, given: Entity): Entity {
  const result: Entity = isObject(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(given)) result[key] = isObject(value) ? merge(result[key], value) : value;
  return result;
}

function fromColumn(name: string, field: FieldSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (field.type === 'foreign') return { id: value };
  if (name === 'ttl') return Math.max(0, Math.floor(((value as Date).getTime() - Date.now()) / 1000));
  if (value instanceof Date)
    return field.type === 'number' ? value.getTime() / 1000 : Math.floor(value.getTime() / 1000);
  return value;
}

function toColumn(name: string, field: FieldSchema, value: unknown, now: number): unknown {
  if (value === null || value === undefined) return null;
  if (field.type === 'foreign') return (value as Entity).id;
  if (field.timestamp) return new Date(Number(value) * 1000);
  if (name === 'ttl') return new Date((now + Number(value)) * 1000);
  if (field.type === 'record' || field.type === 'map') return JSON.stringify(value);
  if (field.elements?.type === 'record') return (value as unknown[]).map((one) => JSON.stringify(one));
  return value;
}
