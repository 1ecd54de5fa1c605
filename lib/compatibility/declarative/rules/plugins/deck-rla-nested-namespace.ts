import { configOf, isSet } from './config';
import { pluginRule } from './shapes';

/** Comes before plugin-rla-namespace, which mends it. */
export const deckRlaNestedNamespace = pluginRule('deck-rla-nested-namespace', ['rate-limiting-advanced'], (plugin) => {
  const route = plugin.parent;
  if (route?.kind !== 'routes' || route.parent?.kind !== 'services') return 'not-applicable';
  if (isSet(configOf(plugin).namespace)) return [];
  return [
    {
      path: ['config', 'namespace'],
      message: 'deck file convert gives no namespace to rate-limiting-advanced on a route that stands in a service',
      how: 'use the file that check declarative --write makes, it has one there',
    },
  ];
});
