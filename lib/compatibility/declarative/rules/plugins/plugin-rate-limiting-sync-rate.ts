import { configOf, Draft } from './config';
import { pluginRule } from './shapes';

const PATH = ['config', 'sync_rate'];
/** Seconds; the shortest that 3.4 takes (kong/plugins/rate-limiting/schema.lua). */
const SHORTEST = 0.02;

export const rateLimitingSyncRate = pluginRule('plugin-rate-limiting-sync-rate', ['rate-limiting'], (plugin) => {
  const { sync_rate: rate, policy } = configOf(plugin);
  const draft = new Draft(plugin);
  if (typeof rate !== 'number' || rate === -1 || !draft.has('config.sync_rate')) return [];
  if (policy !== 'redis') {
    draft.remove('config.sync_rate');
    return [
      {
        path: PATH,
        message: `config.sync_rate = ${rate} is refused unless config.policy is redis`,
        edits: draft.take(),
      },
    ];
  }
  if (rate >= SHORTEST) return [];
  draft.set('config.sync_rate', SHORTEST);
  return [
    { path: PATH, message: `config.sync_rate = ${rate} is refused: ${SHORTEST} s or more, or -1`, edits: draft.take() },
  ];
});
