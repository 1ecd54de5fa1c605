import type { BlockSchema } from './schema';
import { MadeButFailed } from './resource-type';
import type { ResourceType } from './resource-type';
import { Unknown, isObject, same } from './values';
import type { Value, Values } from './values';

/** One resource as a request of Terraform names it. */
export interface Change {
  readonly block: BlockSchema;
  readonly kind: ResourceType;
  readonly prior: Values | null;
  readonly config: Values | null;
  /** The provider's default tags. */
  readonly tags: Values;
}

/** What will be, as the old plug-in SDK plans it: `proposed` is the configuration over the prior state, made by Terraform. */
export function planned(
  { block, kind, prior, tags }: Change,
  proposed: Values | null,
): { readonly state: Values | null; readonly replaces: readonly string[] } {
  if (proposed === null) return { state: null, replaces: [] };
  const next: Record<string, Value> = { ...proposed };
  for (const [name, value] of Object.entries(kind.defaults ?? {})) next[name] ??= value;
  if ('tags_all' in block.attributes) next['tags_all'] = withDefaults(tags, next['tags']);
  if (prior === null) return { state: filled(next, block), replaces: [] };

  const changed = Object.keys(next).filter(
    (name) => !block.attributes[name]?.writeOnly && !same(next[name], prior[name]),
  );
  if (changed.length === 0) return { state: prior, replaces: [] };
  const forced = [
    ...(kind.forceNew ?? []).filter((path) => !sameAt(path.split('.'), prior, next)).map((path) => path.split('.')[0]!),
    ...(kind.replaces?.(prior, next) ?? []),
  ];
  for (const name of Object.keys(next)) if (!changed.includes(name)) next[name] = prior[name] ?? null;
  for (const name of kind.changesWithUpdate?.(prior, next) ?? []) next[name] = Unknown.value;
  return { state: next, replaces: [...new Set(forced)] };
}

function withDefaults(tags: Values, own: Value | undefined): Value {
  if (own instanceof Unknown) return own;
  return { ...tags, ...(isObject(own) ? own : {}) };
}

/** A new resource: what nobody gave and the provider fills in is known after the apply. */
function filled(values: Values, block: BlockSchema): Values {
  const result: Record<string, Value> = { ...values };
  for (const [name, { computed }] of Object.entries(block.attributes))
    if (computed && (values[name] === null || values[name] === undefined)) result[name] = Unknown.value;
  return result;
}

function sameAt([name = '', ...rest]: readonly string[], one: Value | undefined, other: Value | undefined): boolean {
  const at = (value: Value | undefined): Value | undefined => (isObject(value) ? value[name] : undefined);
  if (one instanceof Unknown || other instanceof Unknown) return false;
  if (rest.length === 0) return same(at(one), at(other));
  const [ones, others] = [list(at(one)), list(at(other))];
  return ones.length === others.length && ones.every((each, index) => sameAt(rest, each, others[index]));
}

const list = (value: Value | undefined): readonly Value[] =>
  Array.isArray(value) ? value : isObject(value) ? [value] : [];

/**
 * Makes, changes or deletes. As in the old plug-in SDK, an update that fails leaves the *new* values in the state, so that Terraform does not try it
 * again; a creation that fails leaves none, unless the resource is there, which is then tainted.
 */
export async function applied(
  { kind, prior, config, block }: Change,
  next: Values | null,
): Promise<{ readonly state: Values | null; readonly error?: unknown }> {
  if (next === null) {
    try {
      await kind.remove(prior!);
      return { state: null };
    } catch (error) {
      return { state: prior, error };
    }
  }
  const known = (over: Values): Values => withoutUnknown({ ...next, ...over }, prior ?? {}, block);
  if (prior === null) {
    try {
      return { state: known(await kind.create({ planned: settled(next), config: config! })) };
    } catch (error) {
      return { state: error instanceof MadeButFailed ? known(error.made) : null, error };
    }
  }
  try {
    return { state: known((await kind.update?.({ planned: settled(next), config: config!, prior })) ?? {}) };
  } catch (error) {
    return { state: known({}), error };
  }
}

/** For a type's code, what is not known yet is not given. */
function settled(values: Values): Values {
  const settle = (value: Value): Value => {
    if (value instanceof Unknown) return null;
    if (Array.isArray(value)) return value.map((each) => settle(each as Value));
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, settle(each)]))
      : value;
  };
  return settle(values) as Values;
}

/** What no answer told stays as it was, or is nothing. */
function withoutUnknown(values: Values, prior: Values, block: BlockSchema): Values {
  const settle = (value: Value | undefined, before: Value | undefined): Value => {
    if (value instanceof Unknown) return before ?? null;
    if (Array.isArray(value))
      return value.map((each, index) => settle(each as Value, Array.isArray(before) ? (before[index] as Value) : null));
    if (isObject(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, settle(each, isObject(before) ? before[name] : null)]),
      );
    return value ?? null;
  };
  return Object.fromEntries(
    [...Object.keys(block.attributes), ...Object.keys(block.blocks)].map((name) => [
      name,
      settle(values[name], prior[name]),
    ]),
  );
}
