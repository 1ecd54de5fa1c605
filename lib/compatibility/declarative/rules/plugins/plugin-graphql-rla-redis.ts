import { configOf, isEmpty } from './config';
import { noticed } from './shapes';

export const graphqlRlaRedis = noticed('plugin-graphql-rla-redis', ['graphql-rate-limiting-advanced'], (plugin) =>
  isEmpty(configOf(plugin).redis) ? undefined : { path: ['config', 'redis'] },
);
