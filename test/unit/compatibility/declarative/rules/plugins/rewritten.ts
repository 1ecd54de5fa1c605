import type {
  DeclarativeRule,
  Edit,
  Entity,
  RuleContext,
  Violation,
} from '../../../../../../lib/compatibility/declarative/rule';
import { context, plugin, verdict } from '../../entity';

type Container = Record<string | number, unknown>;

/** The edits as the contract describes them, on a copy; undefined when the entity itself was removed. */
export function edited(value: unknown, edits: readonly Edit[]): unknown {
  const copy = structuredClone(value) as Container;
  for (const edit of edits) {
    const last = edit.path[edit.path.length - 1];
    if (last === undefined) return undefined;
    const parent = edit.path.slice(0, -1).reduce<Container>((at, key) => {
      if (typeof at[key] !== 'object' || at[key] === null)
        throw new Error(`no ${String(key)} in ${edit.path.join('.')}`);
      return at[key] as Container;
    }, copy);
    if (edit.op === 'set') parent[last] = structuredClone(edit.value);
    else {
      if (!(last in parent)) throw new Error(`nothing at ${edit.path.join('.')}`);
      if (edit.op === 'rename') {
        if (edit.to in parent) throw new Error(`${edit.to} is there already`);
        parent[edit.to] = parent[last];
      }
      Reflect.deleteProperty(parent, last);
    }
  }
  return copy;
}

/** What a rule finds in one entity. */
export function violations(rule: DeclarativeRule, of: Entity, given?: RuleContext): readonly Violation[] {
  const found = verdict(rule, of, given);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** The entity after the rule's edits. */
export function rewritten(rule: DeclarativeRule, of: Entity, given?: RuleContext): Record<string, unknown> {
  const found = verdict(rule, of, given);
  const edits = typeof found === 'string' ? [] : found.flatMap((violation) => violation.edits ?? []);
  return edited(of.value, edits) as Record<string, unknown>;
}

/** The configuration after the rule's edits, and that a second time changes nothing. */
export function config(
  rule: DeclarativeRule,
  name: string,
  before: Record<string, unknown>,
  given: RuleContext = context(),
): unknown {
  const once = rewritten(rule, plugin(name, before), given);
  expect(rewritten(rule, { ...plugin(name, {}), value: once }, given)).toEqual(once);
  return once.config;
}
