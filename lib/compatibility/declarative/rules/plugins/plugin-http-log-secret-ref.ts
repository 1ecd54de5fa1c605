import { configOf, isReference } from './config';
import { noticed } from './shapes';

/** Kong names it among the known issues of 3.4 only. */
export const httpLogSecretRef = noticed(
  'plugin-http-log-secret-ref',
  ['http-log', 'opentelemetry'],
  (plugin, { upgrade: { to } }) => {
    const field = plugin.value.name === 'http-log' ? 'http_endpoint' : 'endpoint';
    if (to.minor() !== '3.4' || !isReference(configOf(plugin)[field])) return undefined;
    return {
      path: ['config', field],
      message: `config.${field} is a vault reference, which the validation of 3.4 refuses`,
    };
  },
);
