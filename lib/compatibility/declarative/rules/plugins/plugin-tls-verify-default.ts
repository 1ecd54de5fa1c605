import type { DeclarativeRule, Edit, Entity, Path, RuleContext, Violation } from '../../rule';
import { configOf, inForce, isMap, isReference, pathOf, valueAt, type Fields } from './config';
import { noticed } from './shapes';

const ID = 'plugin-tls-verify-default';
const OWN = 'config.ssl_verify';
const REDIS = 'config.redis.ssl_verify';
const CACHE = 'config.cache.redis.ssl_verify';
const VECTORS = ['config.vectordb.pgvector.ssl_verify', 'config.vectordb.redis.ssl_verify'];
const REGISTRY = 'schema_registry.confluent.authentication.oauth2_client.ssl_verify';
const KAFKA = ['config.security.ssl_verify', `config.${REGISTRY}`];
const SOLACE = ['config.session.ssl_validate_certificate'];

/**
 * The fields that `tls_certificate_verify` rules (decK's convert/plugin_updates_314.go, and opa, whose changelog of 3.13
 * names it); `*` stands for every item of a list. decK calls ai-aws-guardrails by a name that it does not have.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  ace: ['config.rate_limiting.redis.ssl_verify'],
  acme: ['config.storage_config.redis.ssl_verify'],
  'ai-aws-guardrails': [OWN],
  'ai-azure-content-safety': [OWN],
  'ai-proxy-advanced': VECTORS,
  'ai-rag-injector': VECTORS,
  'ai-rate-limiting-advanced': [REDIS],
  'ai-semantic-cache': VECTORS,
  'ai-semantic-prompt-guard': VECTORS,
  'ai-semantic-response-guard': VECTORS,
  'aws-lambda': [OWN],
  'azure-functions': ['config.https_verify'],
  'basic-auth': ['config.brute_force_protection.redis.ssl_verify'],
  confluent: KAFKA,
  'confluent-consume': KAFKA,
  datakit: ['config.nodes.*.ssl_verify', 'config.resources.cache.redis.ssl_verify'],
  'forward-proxy': ['config.https_verify'],
  'graphql-proxy-cache-advanced': [REDIS],
  'graphql-rate-limiting-advanced': [REDIS],
  'header-cert-auth': [OWN],
  'http-log': [OWN],
  'jwt-signer': ['config.access_token_endpoints_ssl_verify', 'config.channel_token_endpoints_ssl_verify'],
  'kafka-consume': [...KAFKA, `config.topics.*.${REGISTRY}`],
  'kafka-log': KAFKA,
  'kafka-upstream': KAFKA,
  'ldap-auth': ['config.verify_ldap_host'],
  'ldap-auth-advanced': ['config.verify_ldap_host'],
  'mtls-auth': [OWN],
  opa: [OWN],
  'openid-connect': [OWN, REDIS, 'config.cluster_cache_redis.ssl_verify', 'config.session_memcached_ssl_verify'],
  'proxy-cache-advanced': [REDIS],
  'rate-limiting': [REDIS],
  'rate-limiting-advanced': [REDIS],
  'request-callout': [CACHE, 'config.callouts.*.request.http_opts.ssl_verify'],
  'response-ratelimiting': [REDIS],
  saml: [REDIS],
  'service-protection': [REDIS],
  'solace-consume': SOLACE,
  'solace-log': SOLACE,
  'solace-upstream': SOLACE,
  'tcp-log': [OWN],
  'upstream-oauth': ['config.client.ssl_verify', CACHE],
};

const ofPlugins = noticed(ID, Object.keys(FIELDS), (plugin, context) =>
  told(
    plugin,
    (FIELDS[plugin.value.name as string] ?? []).flatMap((field) =>
      placesOf({ config: configOf(plugin) }, pathOf(field)),
    ),
    context,
  ),
);

/**
 * Where it says that it does not verify, or leaves it to the new default; not where it speaks no TLS by what it says.
 * decK writes false everywhere, which 3.14 refuses; here it is written where the new kong.conf allows it.
 */
