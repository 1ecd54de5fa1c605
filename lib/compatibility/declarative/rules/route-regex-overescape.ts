import { compile } from '../../regex/compile';
import { rustPattern } from '../../regex/kong-path';
import type { DeclarativeRule, RuleContext } from '../rule';
import { at, regexPathsOf, setPath, usesRust, verdictOf } from './paths';
import { refusalRule } from './refusals';

const letters = refusalRule('route-regex-overescape');

/**
 * Needless backslashes. Before letters no version takes them. Before ASCII punctuation, `\/` `\_` `\"`, 3.4.2 takes them
 * (recorded); the regex crate does so from 1.8 (April 2023), which is younger than Kong 3.0 to 3.2.
 */
export const routeRegexOverescape: DeclarativeRule = {
  ...letters,
  check(route, context, state) {
    const verdict = letters.check(route, context, state);
    if (verdict !== 'compliant' || !usesRust(context) || takesPunctuation(context)) return verdict;
    return verdictOf(regexPathsOf(route, context), ({ index, path, regex, pattern }) => {
      const plain = withoutNeedless(regex);
      if (plain === regex || !compile(pattern).ok || !compile(rustPattern(`~${plain}`)).ok) return undefined;
      return {
        path: at(index),
        message: `the default router of ${context.upgrade.to.minor()} may not compile ${path}: it may refuse a backslash that is not needed`,
        how: `write it as ~${plain}, which matches the same requests`,
        edits: [setPath(index, `~${plain}`)],
      };
    });
  },
};

const takesPunctuation = ({ upgrade }: RuleContext): boolean => upgrade.to.isAtLeastMinor('3.4');

/** Behind `[` and `?` even these begin something: `[:`, `(?=`. */
const withoutNeedless = (regex: string): string =>
  regex.replace(/([^])?\\([^])/g, (whole, before: string | undefined, char: string) =>
    /[/_@!,:;="'`]/.test(char) && before !== '[' && before !== '?' && before !== '\\'
      ? `${before ?? ''}${char}`
      : whole,
  );
