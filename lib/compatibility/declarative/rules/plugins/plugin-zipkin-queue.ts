import { configOf, isSet } from './config';
import { noticed } from './shapes';

export const zipkinQueue = noticed('plugin-zipkin-queue', ['zipkin'], (plugin) =>
  isSet(configOf(plugin).queue) ? { path: ['config', 'queue'] } : undefined,
);
