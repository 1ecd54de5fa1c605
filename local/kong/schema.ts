/** Kong's schema language, as far as the recorded `/schemas/...` answers use it: fills defaults and finds violations. */
export interface FieldSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'set' | 'map' | 'record' | 'foreign';
  readonly required?: boolean;
  readonly auto?: boolean;
  readonly uuid?: boolean;
  readonly timestamp?: boolean;
  readonly unique?: boolean;
  readonly default?: unknown;
  readonly reference?: string;
  readonly one_of?: readonly unknown[];
  readonly not_one_of?: readonly unknown[];
  readonly between?: readonly [number, number];
  readonly gt?: number;
  readonly len_min?: number;
  readonly starts_with?: string;
  readonly match?: string;
  readonly match_none?: readonly Pattern[];
  readonly match_all?: readonly Pattern[];
  readonly match_any?: { readonly patterns: readonly string[]; readonly err: string };
  readonly elements?: FieldSchema;
  readonly keys?: FieldSchema;
  readonly values?: FieldSchema;
  readonly fields?: readonly Readonly<Record<string, FieldSchema>>[];
  readonly entity_checks?: readonly EntityCheck[];
  readonly mutually_exclusive_subsets?: readonly (readonly string[])[];
  readonly abstract?: boolean;
}
interface Pattern {
  readonly pattern: string;
  readonly err: string;
}
export interface EntityCheck {
  readonly at_least_one_of?: readonly string[];
  readonly only_one_of?: readonly string[];
  readonly mutually_required?: readonly string[];
  readonly conditional?: {
    readonly if_field: string;
    readonly if_match: { readonly eq?: unknown };
    readonly then_field: string;
    readonly then_match: { readonly required?: boolean };
  };
}
export interface RecordSchema {
  readonly fields: readonly Readonly<Record<string, FieldSchema>>[];
  readonly entity_checks?: readonly EntityCheck[];
}
export type Entity = Record<string, unknown>;
/** Violations by field; nested for records, a list for arrays, `@entity` for checks over several fields. */
export type Violations = Record<string, unknown>;

export const fieldsOf = (schema: { readonly fields?: RecordSchema['fields'] }): [string, FieldSchema][] =>
  (schema.fields ?? []).flatMap((field) => Object.entries(field));

/** A Lua pattern of the recorded schemas as a regular expression. */
const lua = (pattern: string): RegExp =>
  new RegExp(
    pattern
      .replace(/%u/g, '[A-Z]')
      .replace(/%d/g, '\\d')
      .replace(/%w/g, '[A-Za-z0-9]')
      .replace(/(?<=\])-(?=\[)/, '*?')
      .replace(/%(.)/g, '\\$1'),
  );

/** Defaults where nothing was given and `null` where there is no default; records are filled to their depth. */
export function fill(schema: { readonly fields?: RecordSchema['fields'] }, given: Entity): Entity {
  const result: Entity = { ...given };
  for (const [name, field] of fieldsOf(schema)) {
    const value = given[name];
    if (value === undefined && field.default !== undefined) result[name] = structuredClone(field.default);
    else if (value === undefined) result[name] = field.type === 'record' && field.required ? {} : null;
    if (field.type === 'record' && !field.abstract && isObject(result[name])) result[name] = fill(field, result[name]);
    // an empty list that passed through Kong's Lua is stored as {}
    if ((field.type === 'array' || field.type === 'set') && isObject(result[name]))
      result[name] = Object.values(result[name]);
  }
  return result;
}

export const isObject = (value: unknown): value is Entity =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function violations(schema: RecordSchema, entity: Entity, path = ''): Violations {
  const found: Violations = {};
  const known = new Map(fieldsOf(schema));
  for (const name of Object.keys(entity)) if (!known.has(name)) found[name] = 'unknown field';
  for (const [name, field] of known) {
    const problem = check(field, entity[name]);
    if (problem !== undefined) found[name] = problem;
  }
  const broken = (schema.entity_checks ?? []).flatMap((one) => entityCheck(one, entity) ?? []);
  if (broken.length > 0 && path === '') found['@entity'] = broken;
  return found;
}

