import { configOf, isSet } from './config';
import { noticed } from './shapes';

export const forwardProxyXheaders = noticed('plugin-forward-proxy-xheaders', ['forward-proxy'], (plugin) =>
  isSet(configOf(plugin).x_headers) ? undefined : { path: ['config', 'x_headers'] },
);
