import type { DeclarativeRule, Entity, RuleContext, Violation } from '../../rule';
import { Draft, isDisabled, isEmpty, isSet, isShared, pathOf } from './config';

type Check = (plugin: Entity, context: RuleContext) => readonly Violation[] | 'not-applicable';

/** A rule over the plugins of these names. A plugin of any other name, a custom one above all, is left alone. */
export function pluginRule(id: string, plugins: readonly string[], check: Check): DeclarativeRule {
  return {
    id,
    on: plugins.map((name) => `plugins:${name}`),
    check(plugin, context) {
      if (!plugins.includes(plugin.value.name as string)) return 'not-applicable';
      const found = check(plugin, context);
      return found.length === 0 ? 'compliant' : found;
    },
  };
}

export interface Rename {
  /** `config.blacklist` */
  readonly from: string;
  readonly to: string;
  /** What the value becomes (@default the same). */
  readonly value?: (was: unknown) => unknown;
}

/**
 * Fields with another name or place. Where both are set, the one that says something wins; where both say something
 * different, a person has to choose, as decK asks too ("conflicting fields").
 */
export function fieldsRenamed(
  id: string,
  plugins: readonly string[],
  renames: readonly Rename[],
  tell: (rename: Rename, context: RuleContext) => string,
): DeclarativeRule {
  return pluginRule(id, plugins, (plugin, context) =>
    renameFields(new Draft(plugin), renames, (rename) => tell(rename, context)),
  );
}

export function renameFields(
  draft: Draft,
  renames: readonly Rename[],
  tell: (rename: Rename) => string,
): readonly Violation[] {
  return renames.flatMap((rename): Violation[] => {
    if (!draft.has(rename.from)) return [];
    const path = pathOf(rename.from);
    if (conflicts(draft, rename)) {
      return [
        {
          path,
          message: `${rename.from} and ${rename.to} are both set and differ: ${tell(rename)}`,
          how: `decide which of them holds and remove ${rename.from}`,
        },
      ];
    }
    move(draft, rename);
    return [{ path, message: tell(rename), edits: draft.take() }];
  });
}

const translated = (draft: Draft, { from, value }: Rename): unknown =>
  value === undefined ? draft.get(from) : value(draft.get(from));

function conflicts(draft: Draft, rename: Rename): boolean {
  const was = translated(draft, rename);
  const is = draft.get(rename.to);
  return !isEmpty(was) && !isEmpty(is) && JSON.stringify(was) !== JSON.stringify(is);
}

function move(draft: Draft, rename: Rename): void {
  const { from, to } = rename;
  const was = translated(draft, rename);
  if (!isEmpty(draft.get(to)) || !isSet(was)) {
    draft.remove(from);
    return;
  }
  const siblings = pathOf(from).slice(0, -1).join('.') === pathOf(to).slice(0, -1).join('.');
  if (siblings && was === draft.get(from)) {
    if (draft.has(to)) draft.remove(to);
    draft.rename(from, pathOf(to).pop() as string);
    return;
  }
  draft.set(to, was);
  draft.remove(from);
}

/** Fields that say nothing any more, or that are refused. */
export function fieldsRemoved(
  id: string,
  plugins: readonly string[],
  fields: readonly string[],
  tell: (field: string, context: RuleContext) => string,
): DeclarativeRule {
  return pluginRule(id, plugins, (plugin, context) => {
    const draft = new Draft(plugin);
    return fields
      .filter((field) => draft.has(field))
      .map((field) => {
        draft.remove(field);
        return { path: pathOf(field), message: tell(field, context), edits: draft.take() };
      });
  });
}

/**
 * Fields whose default is another one: the old default is written down where the file leaves it to Kong. One finding a
 * plugin.
 */
export function defaultsPinned(
  id: string,
  plugins: readonly string[],
  defaults: Readonly<Record<string, unknown>>,
  tell: (fields: string, context: RuleContext) => string,
): DeclarativeRule {
  return pluginRule(id, plugins, (plugin, context) => {
    if (isShared(plugin)) return 'not-applicable';
    const draft = new Draft(plugin);
    const missing = Object.keys(defaults).filter((field) => !isSet(draft.get(field)));
    for (const field of missing) draft.set(field, defaults[field]);
    const [first] = missing;
    if (first === undefined) return [];
    const path = missing.length === 1 ? pathOf(first) : ['config'];
    return [{ path, message: tell(missing.join(', '), context), edits: draft.take() }];
  });
}

/**
 * Something that a person has to look at, in a plugin that is in use; without `look` every such plugin. `look` answers
 * undefined where there is nothing to be said.
 */
export function noticed(
  id: string,
  plugins: readonly string[],
  look: (plugin: Entity, context: RuleContext) => Violation | undefined = () => ({ path: [] }),
): DeclarativeRule {
  return pluginRule(id, plugins, (plugin, context) => {
    if (isDisabled(plugin) || isShared(plugin)) return 'not-applicable';
    const found = look(plugin, context);
    return found === undefined ? [] : [found];
  });
}

/** Rows that are made at runtime: of two databases, whatever versions they run. */
export const ofTwoDatabases = (rule: DeclarativeRule): DeclarativeRule => ({ ...rule, always: true });
