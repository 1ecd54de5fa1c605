import { ownConfigOf } from './config';
import { pluginRule } from './shapes';

/** Seconds. */
const LONGEST = 100_000_000;

export const oauth2RefreshTtl = pluginRule('plugin-oauth2-refresh-ttl', ['oauth2'], (plugin) => {
  const { refresh_token_ttl: ttl } = ownConfigOf(plugin);
  if (typeof ttl !== 'number' || (ttl >= 0 && ttl <= LONGEST)) return [];
  const path = ['config', 'refresh_token_ttl'];
  const value = Math.min(Math.max(ttl, 0), LONGEST);
  return [
    {
      path,
      message: `config.refresh_token_ttl = ${ttl} is refused: 0 (for ever) to ${LONGEST} s`,
      // A negative time has no meaning that 0 would keep.
      ...(ttl > LONGEST ? { edits: [{ op: 'set' as const, path, value }] } : {}),
    },
  ];
});
