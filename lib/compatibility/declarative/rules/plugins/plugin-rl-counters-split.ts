import { inForce, pathOf } from './config';
import { COUNTERS } from './rate-limit-counters';
import { noticed, ofTwoDatabases } from './shapes';

export const rlCountersSplit = ofTwoDatabases(
  noticed('plugin-rl-counters-split', Object.keys(COUNTERS), (plugin) => {
    const path = pathOf(COUNTERS[plugin.value.name as string] as string);
    return inForce(plugin, path) === 'cluster'
      ? {
          path,
          message: `${path.join('.')} = cluster: each database counts for itself, so a client gets up to twice its limit while both serve`,
        }
      : undefined;
  }),
);
