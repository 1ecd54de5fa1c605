import { noticed } from './shapes';

export const proxyCacheCtx = noticed('plugin-proxy-cache-ctx', [
  'proxy-cache',
  'proxy-cache-advanced',
  'graphql-proxy-cache-advanced',
]);
