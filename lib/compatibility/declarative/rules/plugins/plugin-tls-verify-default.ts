import type { Entity, RuleContext } from '../../rule';
import { configOf, inForce, isMap, pathOf, valueAt } from './config';
import { noticed } from './shapes';

const REDIS = 'config.redis.ssl_verify';
const OWN = 'config.ssl_verify';
/** The fields that `tls_certificate_verify` rules, of plugins that there were before 3.14 (decK's convert/plugin_updates_314.go). */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  acme: ['config.storage_config.redis.ssl_verify'],
  'ai-rate-limiting-advanced': [REDIS],
  'aws-lambda': [OWN],
  'azure-functions': ['config.https_verify'],
  'forward-proxy': ['config.https_verify'],
  'graphql-proxy-cache-advanced': [REDIS],
  'graphql-rate-limiting-advanced': [REDIS],
  'http-log': [OWN],
  'ldap-auth': ['config.verify_ldap_host'],
  'ldap-auth-advanced': ['config.verify_ldap_host'],
  'mtls-auth': [OWN],
  'openid-connect': [OWN, REDIS, 'config.cluster_cache_redis.ssl_verify'],
  'proxy-cache-advanced': [REDIS],
  'rate-limiting': [REDIS],
  'rate-limiting-advanced': [REDIS],
  'response-ratelimiting': [REDIS],
  saml: [REDIS],
  'service-protection': [REDIS],
  'tcp-log': [OWN],
};

/** Where it says that it does not verify, or leaves it to the new default; not where it speaks no TLS by what it says. */
export const tlsVerifyDefault = noticed('plugin-tls-verify-default', Object.keys(FIELDS), (plugin, context) => {
  const fields = (FIELDS[plugin.value.name as string] ?? []).filter((field) => isUnverified(plugin, field, context));
  const [first] = fields;
  if (first === undefined) return undefined;
  return {
    path: fields.length === 1 ? pathOf(first) : ['config'],
    message: `certificates are verified by default in 3.14, and false is refused unless tls_certificate_verify = off: ${fields.join(', ')}`,
  };
});

function isUnverified(plugin: Entity, field: string, { conf }: RuleContext): boolean {
  const path = pathOf(field);
  const section = inForce(plugin, path.slice(0, -1));
  if (!isMap(section)) return false;
  const value = inForce(plugin, path);
  if (value === false) return conf?.tls_certificate_verify !== 'off';
  return value !== true && speaksTls(plugin, section, field);
}

function speaksTls(plugin: Entity, section: unknown, field: string): boolean {
  const config = configOf(plugin);
  if (field.includes('redis')) return valueAt(section, ['ssl']) === true;
  switch (plugin.value.name) {
    case 'http-log':
      return !String(config.http_endpoint).startsWith('http:');
    case 'tcp-log':
      return config.tls === true;
    case 'ldap-auth':
    case 'ldap-auth-advanced':
      return config.ldaps === true || config.start_tls === true;
    default:
      return true;
  }
}
