import { inForce, pathOf } from './config';
import { COUNTERS, withoutDatabase } from './rate-limit-counters';
import { noticed } from './shapes';

/**
 * Without the kong.conf only rate-limiting-advanced is named: data planes of 2.8 refuse the policy of the other two
 * just as those of 3.4 do (recorded), so a hybrid fleet that works has none.
 */
export const rlClusterHybrid = noticed('plugin-rl-cluster-hybrid', Object.keys(COUNTERS), (plugin, context) => {
  const path = pathOf(COUNTERS[plugin.value.name as string] as string);
  if (inForce(plugin, path) !== 'cluster') return undefined;
  const told = withoutDatabase(context) ?? plugin.value.name === 'rate-limiting-advanced';
  return told
    ? {
        path,
        message: `${path.join('.')} = cluster needs a database: data planes of a hybrid fleet cannot count with it`,
      }
    : undefined;
});
