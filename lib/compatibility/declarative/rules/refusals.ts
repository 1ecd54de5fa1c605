import type { Refusal } from '../../regex/ast';
import { compile } from '../../regex/compile';
import { mended } from '../../regex/mend';
import type { DeclarativeRule, Entity, RuleContext, Violation } from '../rule';
import { at, pathsOf, regexPathsOf, setPath, usesRust, verdictOf, type RegexPath } from './paths';

/** The rules among which the refusals of the Rust regex crate are divided. */
export type RefusalRule =
  'route-regex-lookaround' | 'route-regex-backreference' | 'route-regex-overescape' | 'route-regex-rust-dialect';

/** Why the default router does not compile the path; undefined where it does. */
export function refusalOf({ pattern }: RegexPath): Refusal | undefined {
  const compiled = compile(pattern);
  return compiled.ok ? undefined : compiled.refusal;
}

/** The rule that tells of it. Look-behind is refused as a group's name, because every `?<` is made `?P<`. */
function ruleOf({ kind, at: place }: Refusal, { pattern }: RegexPath): RefusalRule {
  const before = pattern.slice(0, place);
  const rest = pattern.slice(place);
  if (kind === 'lookaround' || (kind === 'group-name' && before.endsWith('(?P<') && /^[=!]/.test(rest))) {
    return 'route-regex-lookaround';
  }
  if (kind === 'backreference' || (kind === 'flag' && before.endsWith('(?') && /^P[=]/.test(rest))) {
    return 'route-regex-backreference';
  }
  if (kind === 'escape-unknown' && /^\\[gk]/.test(rest)) return 'route-regex-backreference';
  if (kind === 'escape-unknown' && /^\\([ijmqyFIJMOTY]|[^\0-\x7f])/u.test(rest)) return 'route-regex-overescape';
  return 'route-regex-rust-dialect';
}

/** A rule over the regex paths of routes that the default router of 3.x does not compile. */
export const refusalRule = (id: RefusalRule): DeclarativeRule => ({
  id,
  on: ['routes'],
  check(route, context) {
    return verdictOf(regexPathsOf(route, context), (path) => {
      if (!usesRust(context)) return undefined;
      const refusal = refusalOf(path);
      return refusal && ruleOf(refusal, path) === id ? violation(route, path, refusal, context) : undefined;
    });
  },
});

function violation(route: Entity, path: RegexPath, refusal: Refusal, context: RuleContext): Violation {
  const { index, regex, pattern } = path;
  const where = pattern.slice(refusal.at, refusal.end);
  const reason = `the default router of ${context.upgrade.to.minor()} ${refusal.certain ? 'does not' : 'may not'} compile ${path.path}: ${whyOf(refusal, path)}`;
  const spelled = mended(regex);
  const message = `${reason}${where === '' || where === pattern ? '' : ` (at ${where})`}; ${consequence(route)}`;
  if (spelled === undefined) return { path: at(index), message };
  const how = `write it as ~${spelled}, which matches the same requests`;
  return { path: at(index), message, how, edits: [setPath(index, `~${spelled}`)] };
}

function whyOf({ kind, why }: Refusal, { pattern, regex }: RegexPath): string {
  if (kind !== 'group-name' || !/\(\?<[=!]/.test(regex) || !pattern.includes('(?P<')) return why;
  return 'look-behind is not supported (its ?< becomes ?P<)';
}

/** What was recorded of 3.4.2. */
function consequence(route: Entity): string {
  const loses =
    pathsOf(route).length > 1
      ? 'the route loses all its regex paths, its plain ones stay'
      : 'the route is dropped with a line in the error log, while it starts and reports ready';
  return `${loses}; hybrid data planes refuse the whole configuration`;
}
