import { changes } from '../../../../../../lib/compatibility/changes';
import type { DeclarativeRule, Entity } from '../../../../../../lib/compatibility/declarative/rule';
import { PLUGIN_CHANGES, PLUGIN_RULES } from '../../../../../../lib/compatibility/declarative/rules/plugins';
import { context, entity, plugin, verdict } from '../../entity';

const rule = (id: string): DeclarativeRule => {
  const found = PLUGIN_RULES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found;
};

/** The smallest plugin that shows it, and one that does not (null: every plugin in use shows it). */
const EXAMPLES: readonly [id: string, shows: Entity, compliant: Entity | null][] = [
  ['plugin-saml-priority', plugin('saml', {}), null],
  ['plugin-http-log-3xx', plugin('http-log', {}), null],
  ['plugin-prometheus-renames', plugin('prometheus', {}), null],
  ['plugin-statsd-names', plugin('statsd', {}), null],
  ['plugin-statsd-advanced', plugin('statsd-advanced', {}), null],
  ['plugin-proxy-cache-ctx', plugin('proxy-cache', {}), null],
  ['plugin-session-v4', plugin('session', {}), null],
  ['plugin-oauth2-code-binding', plugin('oauth2', {}), null],
  ['plugin-oauth2-tokens-runtime', plugin('oauth2', {}), null],
  ['plugin-request-validator-ct', plugin('request-validator', {}), null],
  ['plugin-hmac-signature', plugin('hmac-auth', {}), null],
  ['plugin-ldap-adv-403', plugin('ldap-auth-advanced', {}), null],
  ['plugin-azure-routeprefix-future', plugin('azure-functions', {}), null],
  ['plugin-oas-validation-content-type', plugin('oas-validation', {}), null],
  ['oidc-community-session', plugin('oidc', {}), null],
  ['hybrid-oauth2', plugin('oauth2', {}), null],
  ['plugin-acme-any-domain', plugin('acme', { domains: [] }), plugin('acme', { domains: ['a.test'] })],
  [
    'plugin-acme-namespace',
    plugin('acme', { storage_config: { redis: { namespace: 'kong_acme:cert_key:x' } } }),
    plugin('acme', { storage_config: { redis: { namespace: 'mine' } } }),
  ],
  ['plugin-aws-lambda-region', plugin('aws-lambda', {}), plugin('aws-lambda', { aws_region: 'eu-west-1' })],
  ['plugin-aws-lambda-imds', plugin('aws-lambda', {}), plugin('aws-lambda', { aws_key: '{vault://env/key}' })],
  [
    'plugin-http-log-secret-ref',
    plugin('http-log', { http_endpoint: '{vault://env/endpoint}' }),
    plugin('http-log', { http_endpoint: 'http://log.test' }),
  ],
  ['plugin-zipkin-queue', plugin('zipkin', { queue: {} }), plugin('zipkin', {})],
  ['plugin-jwt-multi-token', plugin('jwt', {}), plugin('jwt', { uri_param_names: [] })],
  [
    'plugin-ip-restriction-protocols',
    plugin('ip-restriction', {}),
    entity('plugins', { name: 'ip-restriction', protocols: ['http'] }),
  ],
  [
    'plugin-graphql-rla-redis',
    plugin('graphql-rate-limiting-advanced', { redis: { host: 'r' } }),
    plugin('graphql-rate-limiting-advanced', {}),
  ],
  ['plugin-forward-proxy-xheaders', plugin('forward-proxy', {}), plugin('forward-proxy', { x_headers: 'append' })],
  [
    'plugin-transformer-untrusted-lua',
    plugin('request-transformer', { add: { headers: ['x:$(headers.y)'] } }),
    plugin('request-transformer', { add: { headers: ['x:y'] } }),
  ],
  [
    'plugin-openid-httponly',
    plugin('openid-connect', { session_cookie_httponly: false }),
    plugin('openid-connect', { session_cookie_httponly: true }),
  ],
  [
    'plugin-rl-counters-split',
    plugin('rate-limiting', { policy: 'cluster' }),
    plugin('rate-limiting', { policy: 'redis' }),
  ],
  [
    'plugin-rl-cluster-hybrid',
    plugin('rate-limiting-advanced', { strategy: 'cluster' }),
    plugin('rate-limiting-advanced', { strategy: 'redis' }),
  ],
  ['plugin-session-storage-kong', plugin('session', { storage: 'kong' }), plugin('session', { storage: 'cookie' })],
  ['plugin-acme-storage-kong', plugin('acme', { storage: 'kong' }), plugin('acme', { storage: 'redis' })],
  [
    'pdk-serverless-cache',
    plugin('pre-function', { access: ['return 1', 'kong.cache:get("x")'] }),
    plugin('pre-function', { access: ['kong.log("the kong cache")'] }),
  ],
  [
    'plugin-kafka-consume-service',
    plugin('kafka-consume', {}, entity('services', { name: 's' })),
    plugin('kafka-consume', {}, entity('routes', { name: 'r' })),
  ],
  [
    'plugin-ai-upstream-path',
    plugin('ai-proxy', { model: { options: { upstream_path: '/v1/chat' } } }),
    plugin('ai-proxy', { model: { options: { upstream_url: 'https://a.test/v1/chat' } } }),
  ],
  ['plugin-tls-verify-default', plugin('aws-lambda', {}), plugin('aws-lambda', { ssl_verify: true })],
  [
    'plugin-oidc-header-claims',
    plugin('openid-connect', { consumer_claim: ['sub'] }),
    plugin('openid-connect', { consumer_claim: [] }),
  ],
];

