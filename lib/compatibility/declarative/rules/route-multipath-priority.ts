import type { DeclarativeRule, RuleContext } from '../rule';
import { isRegexIn3x } from '../../regex/kong-path';
import { pathsOf, usesRust, type RoutePath } from './paths';

/** 3.0, 3.1 and 3.2 give a route with several paths one priority; the versions before and after give each path its own. */
const isOneForAll = (version: RuleContext['upgrade']['to']): boolean =>
  version.isAtLeastMinor('3.0') && !version.isAtLeastMinor('3.3');

export const routeMultipathPriority: DeclarativeRule = {
  id: 'route-multipath-priority',
  on: ['routes'],
  // It is told by what the two versions do, not by one version that begins it.
  always: true,
  check(route, context) {
    const { from, to } = context.upgrade;
    const paths = pathsOf(route, context);
    if (paths.length < 2 || isOneForAll(from) === isOneForAll(to)) return 'not-applicable';
    const isRegex = ({ path, isUnmarked }: RoutePath): boolean => isRegexIn3x(path) || isUnmarked;
    const first = paths[0]!;
    const isAlike = paths.every(
      (each) => isRegex(each) === isRegex(first) && (isRegex(each) || each.path.length === first.path.length),
    );
    if (isAlike || !usesRust(context)) return 'compliant';
    return [
      {
        path: ['paths'],
        message: isOneForAll(to)
          ? `${to.minor()} gives all ${paths.length} paths the priority of the first in rank: a plain one may win over routes that won before`
          : `${to.minor()} gives each of the ${paths.length} paths its own priority again: other routes may win than on ${from.minor()}`,
      },
    ];
  },
};
