import { decodedRegex, isRegexIn3x } from '../../regex/kong-path';
import type { DeclarativeRule } from '../rule';
import { at, notText, pathsOf, setPath, verdictOf } from './paths';

/** Percent-encoded characters in a regex, which 3.x matches against the decoded path of the request. */
export const routeRegexPercentEncoding: DeclarativeRule = {
  id: 'route-regex-percent-encoding',
  on: ['routes'],
  check: (route, context) =>
    verdictOf(
      pathsOf(route, context).filter(({ path, isUnmarked }) => path.includes('%') && (isRegexIn3x(path) || isUnmarked)),
      ({ index, path }) => {
        const decoded = decodedRegex(path);
        if (decoded === path) return undefined;
        if (decoded === undefined) return notText(index, path);
        return {
          path: at(index),
          message: `${path} never matches: requests are matched decoded, so the regex has to say ${decoded}`,
          how: `write ${decoded}; the database migration does it, deck file convert does not`,
          edits: [setPath(index, decoded)],
        };
      },
    ),
};
