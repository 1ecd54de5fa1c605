import type { RuleContext, DeclarativeRule } from '../../rule';
import { Draft, isSet, isShared, pathOf } from './config';
import { pluginRule } from './shapes';

/** Where each of the rate limiting plugins says in what it counts. */
export const COUNTERS: Readonly<Record<string, string>> = {
  'rate-limiting': 'config.policy',
  'response-ratelimiting': 'config.policy',
  'rate-limiting-advanced': 'config.strategy',
  'graphql-rate-limiting-advanced': 'config.strategy',
};

/** Nodes without a database of their own, by the kong.conf that was given; undefined where none was. */
export function withoutDatabase({ conf }: RuleContext): boolean | undefined {
  if (conf === undefined) return undefined;
  return conf.database === 'off' || conf.role === 'control_plane' || conf.role === 'data_plane';
}

/**
 * 2.x counted in the database (`cluster`) unless it had none, 3.x counts in each node (`local`). The old default is
 * written down; nodes without a database counted locally before, too.
 */
export function clusterPinned(id: string, plugin: string): DeclarativeRule {
  const field = COUNTERS[plugin] as string;
  return pluginRule(id, [plugin], (entity, context) => {
    const draft = new Draft(entity);
    if (withoutDatabase(context) === true || isShared(entity)) return 'not-applicable';
    if (isSet(draft.get(field))) return [];
    const path = pathOf(field);
    if (entity.parent?.kind === 'consumer_groups') {
      return [
        {
          path,
          message: `${field} is not set: since 3.4 a plugin of a consumer group stands alone and counts locally`,
          how: `set ${field} to that of the plugin whose limits it overrode`,
        },
      ];
    }
    draft.set(field, 'cluster');
    return [
      {
        path,
        message: `${field} is not set: 2.x counted for all nodes together (cluster), 3.x counts in each node (local)`,
        edits: draft.take(),
      },
    ];
  });
}