describe.each(EXAMPLES)('%s', (id, shows, compliant) => {
  test('asks a person to look at it, and changes nothing', () => {
    const found = verdict(rule(id), shows);
    if (typeof found === 'string') throw new Error(found);
    expect(found).toHaveLength(1);
    expect(found[0]?.edits).toBeUndefined();
  });
  test('does not speak of plugins of other names, nor of one that is switched off', () => {
    expect(verdict(rule(id), plugin('mine', {}))).toBe('not-applicable');
    expect(verdict(rule(id), { ...shows, value: { ...shows.value, enabled: false } })).toBe('not-applicable');
  });
  if (compliant !== null) {
    test('is content with the other', () => {
      expect(verdict(rule(id), compliant)).toBe('compliant');
    });
  }
});

describe('what depends on more than the plugin', () => {
  test('the vault reference of an endpoint is a known issue of 3.4 only', () => {
    const endpoint = plugin('opentelemetry', { endpoint: '{vault://env/endpoint}' });
    expect(verdict(rule('plugin-http-log-secret-ref'), endpoint)).toMatchObject([{ path: ['config', 'endpoint'] }]);
    expect(verdict(rule('plugin-http-log-secret-ref'), endpoint, context({ to: '3.10' }))).toBe('compliant');
  });

  test('cluster counters are refused by every node without a database, and by none that has one', () => {
    const limits = plugin('rate-limiting', { policy: 'cluster' });
    const of = (conf: Record<string, string>) => verdict(rule('plugin-rl-cluster-hybrid'), limits, context({ conf }));
    expect(of({ role: 'control_plane' })).toHaveLength(1);
    expect(of({ role: 'traditional' })).toBe('compliant');
    expect(verdict(rule('plugin-rl-cluster-hybrid'), limits)).toBe('compliant');
  });

  test('oauth2 on traditional nodes has nothing to do with hybrid mode', () => {
    expect(verdict(rule('hybrid-oauth2'), plugin('oauth2', {}), context({ conf: { role: 'traditional' } }))).toBe(
      'compliant',
    );
  });

  test('hashed keys are told of in FIPS mode only', () => {
    const key = entity('keyauth_enc_credentials', { key: 'secret' });
    const fips = context({ conf: { fips: 'on' } });
    expect(verdict(rule('plugin-key-auth-enc-fips'), key, fips)).toHaveLength(1);
    expect(verdict(rule('plugin-key-auth-enc-fips'), key)).toBe('not-applicable');
  });

  test('a key that ends is told of, one without an end is not', () => {
    const ttl = rule('plugin-key-auth-ttl');
    expect(verdict(ttl, entity('keyauth_credentials', { key: 'secret', ttl: 60 }))).toMatchObject([{ path: ['ttl'] }]);
    expect(verdict(ttl, entity('keyauth_credentials', { key: 'secret' }))).toBe('compliant');
    expect(verdict(ttl, entity('acls', { group: 'a' }))).toBe('not-applicable');
  });

  test('the place of a template is named', () => {
    const template = plugin('request-transformer', { add: { headers: ['x:y', 'x:$(headers.y)'] } });
    expect(verdict(rule('plugin-transformer-untrusted-lua'), template)).toMatchObject([
      { path: ['config', 'add', 'headers', 1] },
    ]);
  });
});

