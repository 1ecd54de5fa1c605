import type { z } from 'zod';
import { jsonSchema, schemasAt } from './json-schema';
import type { JsonSchema } from './json-schema';

/** One thing that is wrong in a file: where, what, the value found and the values allowed. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
  readonly found?: string;
  readonly allowed?: string;
}

type Issue = z.core.$ZodIssue;

/** Gives the text of a value as the file has it, for instance `3.10` where YAML reads the number 3.1. */
export type SourceText = (path: readonly PropertyKey[]) => string | undefined;

/** Translates what zod says into mistakes a person can mend; `value` is what was checked. */
export function mistakesOf(issues: readonly Issue[], value: unknown, source: SourceText): Mistake[] {
  const schema = jsonSchema();
  return issues.flatMap((issue) => translate(issue, [], value, schema, source));
}

function translate(
  issue: Issue,
  base: readonly PropertyKey[],
  root: unknown,
  schema: JsonSchema,
  source: SourceText,
): Mistake[] {
  const path = [...base, ...issue.path];
  const value = valueAt(root, path);
  const nodes = schemasAt(schema, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, keysOf(nodes)));
    case 'invalid_union':
      return union(issue.errors, path, value, nodes).flatMap((inner) =>
        typeof inner === 'string'
          ? [unknownKey(path, inner, keysOf(nodes))]
          : 'problem' in inner
            ? [inner]
            : translate(inner, path, root, schema, source),
      );
    case 'invalid_key':
      return [
        {
          path,
          problem: 'not a name that is taken here',
          found: String(path.at(-1)),
          allowed: 'upper-case letters, digits and _, for example KONG_LOG_LEVEL',
        },
      ];
    default: {
      if (value === undefined) return [{ path, problem: 'is missing', allowed: allowed(nodes, issue) }];
      const text = typeof value === 'object' ? undefined : source(path);
      const quote =
        issue.code === 'invalid_type' && issue.expected === 'string' && text !== undefined
          ? `; write it in quotes: '${text}'`
          : '';
      return [
        {
          path,
          problem: 'not an allowed value',
          found: shown(path, value, text),
          allowed: `${allowed(nodes, issue)}${quote}`,
        },
      ];
    }
  }
}

/** Of a union of maps, the branch that the person meant is the one whose own key is there. */
function union(
  errors: readonly (readonly Issue[])[],
  path: readonly PropertyKey[],
  value: unknown,
  nodes: readonly JsonSchema[],
): (Issue | Mistake | string)[] {
  const known = keysOf(nodes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      {
        path,
        problem: value === undefined ? 'is missing' : 'not an allowed value',
        ...(value !== undefined && { found: shown(path, value, undefined) }),
        allowed: `one of ${known.join(', ')}`,
      },
    ];
  }
  const keys = Object.keys(value);
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0) return unknown;
  if (keys.length !== 1) {
    return [
      {
        path,
        problem: keys.length === 0 ? 'one key is missing' : 'only one of these keys may be here',
        found: keys.join(', ') || 'none',
        allowed: `one of ${known.join(', ')}`,
      },
    ];
  }
  return [...(errors.find((issues) => issues.every((issue) => issue.path[0] === keys[0])) ?? [])];
}

function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Mistake {
  const near = nearest(key, known);
  return {
    path: [...path, key],
    problem: 'is no key that is known here',
    found: key,
    allowed: `${known.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
  };
}

const keysOf = (nodes: readonly JsonSchema[]): string[] => [
  ...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {}))),
];

/** Values allowed, in words. */
function allowed(nodes: readonly JsonSchema[], issue: Issue): string {
  // The schema's own words for a pattern: `an ARN that starts with …`.
  if (issue.code === 'invalid_format') return issue.message;
  const texts = nodes.map((node) => {
    const about = node.description === undefined ? '' : ` (${node.description})`;
    if (node.enum !== undefined) return node.enum.join(', ') + about;
    if (node.const !== undefined) return JSON.stringify(node.const) + about;
    if (node.type === 'integer' || node.type === 'number')
      return `${node.type === 'integer' ? 'a whole number' : 'a number'}${range(node)}${about}`;
    if (node.type === 'array') return `a list${node.minItems ? ` of ${node.minItems} or more` : ''}${about}`;
    if (node.type === 'object')
      return `a map${node.properties ? ` with ${Object.keys(node.properties).join(', ')}` : ''}${about}`;
    if (node.type === 'boolean') return `true or false${about}`;
    return `text${about}`;
  });
  return [...new Set(texts)].join(' or ') || issue.message;
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const from = minimum ?? exclusiveMinimum;
  const end = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const above = exclusiveMinimum === undefined ? 'from' : 'above';
  if (from === undefined || from === Number.MIN_SAFE_INTEGER) return end === undefined ? '' : ` up to ${end}`;
  return end === undefined
    ? above === 'above'
      ? ` above ${from}`
      : `, ${from} or more`
    : ` ${above} ${from} to ${end}`;
}

/** A value that may be a secret is never repeated. */
function shown(path: readonly PropertyKey[], value: unknown, text: string | undefined): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (path.some((key) => /password|secret|token|license/i.test(String(key)))) return 'a value (not shown)';
  return value === null ? 'nothing' : (text ?? (typeof value === 'string' ? value : JSON.stringify(value)));
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
}

/** The closest known key, when it is close enough to be a misspelling. */
export function nearest(key: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(key.length / 3));
  return known
    .map((name) => ({ name, distance: distance(key.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance: d }) => d <= limit)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** Levenshtein's, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
