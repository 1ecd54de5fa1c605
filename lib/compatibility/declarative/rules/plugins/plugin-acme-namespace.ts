import { inForce, pathOf } from './config';
import { noticed } from './shapes';

const NAMESPACE = 'config.storage_config.redis.namespace';
/** kong/plugins/acme/reserved_words.lua */
const RESERVED = ['kong_acme:renew_config:', 'kong_acme:renew_last_run', 'kong_acme:cert_key:'];

export const acmeNamespace = noticed('plugin-acme-namespace', ['acme'], (plugin) => {
  const path = pathOf(NAMESPACE);
  const namespace = inForce(plugin, path);
  const reserved = RESERVED.find((word) => typeof namespace === 'string' && namespace.startsWith(word));
  return reserved === undefined
    ? undefined
    : { path, message: `${NAMESPACE} begins with the reserved word ${reserved}` };
});
