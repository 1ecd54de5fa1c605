import type { Path } from '../../rule';
import { configOf, isEmpty, isMap, valueAt } from './config';
import { noticed } from './shapes';

const PLUGINS = [
  'ai-proxy',
  'ai-proxy-advanced',
  'ai-rag-injector',
  'ai-request-transformer',
  'ai-response-transformer',
  'ai-semantic-cache',
  'ai-semantic-prompt-guard',
];

/**
 * decK's lint looks at `config.model` only; the model of a transformer stands in `llm`, those of ai-proxy-advanced in
 * `targets`. decK renames the field, but one is a path and the other a whole URL: Kong refuses a path there.
 */
export const aiUpstreamPath = noticed('plugin-ai-upstream-path', PLUGINS, (plugin) => {
  const config = configOf(plugin);
  const targets = Array.isArray(config.targets) ? config.targets : [];
  const holders: readonly Path[] = [[], ['llm'], ...targets.map((_, index) => ['targets', index])];
  const found = holders
    .map((holder) => [...holder, 'model', 'options'])
    .filter((path) => !isEmpty(valueAt(config, [...path, 'upstream_path'])));
  const [first] = found;
  if (first === undefined) return undefined;
  const options = valueAt(config, first);
  const isIdle = isMap(options) && !isEmpty(options.upstream_url);
  return {
    path: ['config', ...first, 'upstream_path'],
    ...(isIdle && found.length === 1
      ? { how: 'take upstream_path out: upstream_url is set beside it, and is what Kong goes by' }
      : {}),
  };
});
