import { compile } from '../../regex/compile';
import { differences } from '../../regex/meaning';
import { mended } from '../../regex/mend';
import type { DeclarativeRule } from '../rule';
import { at, regexPathsOf, setPath, usesRust, verdictOf } from './paths';

/** Regexes that compile in PCRE and in Rust, and match other requests. */
export const routeRegexMeaning: DeclarativeRule = {
  id: 'route-regex-meaning',
  on: ['routes'],
  check: (route, context) =>
    verdictOf(regexPathsOf(route, context), ({ index, path, regex, pattern, isEveryday }) => {
      if (isEveryday) return undefined;
      const compiled = compile(pattern);
      if (!compiled.ok || !usesRust(context)) return undefined;
      const found = differences(regex, pattern, compiled.node).map(({ what }) => what);
      if (found.length === 0) return undefined;
      const spelled = mended(regex);
      return {
        path: at(index),
        message: `${path} matches other requests: ${found.join('; ')}`,
        ...(spelled !== undefined && {
          how: `write it as ~${spelled}, which matches what it did`,
          edits: [setPath(index, `~${spelled}`)],
        }),
      };
    }),
};
