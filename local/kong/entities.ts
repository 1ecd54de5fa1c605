import { readFact, schemaFacts } from './facts';
import { fieldsOf, type EntityCheck, type FieldSchema, type RecordSchema } from './schema';
import type { Release } from './settings';

/** One kind of thing in the database and on the Admin API; each is one line of facts/entities.json. */
export interface EntityKind {
  readonly name: string;
  readonly table: string;
  /** Collection at the top of the Admin API; without one, only beneath its parent. */
  readonly path?: string;
  /** Segment beneath its parents, where it is not `path`. */
  readonly nested?: string;
  /** A field that may stand in place of the id in a path. */
  readonly key?: string;
  /** Fields that together are unique. */
  readonly cacheKey?: readonly string[];
  /** The table has the column cache_key, made of them. */
  readonly hasCacheKey?: boolean;
  /** The table has the column ws_id. */
  readonly inWorkspace: boolean;
  /** The recorded one; written by hand in the facts where Kong's was not recorded. */
  readonly schema: RecordSchema;
  /** Checks that Kong has and its schema endpoint does not show. */
  readonly checks?: readonly EntityCheck[];
}

type Fact = Omit<EntityKind, 'schema'> & { readonly schema?: RecordSchema };

/** Every kind that a release knows; the code for all of them is the same. */
export function entityKinds(release: Release): readonly EntityKind[] {
  const facts = JSON.parse(readFact('entities.json')) as Record<Release, Fact[]>;
  return facts[release].map((fact) => {
    const schema = fact.schema ?? schemaFacts(release).schemas[fact.name];
    if (schema === undefined) throw new Error(`facts/entities.json: no schema for '${fact.name}'`);
    return { ...fact, schema };
  });
}

/** Column of a field: `service` is held as `service_id`. */
export const columnOf = (name: string, field: FieldSchema): string => (field.type === 'foreign' ? `${name}_id` : name);

/**
 * The schema of a plugin's config. 2.8 does not show its entity checks; those of 3.4 are taken where all their fields
 * exist in 2.8. Plugins whose schema was not recorded have none: their config is stored as it comes.
 */
export function pluginSchema(release: Release, name: string): RecordSchema | undefined {
  const schema = schemaFacts(release).schemas[`plugins/${name}`];
  if (schema === undefined || release !== '2.8.5') return schema;
  const config = fieldsOf(schema).find(([field]) => field === 'config')?.[1];
  const known = new Set(fieldsOf(config ?? {}).map(([field]) => `config.${field}`));
  if (known.has('config.functions')) return schema;
  const named = (check: EntityCheck): string[] => [
    ...(check.at_least_one_of ?? check.only_one_of ?? []),
    ...(check.conditional ? [check.conditional.if_field, check.conditional.then_field] : []),
  ];
  const checks = schemaFacts('3.4.2').schemas[`plugins/${name}`]?.entity_checks ?? [];
  return { ...schema, entity_checks: checks.filter((check) => named(check).every((field) => known.has(field))) };
}
