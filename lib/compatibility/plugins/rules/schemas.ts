import { fieldsAt, isSymbol } from '../lua';
import type { SourceRule } from '../rule';

const isFile = (path: string, name: string): boolean => path === name || path.endsWith(`/${name}`);

/** Schemas of the 0.x days: a map of fields, no name. 2.x converted them, 3.x refuses them. */
const legacySchema: SourceRule = {
  id: 'pdk-0x-schema',
  on: ['lua'],
  check({ path, lua, plugin }) {
    if (lua?.returned === undefined || plugin === undefined || !isFile(path, 'schema.lua')) return undefined;
    const { returned, tokens } = lua;
    const keys = new Map(returned.map((field) => [field.key, field]));
    const fields = keys.get('fields');
    const isMap =
      fields !== undefined &&
      isSymbol(tokens[fields.value], '{') &&
      fieldsAt(tokens, fields.value).some(({ key }) => key !== undefined);
    const old = ['no_consumer', 'no_route', 'no_service', 'self_check'].find((key) => keys.has(key));
    if (keys.has('name') && !isMap && old === undefined) return [];
    if (fields === undefined && old === undefined) return [];
    const what = isMap
      ? 'fields is a map, not an array'
      : old !== undefined
        ? `${old} is of the 0.x form`
        : 'it has no name';
    const place = isMap ? fields : (keys.get(old) ?? fields);
    return [
      {
        line: place?.line ?? 1,
        field: isMap ? 'fields' : (old ?? null),
        message: `a schema of the 0.x form is refused: ${what}`,
        how: 'return { name = "...", fields = { { config = { type = "record", fields = { ... } } } } }; consumer, route and protocols by typedefs',
      },
    ];
  },
};

/** `daos.lua` has to return an array. */
const daosArray: SourceRule = {
  id: 'pdk-daos-array',
  on: ['lua'],
  check({ path, lua, plugin }) {
    if (lua?.returned === undefined || plugin === undefined || !isFile(path, 'daos.lua')) return undefined;
    const key = lua.returned.find((field) => field.key !== undefined);
    if (key === undefined) return [];
    return [
      {
        line: key.line,
        field: key.key ?? null,
        message: 'daos.lua returns a map: Kong refuses the plugin ("non-array daos definition table")',
        how: 'return an array of the schemas, those that others refer to first',
      },
    ];
  },
};

/** A migration without a part for PostgreSQL. */
const cassandraOnly: SourceRule = {
  id: 'pdk-cassandra-strategy',
  on: ['lua'],
  check({ path, lua }) {
    if (lua?.returned === undefined || !/(^|\/)migrations\/[^/]+\.lua$/.test(path)) return undefined;
    const keys = new Map(lua.returned.map((field) => [field.key, field]));
    const cassandra = keys.get('cassandra');
    if (cassandra === undefined || keys.has('postgres')) return [];
    return [
      {
        line: cassandra.line,
        field: 'cassandra',
        message:
          'the migration has no part for PostgreSQL: kong migrations ends with an error ("missing postgres strategy")',
        how: 'add postgres = { up = [[ ... ]] }, empty where there is nothing to do, in every migration',
      },
    ];
  },
};

export const schemaRules: readonly SourceRule[] = [legacySchema, daosArray, cassandraOnly];
