import type { Edit, Violation } from '../../rule';
import { isMap, ownConfigOf } from './config';
import { pluginRule } from './shapes';

const ID = 'plugin-ai-rate-limiting-arrays';

export const aiRateLimitingArrays = pluginRule(ID, ['ai-rate-limiting-advanced'], (plugin) => {
  const { llm_providers: providers } = ownConfigOf(plugin);
  return (Array.isArray(providers) ? providers : []).flatMap((provider, index): Violation[] => {
    const path = ['config', 'llm_providers', index];
    const edits = ['limit', 'window_size'].flatMap((field): Edit[] => {
      const value: unknown = isMap(provider) ? provider[field] : undefined;
      return typeof value === 'number' ? [{ op: 'set', path: [...path, field], value: [value] }] : [];
    });
    const message = 'limit and window_size of a provider are lists of numbers since 3.10, one number is refused';
    return edits.length === 0 ? [] : [{ path, message, edits }];
  });
});