describe('certificates of 3.14', () => {
  const tls = rule('plugin-tls-verify-default');
  test.each([
    ['http-log', { http_endpoint: 'http://log.test' }, 'compliant'],
    ['http-log', { http_endpoint: 'https://log.test' }, 1],
    ['http-log', { http_endpoint: 'http://log.test', ssl_verify: false }, 1],
    ['tcp-log', {}, 'compliant'],
    ['tcp-log', { tls: true }, 1],
    ['ldap-auth', { start_tls: true }, 1],
    ['ldap-auth', {}, 'compliant'],
    ['rate-limiting', { redis: { ssl: false } }, 'compliant'],
    ['rate-limiting', { redis: { ssl: true } }, 1],
    ['rate-limiting', {}, 'compliant'],
    ['basic-auth', { brute_force_protection: { redis: { ssl: true } } }, 1],
    ['ai-proxy-advanced', { vectordb: { strategy: 'redis', redis: { ssl: true } } }, 1],
    ['ai-semantic-cache', { vectordb: { pgvector: { ssl: false } } }, 'compliant'],
    ['kafka-log', { security: { ssl: true } }, 1],
    ['kafka-log', { security: { ssl: false } }, 'compliant'],
    ['kafka-consume', { topics: [{ schema_registry: {} }] }, 'compliant'],
    [
      'kafka-consume',
      { topics: [{ schema_registry: { confluent: { authentication: { oauth2_client: { ssl_verify: false } } } } }] },
      1,
    ],
    ['confluent', { security: {} }, 1],
    ['datakit', { nodes: [{ type: 'call', url: 'https://a.test' }, { type: 'jq' }] }, 1],
    ['datakit', { nodes: [{ type: 'call', url: 'http://a.test' }] }, 'compliant'],
    ['request-callout', { callouts: [{ request: { url: 'https://a.test', http_opts: {} } }] }, 1],
    ['request-callout', { callouts: [{ request: { url: 'http://a.test', http_opts: {} } }] }, 'compliant'],
    ['jwt-signer', { access_token_jwks_uri: 'https://a.test/jwks' }, 1],
    ['jwt-signer', { realm: 'a' }, 'compliant'],
    ['solace-log', { session: { host: 'tcps://a.test' } }, 1],
    ['solace-log', { session: { host: 'tcp://a.test' } }, 'compliant'],
    ['upstream-oauth', { client: {}, oauth: { token_endpoint: 'https://a.test' } }, 1],
    ['upstream-oauth', { client: {}, oauth: { token_endpoint: 'http://a.test' } }, 'compliant'],
    ['openid-connect', { ssl_verify: true, session_memcached_ssl: true }, 1],
    ['openid-connect', { ssl_verify: true }, 'compliant'],
    ['opa', {}, 'compliant'],
    ['opa', { ssl_verify: false }, 1],
    ['header-cert-auth', {}, 1],
  ])('%s %j: %s', (name, config, expected) => {
    const found = verdict(tls, plugin(name, config));
    expect(typeof found === 'string' ? found : found.length).toBe(expected);
  });
  test('names the item of a list, and no other', () => {
    const calls = plugin('datakit', { nodes: [{ type: 'jq' }, { type: 'call', url: 'https://a.test' }] });
    expect(verdict(tls, calls)).toMatchObject([{ path: ['config', 'nodes', 1, 'ssl_verify'] }]);
  });
  test('a redis partial is what its plugins go by', () => {
    const partial = (type: string, config: object) => verdict(tls, entity('partials', { name: 'p', type, config }));
    expect(partial('redis-ee', { ssl: true })).toMatchObject([{ path: ['config', 'ssl_verify'] }]);
    expect(partial('redis-ce', { ssl_verify: false })).toHaveLength(1);
    expect(partial('redis-ce', { ssl: false })).toBe('compliant');
    expect(partial('vectordb', { ssl: true })).toBe('not-applicable');
  });
  describe('where kong.conf switches the verification off', () => {
    const off = context({ conf: { tls_certificate_verify: 'off' } });
    test('false is taken', () => {
      expect(verdict(tls, plugin('aws-lambda', { ssl_verify: false }), off)).toBe('compliant');
    });
    test('the old default is written down, since the new one verifies all the same', () => {
      expect(verdict(tls, plugin('aws-lambda', {}), off)).toMatchObject([
        { edits: [{ op: 'set', path: ['config', 'ssl_verify'], value: false }] },
      ]);
    });
    test('what _plugin_configs holds is left to a person', () => {
      const shared = { ...plugin('rate-limiting', {}), inherited: { redis: { ssl: true } } };
      const found = verdict(tls, shared, off);
      expect(found).toHaveLength(1);
      expect(found).not.toMatchObject([{ edits: expect.anything() as unknown }]);
    });
  });
});