export const tlsVerifyDefault: DeclarativeRule = {
  id: ID,
  on: [...ofPlugins.on, 'partials'],
  check(entity, context) {
    if (entity.kind !== 'partials') return ofPlugins.check(entity, context, undefined);
    if (!String(entity.value.type).startsWith('redis')) return 'not-applicable';
    const found = told(entity, [pathOf(OWN)], context);
    return found ? [found] : 'compliant';
  },
};

function told(entity: Entity, places: readonly Path[], { conf }: RuleContext): Violation | undefined {
  const mayBeOff = conf?.tls_certificate_verify === 'off';
  const paths = places.filter((path) => isUnverified(entity, path, mayBeOff));
  const [first] = paths;
  if (first === undefined) return undefined;
  const path = paths.length === 1 ? first : ['config'];
  const fields = paths.map(dotted).join(', ');
  if (!mayBeOff) {
    return {
      path,
      message: `certificates are verified by default in 3.14, and false is refused unless tls_certificate_verify = off: ${fields}`,
    };
  }
  const isOwn = paths.every((each) => isMap(valueAt(entity.value, each.slice(0, -1))));
  return {
    path,
    message: `certificates are verified by default in 3.14: ${fields}`,
    how: 'false keeps what was, as long as tls_certificate_verify = off; true with the CA of the server in lua_ssl_trusted_certificate is better',
    ...(isOwn ? { edits: paths.map((each): Edit => ({ op: 'set', path: each, value: false })) } : {}),
  };
}

const dotted = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

/** Paths with an index for every `*`; none where there is no such list. */
function placesOf(from: unknown, path: readonly string[]): Path[] {
  const star = path.indexOf('*');
  if (star < 0) return [path];
  const list = valueAt(from, path.slice(0, star));
  return (Array.isArray(list) ? list : []).flatMap((item, index) =>
    placesOf(item, path.slice(star + 1)).map((rest) => [...path.slice(0, star), index, ...rest]),
  );
}

function isUnverified(entity: Entity, path: Path, mayBeOff: boolean): boolean {
  const section = inForce(entity, path.slice(0, -1));
  if (!isMap(section)) return false;
  const value = inForce(entity, path);
  if (value === false) return !mayBeOff;
  return value !== true && speaksTls(entity, section, dotted(path));
}

function speaksTls(entity: Entity, section: Fields, field: string): boolean {
  const config = configOf(entity);
  const { name } = entity.value;
  if (entity.kind === 'partials' || /redis|pgvector/.test(field)) return section.ssl === true;
  switch (name) {
    case 'http-log':
      return isSecure(config.http_endpoint);
    case 'tcp-log':
      return config.tls === true;
    case 'ldap-auth':
    case 'ldap-auth-advanced':
      return config.ldaps === true || config.start_tls === true;
    case 'datakit':
      return section.type === 'call' && isSecure(section.url);
    case 'jwt-signer': {
      const prefix = field.includes('.access_token') ? 'access_token_' : 'channel_token_';
      return Object.keys(config).some(
        (key) => key.startsWith(prefix) && typeof config[key] === 'string' && /^https:|^\{vault:/.test(config[key]),
      );
    }
    case 'kafka-consume':
    case 'kafka-log':
    case 'kafka-upstream':
      return field !== 'config.security.ssl_verify' || section.ssl === true;
    case 'opa':
      // It verified by default before.
      return false;
    case 'openid-connect':
      return field !== 'config.session_memcached_ssl_verify' || config.session_memcached_ssl === true;
    case 'request-callout':
      return isSecure(valueAt(config, ['callouts', indexIn(field), 'request', 'url']));
    case 'solace-consume':
    case 'solace-log':
    case 'solace-upstream':
      return isReference(section.host) || String(section.host).includes('tcps:');
    case 'upstream-oauth':
      return isSecure(valueAt(config, ['oauth', 'token_endpoint']));
    default:
      return true;
  }
}

/** What is not known counts as TLS, so that it is looked at. */
const isSecure = (url: unknown): boolean => !String(url).toLowerCase().startsWith('http:');
const indexIn = (field: string): number => Number(/\[(\d+)\]/.exec(field)?.[1]);