function check(field: FieldSchema, value: unknown): unknown {
  if (value === undefined || value === null)
    return field.required && !field.auto ? 'required field missing' : undefined;
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? text(field, value) : 'expected a string';
    case 'integer':
    case 'number':
      if (typeof value !== 'number') return field.type === 'integer' ? 'expected an integer' : 'expected a number';
      if (field.type === 'integer' && !Number.isInteger(value)) return 'expected an integer';
      if (field.between && (value < field.between[0] || value > field.between[1])) {
        return `value should be between ${field.between[0]} and ${field.between[1]}`;
      }
      if (field.gt !== undefined && value <= field.gt) return `value must be greater than ${field.gt}`;
      return oneOf(field, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'expected a boolean';
    case 'array':
    case 'set':
      return Array.isArray(value) ? list(field, value) : `expected ${field.type === 'set' ? 'a set' : 'an array'}`;
    case 'map': {
      if (!isObject(value)) return 'expected a map';
      for (const [key, one] of Object.entries(value)) {
        const problem = (field.keys && check(field.keys, key)) ?? (field.values && check(field.values, one));
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    case 'record': {
      if (!isObject(value)) return 'expected a record';
      if (field.abstract) return undefined;
      const inner = violations({ fields: field.fields ?? [] }, value, 'record');
      return Object.keys(inner).length === 0 ? undefined : inner;
    }
    case 'foreign':
      return isObject(value) ? undefined : 'value must be a record';
  }
}

function list(field: FieldSchema, value: readonly unknown[]): unknown {
  const problems = value.map((element) => (field.elements ? check(field.elements, element) : undefined));
  if (problems.some((problem) => problem !== undefined)) return problems.map((problem) => problem ?? null);
  if (field.len_min !== undefined && value.length < field.len_min) return `length must be at least ${field.len_min}`;
  const subsets = field.mutually_exclusive_subsets?.filter((subset) => subset.some((one) => value.includes(one)));
  if (subsets && subsets.length > 1) {
    const sets = field.mutually_exclusive_subsets?.map((subset) => `('${subset.join("', '")}')`) ?? [];
    return `these sets are mutually exclusive: ${sets.join(', ')}`;
  }
  return undefined;
}

function oneOf(field: FieldSchema, value: unknown): string | undefined {
  if (field.one_of && !field.one_of.includes(value)) return `expected one of: ${field.one_of.join(', ')}`;
  if (field.not_one_of?.includes(value)) return `must not be one of: ${field.not_one_of.join(', ')}`;
  return undefined;
}

function text(field: FieldSchema, value: string): string | undefined {
  if (value.length < (field.len_min ?? 1) && field.len_min !== 0) return 'length must be at least 1';
  if (field.uuid && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return 'expected a valid UUID';
  if (field.starts_with && !value.startsWith(field.starts_with)) return `should start with: ${field.starts_with}`;
  if (field.match && !lua(field.match).test(value)) return `invalid value: ${value}`;
  const none = field.match_none?.find(({ pattern }) => lua(pattern).test(value));
  if (none) return none.err;
  const all = field.match_all?.find(({ pattern }) => !lua(pattern).test(value));
  if (all) return all.err;
  if (field.match_any && !field.match_any.patterns.some((pattern) => lua(pattern).test(value)))
    return field.match_any.err;
  return oneOf(field, value);
}

const at = (entity: Entity, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), entity);
const empty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

function entityCheck(one: EntityCheck, entity: Entity): string | undefined {
  const set = (names: readonly string[]): number => names.filter((name) => !empty(at(entity, name))).length;
  if (one.at_least_one_of && set(one.at_least_one_of) === 0) {
    return `at least one of these fields must be non-empty: ${quoted(one.at_least_one_of)}`;
  }
  if (one.only_one_of && set(one.only_one_of) !== 1) {
    return `exactly one of these fields must be non-empty: ${quoted(one.only_one_of)}`;
  }
  if (one.mutually_required && ![0, one.mutually_required.length].includes(set(one.mutually_required))) {
    return `all or none of these fields must be set: ${quoted(one.mutually_required)}`;
  }
  const { conditional } = one;
  if (conditional?.then_match.required && 'eq' in conditional.if_match) {
    if (at(entity, conditional.if_field) === conditional.if_match.eq && empty(at(entity, conditional.then_field))) {
      return `failed conditional validation given value of field '${conditional.if_field}'`;
    }
  }
  return undefined;
}

/** Kong's sentence over all violations: `@entity` first, then the fields by name. */
export function sentence(found: Violations): string {
  const parts: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') parts.push(path === '' ? value : `${path}: ${value}`);
    else if (Array.isArray(value))
      value.forEach((one, index) => walk(one, path === '@entity' ? '' : `${path}.${index + 1}`));
    else if (isObject(value))
      for (const key of Object.keys(value).sort()) walk(value[key], path === '' ? key : `${path}.${key}`);
  };
  walk(found, '');
  return parts.length === 1
    ? `schema violation (${parts[0]})`
    : `${parts.length} schema violations (${parts.join('; ')})`;
}
