import { isEveryday } from '../../regex/everyday';
import { isRegexIn2x, isRegexIn3x, migratedPath, rustPattern } from '../../regex/kong-path';
import type { Edit, Entity, RuleContext, Verdict, Violation } from '../rule';

/** A path of a route, where it stands and as it stands there. */
export interface RoutePath {
  readonly index: number;
  readonly path: string;
  /** A regex of a 2.x file, not yet marked with `~`. */
  readonly isUnmarked: boolean;
}

/** A path that is a regex in 3.x, once it is written as 3.x wants it. */
export interface RegexPath extends RoutePath {
  /** Without the `~`. */
  readonly regex: string;
  /** What the default router compiles. */
  readonly pattern: string;
  /** It certainly compiles, and means what it did. */
  readonly isEveryday: boolean;
}

/** Whether the file is of a format in which Kong guesses what a regex is. */
export const isOf2x = ({ formatVersion }: RuleContext): boolean => formatVersion < '3';

/** What was read of the last route as it stood: a dozen rules ask for it in turn. */
interface Last {
  readonly context: RuleContext;
  readonly texts: readonly unknown[];
  readonly paths: readonly RoutePath[];
  regexes: readonly RegexPath[] | undefined;
}
let last: Last | undefined;

const NO_PATHS: readonly never[] = [];

export const pathsOf = (entity: Entity, context: RuleContext): readonly RoutePath[] => read(entity, context).paths;

export function regexPathsOf(entity: Entity, context: RuleContext): readonly RegexPath[] {
  const found = read(entity, context);
  return (found.regexes ??= regexesIn(found.paths));
}

function read(entity: Entity, context: RuleContext): Last {
  const texts: readonly unknown[] = Array.isArray(entity.value.paths) ? entity.value.paths : NO_PATHS;
  if (last?.context === context && isSame(last.texts, texts)) return last;
  const paths: RoutePath[] = [];
  // Loops, not flatMap: these run for every route of files with 100,000 entities.
  for (let index = 0; index < texts.length; index++) {
    const path = texts[index];
    if (typeof path !== 'string') continue;
    paths.push({ index, path, isUnmarked: isOf2x(context) && !isRegexIn3x(path) && isRegexIn2x(path) });
  }
  return (last = { context, texts: [...texts], paths, regexes: undefined });
}

/** Edits change paths in place, so that the texts are compared and not the list. */
function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function regexesIn(paths: readonly RoutePath[]): readonly RegexPath[] {
  let found: RegexPath[] | undefined;
  for (const { index, path, isUnmarked } of paths) {
    const marked = isUnmarked ? migratedPath(path) : path;
    if (marked === undefined || !isRegexIn3x(marked)) continue;
    const pattern = rustPattern(marked);
    const regex = marked.slice(1);
    (found ??= []).push({ index, path, isUnmarked, regex, pattern, isEveryday: isEveryday(pattern) });
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
