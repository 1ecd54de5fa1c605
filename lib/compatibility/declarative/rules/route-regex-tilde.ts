import { migratedPath } from '../../regex/kong-path';
import type { DeclarativeRule } from '../rule';
import { at, isOf2x, pathsOf, setPath, verdictOf } from './paths';

/** Regex paths of 2.x without the `~` that marks them in 3.x. */
export const routeRegexTilde: DeclarativeRule = {
  id: 'route-regex-tilde',
  on: ['routes'],
  check: (route, context) =>
    verdictOf(isOf2x(context) ? pathsOf(route, context) : [], ({ index, path, isUnmarked }) => {
      if (!isUnmarked) return undefined;
      const migrated = migratedPath(path);
      return {
        path: at(index),
        message: `${path} is a regex in 2.x and plain text in 3.x, accepted without a warning`,
        ...(migrated !== undefined && { how: `write ${migrated}`, edits: [setPath(index, migrated)] }),
      };
    }),
};
