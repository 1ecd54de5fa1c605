import { migratedPath } from '../../regex/kong-path';
import type { DeclarativeRule } from '../rule';
import { at, isOf2x, pathsOf, setPath, verdictOf } from './paths';

/** `/x/*`: a regex of "any number of slashes" that people mean as a prefix. It goes on matching what it matched. */
export const routeWildcardStar: DeclarativeRule = {
  id: 'route-wildcard-star',
  on: ['routes'],
  check: (route, context) =>
    verdictOf(isOf2x(context) ? pathsOf(route, context) : [], ({ index, path, isUnmarked }) => {
      if (!path.endsWith('/*') || !isUnmarked) return undefined;
      const migrated = migratedPath(path);
      return {
        path: at(index),
        message: `${path} was a regex, /* for any number of slashes, and matched every path that begins with ${path.slice(0, -2)}; without ~ it would be plain text`,
        how: `~ keeps what it matches, as the database migration does; if a prefix was meant, ${path.slice(0, -1)} says it`,
        edits: migrated === undefined ? [] : [setPath(index, migrated)],
      };
    }),
};
