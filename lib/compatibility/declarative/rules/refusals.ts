import type { Refusal } from '../../regex/ast';
import { compile } from '../../regex/compile';
import { isEveryday } from '../../regex/everyday';
import { mended } from '../../regex/mend';
import type { DeclarativeRule, Entity, Path, RuleContext, Violation } from '../rule';
import { at, isOf2x, pathsOf, regexPathsOf, setPath, usesRust, verdictOf } from './paths';

/** The rules among which the refusals of the Rust regex crate are divided. */
export type RefusalRule =
  'route-regex-lookaround' | 'route-regex-backreference' | 'route-regex-overescape' | 'route-regex-rust-dialect';

/** Something in a route that the default router compiles. */
export interface RouteRegex {
  readonly at: Path;
  /** As it stands in the route. */
  readonly text: string;
  readonly pattern: string;
  /** The path that takes its place; undefined where none would match the same requests. */
  readonly mended?: string | undefined;
}

/** The regexes of a route, of which few ask for a closer look. */
export interface RouteRegexes {
  readonly any: boolean;
  /** Not of the kind that certainly compiles. */
  readonly odd: readonly RouteRegex[];
}
const NONE: RouteRegexes = { any: false, odd: [] };
const EVERYDAY: RouteRegexes = { any: true, odd: [] };

/**
 * The regexes of a route: its paths, and header values that begin with `~*` (Kong 2.8 and later; 3.x makes them lower case
 * before it compiles them, Kong/kong@3.4.2 kong/router/compat.lua).
 */
export function regexesOf(route: Entity, context: RuleContext): RouteRegexes {
  const regexPaths = regexPathsOf(route, context);
  const { headers } = route.value;
  const hasHeaders = typeof headers === 'object' && headers !== null;
  if (!hasHeaders && regexPaths.every(({ isEveryday }) => isEveryday)) return regexPaths.length > 0 ? EVERYDAY : NONE;
  const paths = regexPaths.map(({ index, path, regex, pattern }) => ({
    at: at(index),
    // As it was before a rule put the ~ there.
    text: isOf2x(context) ? path.replace(/^~/, '') : path,
    pattern,
    get mended() {
      return mended(regex);
    },
  }));
  const values = Object.entries(headers ?? {}).flatMap(([name, list]) =>
    (Array.isArray(list) ? (list as unknown[]) : []).flatMap((text, index) =>
      typeof text === 'string' && text.startsWith('~*')
        ? [{ at: ['headers', name, index], text, pattern: text.slice(2).toLowerCase() }]
        : [],
    ),
  );
  const all = [...paths, ...values];
  return { any: all.length > 0, odd: all.filter(({ pattern }) => !isEveryday(pattern)) };
}

/** Why the default router does not compile one that is odd; undefined where it does. */
export function refusalOf({ pattern }: RouteRegex): Refusal | undefined {
  const compiled = compile(pattern);
  return compiled.ok ? undefined : compiled.refusal;
}

/** The rule that tells of it. Look-behind is refused as a group's name, because every `?<` is made `?P<`. */
function ruleOf({ kind, at: place }: Refusal, { pattern }: RouteRegex): RefusalRule {
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

/** A rule over the regexes of routes that the default router of 3.x does not compile. */
export const refusalRule = (id: RefusalRule): DeclarativeRule => ({
  id,
  on: ['routes'],
  check(route, context) {
    const { any, odd } = regexesOf(route, context);
    if (!any) return 'not-applicable';
    if (odd.length === 0 || !usesRust(context)) return 'compliant';
    return verdictOf(odd, (regex) => {
      const refusal = refusalOf(regex);
      return refusal && ruleOf(refusal, regex) === id ? violation(route, regex, refusal, context) : undefined;
    });
  },
});

function violation(route: Entity, regex: RouteRegex, refusal: Refusal, context: RuleContext): Violation {
  const { at: path, text, pattern, mended: spelled } = regex;
  const where = pattern.slice(refusal.at, refusal.end);
  const message = [
    `the default router of ${context.upgrade.to.minor()} ${refusal.certain ? 'does not' : 'may not'} compile ${text}: `,
    whyOf(refusal, regex),
    where === '' || where === pattern ? '' : ` (at ${where})`,
    `; ${consequence(route, path, context)}`,
  ].join('');
  if (spelled === undefined) return { path, message };
  const how = `write it as ~${spelled}, which matches the same requests`;
  return { path, message, how, edits: [setPath(Number(path[1]), `~${spelled}`)] };
}

function whyOf(refusal: Refusal, regex: RouteRegex): string {
  const isLookBehind = refusal.kind === 'group-name' && ruleOf(refusal, regex) === 'route-regex-lookaround';
  return isLookBehind ? 'look-behind is not supported (its ?< becomes ?P<)' : refusal.why;
}

/** What was recorded of 3.4.2. */
function consequence(route: Entity, path: Path, context: RuleContext): string {
  const loses =
    path[0] === 'paths' && pathsOf(route, context).length > 1
      ? 'the route loses all its regex paths, its plain ones stay'
      : 'the route is dropped with a line in the error log, while Kong starts and reports ready, and its requests go to whatever matches next';
  return `${loses}; hybrid data planes refuse the whole configuration`;
}
