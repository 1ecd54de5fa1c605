import { isRegexIn2x, isRegexIn3x, migratedPath } from '../../regex/kong-path';
import type { DeclarativeRule } from '../rule';
import { at, isOf2x, pathsOf, setPath, verdictOf } from './paths';

/**
 * Regex paths of routes without a service, which deck file convert leaves as they are: those of a 2.x file, and those
 * that were left behind in a file that it has converted.
 */
export const routeServicelessRegexNotConverted: DeclarativeRule = {
  id: 'route-serviceless-regex-not-converted',
  on: ['routes'],
  check(route, context) {
    const isServiceless = route.parent === undefined && (route.value.service ?? null) === null;
    return verdictOf(isServiceless ? pathsOf(route, context) : [], ({ index, path }) => {
      if (isRegexIn3x(path) || !isRegexIn2x(path)) return undefined;
      const isLeft = !isOf2x(context);
      // What 3.x accepts as a plain path with such characters may be meant so: a decoded blank or letter.
      if (isLeft && !/[\\^$*+?()[\]{}|]/.test(path)) return undefined;
      const migrated = migratedPath(path);
      return {
        path: at(index),
        message: `${path} is a regex of a route without a service: deck file convert ${isLeft ? 'has left' : 'leaves'} it without ~, and 3.x takes it for plain text`,
        ...(migrated !== undefined && { how: `write ${migrated}`, edits: [setPath(index, migrated)] }),
      };
    });
  },
};
