import { isSet } from './config';
import { noticed } from './shapes';

export const kafkaConsumeService = noticed('plugin-kafka-consume-service', ['kafka-consume'], (plugin) =>
  plugin.parent?.kind === 'services' || isSet(plugin.value.service) ? { path: [] } : undefined,
);
