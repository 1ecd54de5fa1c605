import { isRegexIn3x, normalizedPath } from '../../regex/kong-path';
import type { DeclarativeRule } from '../rule';
import { at, notText, pathsOf, setPath, verdictOf } from './paths';

/** Plain paths that are not in their normal form: 3.x refuses to write them. */
export const routePlainPathNormalization: DeclarativeRule = {
  id: 'route-plain-path-normalization',
  on: ['routes'],
  check: (route, context) =>
    verdictOf(
      pathsOf(route, context).filter(({ path, isUnmarked }) => !isRegexIn3x(path) && !isUnmarked),
      ({ index, path }) => {
        const normalized = normalizedPath(path);
        if (normalized === path) return undefined;
        if (normalized === undefined) return notText(index, path);
        return {
          path: at(index),
          message: `${path} is not normalised: 3.x answers 400 when it is written, while the database migration makes it ${normalized}`,
          how: `write ${normalized}, which matches the same requests`,
          edits: [setPath(index, normalized)],
        };
      },
    ),
};
