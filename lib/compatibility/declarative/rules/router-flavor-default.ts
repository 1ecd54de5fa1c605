import type { DeclarativeRule, Entity } from '../rule';
import { hasRefusedRegex, some } from './remaining-regexes';

interface Seen {
  file: Entity | undefined;
  readonly routes: string[];
}

/** Told once, where the new kong.conf is known, leaves the flavor to its default, and routes need the old one. */
export const routerFlavorDefault: DeclarativeRule<Seen> = {
  id: 'router-flavor-default',
  on: ['file', 'routes'],
  begin: () => ({ file: undefined, routes: [] }),
  check(entity, context, seen) {
    if (entity.kind === 'file') seen.file = entity;
    if (context.conf === undefined || entity.kind === 'file') return 'not-applicable';
    if (!('router_flavor' in context.conf)) {
      if (entity.value.path_handling === 'v1' || hasRefusedRegex(entity, context)) seen.routes.push(entity.name);
    }
    return 'compliant';
  },
  end: ({ file, routes }) =>
    file === undefined || routes.length === 0
      ? []
      : [
          {
            entity: file,
            violation: {
              path: [],
              message: `the new kong.conf names no router_flavor, so the Rust router is used, and routes need the old one: ${some(routes)}`,
              how: 'set router_flavor=traditional for a like-for-like move, and change it later',
            },
          },
        ],
};
