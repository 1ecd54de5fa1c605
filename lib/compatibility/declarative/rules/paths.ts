import { isRegexIn2x, isRegexIn3x, migratedPath, rustPattern } from '../../regex/kong-path';
import type { Edit, Entity, RuleContext, Verdict, Violation } from '../rule';

/** A path of a route, where it stands and as it stands there. */
export interface RoutePath {
  readonly index: number;
  readonly path: string;
}

/** A path that is a regex in 3.x, once it is written as 3.x wants it. */
export interface RegexPath extends RoutePath {
  /** Without the `~`. */
  readonly regex: string;
  /** What the default router compiles. */
  readonly pattern: string;
}

const NO_PATHS: readonly never[] = [];

// Loops, not flatMap: these run for every route and rule of files with 100,000 entities.
export function pathsOf({ value }: Entity): readonly RoutePath[] {
  if (!Array.isArray(value.paths)) return NO_PATHS;
  const found: RoutePath[] = [];
  for (let index = 0; index < value.paths.length; index++) {
    const path: unknown = value.paths[index];
    if (typeof path === 'string') found.push({ index, path });
  }
  return found;
}

/** Whether the file is of a format in which Kong guesses what a regex is. */
export const isOf2x = ({ formatVersion }: RuleContext): boolean => /^[12](\.|$)/.test(formatVersion);

/** Whether the path is a regex of a 2.x file, not yet marked with `~`. */
export const isUnmarkedRegex = (path: string, context: RuleContext): boolean =>
  isOf2x(context) && !isRegexIn3x(path) && isRegexIn2x(path);

/** What was found of the last route: half a dozen rules ask for it in turn. */
let last:
  | { readonly context: RuleContext; readonly paths: readonly unknown[]; readonly found: readonly RegexPath[] }
  | undefined;

export function regexPathsOf(entity: Entity, context: RuleContext): readonly RegexPath[] {
  const paths: readonly unknown[] = Array.isArray(entity.value.paths) ? entity.value.paths : NO_PATHS;
  // Edits change paths in place, so that the texts are compared and not the list.
  const isLast =
    last?.context === context &&
    last.paths.length === paths.length &&
    paths.every((path, i) => path === last!.paths[i]);
  if (!isLast) last = { context, paths: [...paths], found: regexesIn(entity, context) };
  return last!.found;
}

function regexesIn(entity: Entity, context: RuleContext): readonly RegexPath[] {
  let found: RegexPath[] | undefined;
  for (const { index, path } of pathsOf(entity)) {
    const marked = isUnmarkedRegex(path, context) ? migratedPath(path) : path;
    if (marked === undefined || !isRegexIn3x(marked)) continue;
    (found ??= []).push({ index, path, regex: marked.slice(1), pattern: rustPattern(marked) });
  }
  return found ?? NO_PATHS;
}

/** Whether the new nodes compile regexes in Rust: all but those with `router_flavor=traditional`. */
export const usesRust = ({ conf }: RuleContext): boolean => conf?.router_flavor !== 'traditional';

/** Not applicable without anything to look at, else what was found of each. */
export function verdictOf<Item>(items: readonly Item[], found: (item: Item) => Violation | undefined): Verdict {
  if (items.length === 0) return 'not-applicable';
  const violations: Violation[] = [];
  for (const item of items) {
    const violation = found(item);
    if (violation !== undefined) violations.push(violation);
  }
  return violations.length === 0 ? 'compliant' : violations;
}

/** What the migration cannot write, and so cannot be mended. */
export const notText = (index: number, path: string): Violation => ({
  path: at(index),
  message: `the percent-encoded bytes of ${path} are no UTF-8 text: PostgreSQL refuses what the migration makes of them`,
  how: 'take the path out, or write characters, before the migration',
});

export const at = (index: number): readonly ['paths', number] => ['paths', index];
export const setPath = (index: number, value: string): Edit => ({ op: 'set', path: at(index), value });
