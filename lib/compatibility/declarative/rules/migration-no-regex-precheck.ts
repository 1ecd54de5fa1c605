import type { DeclarativeRule, Entity } from '../rule';
import { usesRust } from './paths';
import { hasRefusedRegex, some } from './remaining-regexes';

interface Seen {
  file: Entity | undefined;
  readonly refused: string[];
}

/** Told once, of the file: what neither the migrations nor a health check will say of the routes that are dropped. */
export const migrationNoRegexPrecheck: DeclarativeRule<Seen> = {
  id: 'migration-no-regex-precheck',
  on: ['file', 'routes'],
  begin: () => ({ file: undefined, refused: [] }),
  check(entity, context, seen) {
    if (entity.kind === 'file') seen.file = entity;
    else if (usesRust(context) && hasRefusedRegex(entity, context)) seen.refused.push(entity.name);
    return entity.kind === 'file' ? 'not-applicable' : 'compliant';
  },
  end: ({ file, refused }) =>
    file === undefined || refused.length === 0
      ? []
      : [
          {
            entity: file,
            violation: {
              path: [],
              message: `${refused.length === 1 ? 'one route keeps a regex' : `${refused.length} routes keep regexes`} that 3.x does not compile (${some(refused)}): migrations up and finish end with 0, /status/ready answers 200 and GET /routes lists them all the same`,
              how: 'mend them before the migration, or set router_flavor=traditional; look for "could not add route" in the error log of green',
            },
          },
        ],
};