describe('the address of a model', () => {
  const upstream = rule('plugin-ai-upstream-path');
  const options = { upstream_path: '/v1/chat' };
  test.each([
    ['ai-proxy', { model: { options } }, ['config', 'model', 'options', 'upstream_path']],
    ['ai-request-transformer', { llm: { model: { options } } }, ['config', 'llm', 'model', 'options', 'upstream_path']],
    [
      'ai-proxy-advanced',
      { targets: [{ model: {} }, { model: { options } }] },
      ['config', 'targets', 1, 'model', 'options', 'upstream_path'],
    ],
  ])('is looked for where %s has it', (name, config, path) => {
    expect(verdict(upstream, plugin(name, config))).toMatchObject([{ path }]);
  });
  test('says that a path beside a URL is idle', () => {
    const both = plugin('ai-proxy', { model: { options: { ...options, upstream_url: 'https://a.test/v1' } } });
    expect(verdict(upstream, both)).toMatchObject([
      { how: expect.stringContaining('take upstream_path out') as string },
    ]);
  });
});

describe('the list of rules', () => {
  test('names entries of the facts, each once', () => {
    expect(PLUGIN_CHANGES.filter((id) => !changes().has(id))).toEqual([]);
    expect(new Set(PLUGIN_CHANGES).size).toBe(PLUGIN_CHANGES.length);
  });

  test('has every entry about plugins but the two that no configuration shows', () => {
    const missing = [...changes().values()].filter(({ area, id }) => area === 'plugin' && !PLUGIN_CHANGES.includes(id));
    expect(missing.map(({ id }) => id)).toEqual(['plugin-not-versioned', 'plugin-priorities']);
  });

  test('tells of what two databases do not share at every upgrade', () => {
    expect(
      PLUGIN_RULES.filter(({ always }) => always)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([
      'plugin-acme-storage-kong',
      'plugin-key-auth-ttl',
      'plugin-oauth2-tokens-runtime',
      'plugin-rl-counters-split',
      'plugin-session-storage-kong',
    ]);
  });
});
