import { Draft, pathOf } from './config';
import { pluginRule } from './shapes';

const LISTS = ['config.blacklist', 'config.whitelist'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  acl: LISTS,
  'bot-detection': LISTS,
  'ip-restriction': LISTS,
  'pre-function': ['config.functions'],
  'post-function': ['config.functions'],
  'aws-lambda': ['config.proxy_scheme'],
};

/** Comes before the rules that mend these fields. */
export const deckConsumerGroupPluginsNotConverted = pluginRule(
  'deck-consumer-group-plugins-not-converted',
  Object.keys(FIELDS),
  (plugin) => {
    if (plugin.parent?.kind !== 'consumer_groups') return 'not-applicable';
    const draft = new Draft(plugin);
    return (FIELDS[plugin.value.name as string] ?? [])
      .filter((field) => draft.has(field))
      .map((field) => ({
        path: pathOf(field),
        message: `deck file convert leaves ${field} of a plugin of a consumer group as it is`,
        how: 'use the file that check declarative --write makes, it is converted there',
      }));
  },
);
