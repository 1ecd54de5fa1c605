import type { DeclarativeRule } from '../rule';
import { usesRust } from './paths';

export const routePathHandlingV1: DeclarativeRule = {
  id: 'route-path-handling-v1',
  on: ['routes'],
  check(route, context) {
    const { path_handling: handling } = route.value;
    if (handling === undefined || handling === null) return 'not-applicable';
    if (handling !== 'v1' || !usesRust(context)) return 'compliant';
    return [
      {
        path: ['path_handling'],
        message:
          'path_handling v1 is treated as v0 without router_flavor=traditional: service path and what is left of the request path are joined with one slash, and a request for the bare prefix loses the slash at its end',
      },
    ];
  },
};
