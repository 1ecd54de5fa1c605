import { PLUGIN_RULES } from '../../../../../../lib/compatibility/declarative/rules/plugins';
import type { DeclarativeRule } from '../../../../../../lib/compatibility/declarative/rule';
import { context, entity, plugin, verdict } from '../../entity';
import { config, rewritten, violations } from './rewritten';

const rule = (id: string): DeclarativeRule => {
  const found = PLUGIN_RULES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found;
};

type Config = Record<string, unknown>;
/** The smallest configuration that shows it, what becomes of it, and one that is as it should be. */
const EXAMPLES: readonly [id: string, name: string, before: Config, after: Config, compliant: Config][] = [
  [
    'plugin-acl-blacklist-whitelist',
    'acl',
    { whitelist: ['a'], hide_groups_header: true },
    { allow: ['a'], hide_groups_header: true },
    { allow: ['a'] },
  ],
  [
    'plugin-bot-detection-blacklist-whitelist',
    'bot-detection',
    { blacklist: ['curl'] },
    { deny: ['curl'] },
    { deny: ['curl'] },
  ],
  [
    'plugin-ip-restriction-blacklist-whitelist',
    'ip-restriction',
    { blacklist: ['10.0.0.1'], whitelist: null },
    { deny: ['10.0.0.1'] },
    { deny: ['10.0.0.1'] },
  ],
  ['plugin-canary-hash-names', 'canary', { hash: 'whitelist' }, { hash: 'allow' }, { hash: 'consumer' }],
  [
    'plugin-acme-auth-method',
    'acme',
    { storage: 'vault' },
    { storage: 'vault', storage_config: { vault: { auth_method: 'token' } } },
    { storage: 'vault', storage_config: { vault: { auth_method: 'kubernetes' } } },
  ],
  [
    'plugin-aws-lambda-proxy-scheme',
    'aws-lambda',
    { proxy_scheme: 'https', proxy_url: 'http://p' },
    { proxy_url: 'http://p' },
    { proxy_url: 'http://p' },
  ],
  [
    'plugin-http-log-headers',
    'http-log',
    { headers: { 'x-log-token': ['abc', 'def'], 'x-single': ['one'] } },
    { headers: { 'x-log-token': 'abc, def', 'x-single': 'one' } },
    { headers: { a: 'b' } },
  ],
  [
    'plugin-http-log-queue',
    'http-log',
    { queue_size: 100, flush_timeout: 5, retry_count: 10 },
    { queue: { max_batch_size: 100, max_coalescing_delay: 5 } },
    { queue: { max_batch_size: 100 } },
  ],
  ['plugin-statsd-queue', 'statsd', { queue_size: 1, flush_timeout: 2, retry_count: 10 }, {}, {}],
  [
    'plugin-datadog-queue',
    'datadog',
    { flush_timeout: 0.5, queue: { max_entries: 7 } },
    { queue: { max_entries: 7, max_coalescing_delay: 0.5 } },
    {},
  ],
  [
    'plugin-opentelemetry-queue',
    'opentelemetry',
    { batch_flush_delay: 5 },
    { queue: { max_batch_size: 200, max_coalescing_delay: 5 } },
    {},
  ],
  [
    'plugin-queue-integers',
    'http-log',
    { queue: { max_batch_size: 2.5, initial_retry_delay: 0 } },
    { queue: { max_batch_size: 3, initial_retry_delay: 0.001 } },
    { queue: { max_batch_size: 3 } },
  ],
  [
    'plugin-prometheus-metrics-off',
    'prometheus',
    { per_consumer: false, latency_metrics: false },
    {
      per_consumer: false,
      latency_metrics: false,
      status_code_metrics: true,
      bandwidth_metrics: true,
      upstream_health_metrics: true,
    },
    { status_code_metrics: true, latency_metrics: false, bandwidth_metrics: true, upstream_health_metrics: true },
  ],
  [
    'plugin-functions-removed',
    'pre-function',
    { functions: ['return 1'], access: [] },
    { access: ['return 1'] },
    { access: ['return 1'] },
  ],
  [
    'plugin-rate-limiting-policy',
    'rate-limiting',
    { minute: 5 },
    { minute: 5, policy: 'cluster' },
    { policy: 'local' },
  ],
  ['plugin-response-ratelimiting-policy', 'response-ratelimiting', {}, { policy: 'cluster' }, { policy: 'redis' }],
  [
    'plugin-rate-limiting-advanced-policy',
    'rate-limiting-advanced',
    {},
    { strategy: 'cluster' },
    { strategy: 'redis' },
  ],
  [
    'plugin-rate-limiting-sync-rate',
    'rate-limiting',
    { policy: 'local', sync_rate: 1 },
    { policy: 'local' },
    { policy: 'redis', sync_rate: 0.02 },
  ],
  [
    'plugin-session-cookie-lifetime',
    'session',
    { cookie_lifetime: 7200 },
    { rolling_timeout: 7200 },
    { rolling_timeout: 1 },
  ],
  ['plugin-session-cookie-idletime', 'session', { cookie_idletime: null }, { idling_timeout: 0 }, {}],
  ['plugin-session-cookie-samesite', 'session', { cookie_samesite: 'off' }, { cookie_same_site: 'Lax' }, {}],
  ['plugin-session-cookie-httponly', 'session', { cookie_httponly: false }, { cookie_http_only: false }, {}],
  ['plugin-session-cookie-discard', 'session', { cookie_discard: 10 }, { stale_ttl: 10 }, {}],
  ['plugin-session-cookie-renew', 'session', { cookie_renew: 600 }, {}, {}],
  [
    'plugin-oidc-session-renames',
    'openid-connect',
    { authorization_cookie_samesite: 'off', session_cookie_samesite: 'off', session_memcache_host: 'm' },
    { authorization_cookie_same_site: 'Default', session_cookie_same_site: 'Lax', session_memcached_host: 'm' },
    {},
  ],
  [
    'plugin-oidc-session-removed',
    'saml',
    { session_strategy: 'default', session_secret: 's' },
    { session_secret: 's' },
    {},
  ],
  [
    'plugin-oauth2-refresh-ttl',
    'oauth2',
    { refresh_token_ttl: 200_000_000 },
    { refresh_token_ttl: 100_000_000 },
    { refresh_token_ttl: 0 },
  ],
  ['plugin-syslog-facility', 'syslog', {}, { facility: 'user' }, { facility: 'local0' }],
  [
    'plugin-request-termination-status',
    'request-termination',
    { message: 'no' },
    { message: 'no', status_code: 503 },
    { status_code: 403 },
  ],
  [
    'plugin-redis-shared-config-future',
    'rate-limiting',
    { redis_host: 'r', redis_port: 6379, redis_password: null },
    { redis: { host: 'r', port: 6379 } },
    { redis: { host: 'r' } },
  ],
  [
    'plugin-session-read-body-for-logout',
    'session',
    {},
    { read_body_for_logout: true },
    { read_body_for_logout: false },
  ],
  [
    'plugin-ai-rate-limiting-arrays',
    'ai-rate-limiting-advanced',
    { llm_providers: [{ limit: 1, window_size: [60] }] },
    { llm_providers: [{ limit: [1], window_size: [60] }] },
    {},
  ],
  [
    'plugin-opentelemetry-access-logs',
    'opentelemetry',
    { access_logs_endpoint: 'http://x' },
    { access_logs: { endpoint: 'http://x' } },
    {},
  ],
  ['plugin-hide-credentials-default', 'key-auth', {}, { hide_credentials: false }, { hide_credentials: true }],
  [
    'plugin-hmac-sha1-default',
    'hmac-auth',
    {},
    { algorithms: ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] },
    { algorithms: ['hmac-sha256'] },
  ],
];

describe.each(EXAMPLES)('%s', (id, name, before, after, compliant) => {
  test('is mended, and a second time changes nothing', () => {
    expect(config(rule(id), name, before)).toEqual(after);
  });
  test('is content with what it made and with what is right', () => {
    expect(verdict(rule(id), plugin(name, after))).toBe('compliant');
    expect(verdict(rule(id), plugin(name, compliant))).toBe('compliant');
  });
  test('leaves the same fields of a plugin of another name alone', () => {
    expect(verdict(rule(id), plugin(`${name}-custom`, before))).toBe('not-applicable');
  });
});

describe('fields with another name', () => {
  const acl = rule('plugin-acl-blacklist-whitelist');
  const refused = (before: Config) => violations(acl, plugin('acl', before));

  test('a person chooses where both say something different', () => {
    expect(refused({ whitelist: ['a'], allow: ['b'] })).toMatchObject([
      { path: ['config', 'whitelist'], how: 'decide which of them holds and remove config.whitelist' },
    ]);
    expect(config(acl, 'acl', { whitelist: ['a'], allow: ['b'] })).toEqual({ whitelist: ['a'], allow: ['b'] });
  });
  test.each([
    [{ whitelist: [], allow: ['b'] }, { allow: ['b'] }],
    [{ whitelist: ['a'], allow: [] }, { allow: ['a'] }],
    [{ whitelist: ['a'], allow: ['a'] }, { allow: ['a'] }],
    [{ whitelist: ['a'], allow: null }, { allow: ['a'] }],
  ])('the one that says something wins: %j', (before, after) => {
    expect(config(acl, 'acl', before)).toEqual(after);
  });
  test('code in functions is not lost where access has some, as it is in the migration of Kong', () => {
    const both = { functions: ['a()'], access: ['b()'] };
    expect(config(rule('plugin-functions-removed'), 'post-function', both)).toEqual(both);
  });
  test('vault references move as they are', () => {
    const before = { redis_password: '{vault://env/redis}' };
    expect(config(rule('plugin-redis-shared-config-future'), 'rate-limiting', before)).toEqual({
      redis: { password: '{vault://env/redis}' },
    });
  });
});

describe('headers of http-log', () => {
  const headers = rule('plugin-http-log-headers');
  test('an empty list is dropped, and the map with the last of them', () => {
    expect(config(headers, 'http-log', { headers: { a: [], b: ['x'] } })).toEqual({ headers: { b: 'x' } });
    expect(config(headers, 'http-log', { headers: { a: [], b: [] } })).toEqual({ headers: null });
  });
  test('a header may have a dot in its name', () => {
    expect(config(headers, 'http-log', { headers: { 'x.y': ['1', '2'] } })).toEqual({ headers: { 'x.y': '1, 2' } });
  });
  test('a reference alone stays one; among others a person has to look', () => {
    expect(config(headers, 'http-log', { headers: { a: ['{vault://env/t}'] } })).toEqual({
      headers: { a: '{vault://env/t}' },
    });
    const mixed = { headers: { a: ['{vault://env/t}', 'x'] } };
    expect(config(headers, 'http-log', mixed)).toEqual(mixed);
  });
  test('values are not told', () => {
    const found = violations(headers, plugin('http-log', { headers: { Authorization: ['Bearer s3cret'] } }));
    expect(found[0]?.message).not.toContain('s3cret');
  });
});

describe('old queues', () => {
  test('a number of retries that somebody chose cannot become a time', () => {
    const queue = rule('plugin-http-log-queue');
    expect(violations(queue, plugin('http-log', { retry_count: 0 }))).toMatchObject([
      { path: ['config', 'retry_count'] },
    ]);
    expect(config(queue, 'http-log', { retry_count: 0 })).toEqual({ retry_count: 0 });
    expect(config(queue, 'http-log', { retry_count: 0, queue: { max_retry_time: 1 } })).toEqual({
      queue: { max_retry_time: 1 },
    });
  });
});

describe('limits', () => {
  const policy = rule('plugin-rate-limiting-policy');
  test('nodes without a database counted locally before, too', () => {
    expect(verdict(policy, plugin('rate-limiting', {}), context({ conf: { database: 'off' } }))).toBe('not-applicable');
    expect(verdict(policy, plugin('rate-limiting', {}), context({ conf: { role: 'data_plane' } }))).toBe(
      'not-applicable',
    );
  });
  test('a plugin without a configuration gets one', () => {
    expect(rewritten(policy, entity('plugins', { name: 'rate-limiting' }))).toEqual({
      name: 'rate-limiting',
      config: { policy: 'cluster' },
    });
  });
  test('what the plugin of a consumer group overrode is not known', () => {
    const group = entity('consumer_groups', { name: 'gold' });
    const found = violations(rule('plugin-rate-limiting-advanced-policy'), plugin('rate-limiting-advanced', {}, group));
    expect(found).toMatchObject([{ path: ['config', 'strategy'] }]);
    expect(found[0]?.edits).toBeUndefined();
  });
  test('the shortest time between two syncs with redis is 0.02 s', () => {
    expect(config(rule('plugin-rate-limiting-sync-rate'), 'rate-limiting', { policy: 'redis', sync_rate: 0 })).toEqual({
      policy: 'redis',
      sync_rate: 0.02,
    });
  });
  test("a negative life of a refresh token is a person's to mend", () => {
    const ttl = rule('plugin-oauth2-refresh-ttl');
    expect(config(ttl, 'oauth2', { refresh_token_ttl: -1 })).toEqual({ refresh_token_ttl: -1 });
    expect(violations(ttl, plugin('oauth2', { refresh_token_ttl: -1 }))).toHaveLength(1);
  });
});

describe('namespaces of rate-limiting-advanced', () => {
  const rla = rule('plugin-rla-namespace');
  const service = entity('services', { name: 'orders' });
  const nested = plugin('rate-limiting-advanced', { limit: [1] }, entity('routes', { name: 'list all' }, service));

  test('say where the plugin stands, also on a route in a service', () => {
    expect(rewritten(rla, nested).config).toEqual({ limit: [1], namespace: 'rla-service-orders-route-list-all' });
  });
  test('are the same at each run, and differ for two plugins', () => {
    const given = context();
    const state = rla.begin?.(given);
    const twice = [nested, nested].map((one) => rla.check(one, given, state));
    expect(twice[0]).toEqual(verdict(rla, nested));
    expect(twice[1]).toMatchObject([{ edits: [{ value: 'rla-service-orders-route-list-all-2' }] }]);
  });
  test('name the entities that the plugin refers to', () => {
    const global = entity('plugins', { name: 'rate-limiting-advanced', config: {}, consumer: { username: 'alice' } });
    expect(rewritten(rla, global).config).toEqual({ namespace: 'rla-consumer-alice' });
  });
  test('are left alone where they are set, and where the plugin is another', () => {
    expect(verdict(rla, plugin('rate-limiting-advanced', { namespace: 'mine' }))).toBe('compliant');
    expect(verdict(rla, plugin('mine', {}))).toBe('not-applicable');
  });
  test('deck leaves them out on a route in a service', () => {
    const deck = rule('deck-rla-nested-namespace');
    expect(verdict(deck, nested)).toMatchObject([{ path: ['config', 'namespace'] }]);
    expect(verdict(deck, plugin('rate-limiting-advanced', { namespace: 'x' }, nested.parent))).toBe('compliant');
    expect(verdict(deck, plugin('rate-limiting-advanced', {}, service))).toBe('not-applicable');
  });
});

describe('plugins of consumer groups', () => {
  const deck = rule('deck-consumer-group-plugins-not-converted');
  const group = entity('consumer_groups', { name: 'gold' });
  test('deck does not convert them', () => {
    expect(verdict(deck, plugin('acl', { whitelist: ['a'] }, group))).toMatchObject([
      { path: ['config', 'whitelist'] },
    ]);
    expect(verdict(deck, plugin('acl', { allow: ['a'] }, group))).toBe('compliant');
    expect(verdict(deck, plugin('acl', { whitelist: ['a'] }))).toBe('not-applicable');
  });
  test('is told before they are mended', () => {
    const order = PLUGIN_RULES.map(({ id }) => id);
    expect(order.indexOf('deck-consumer-group-plugins-not-converted')).toBeLessThan(
      order.indexOf('plugin-acl-blacklist-whitelist'),
    );
  });
});

describe('collector', () => {
  test('is taken out whole', () => {
    const collector = rule('plugin-collector-removed');
    expect(verdict(collector, plugin('collector', {}))).toMatchObject([{ edits: [{ op: 'remove', path: [] }] }]);
    expect(verdict(collector, plugin('collector-mine', {}))).toBe('not-applicable');
  });
});

describe('redis of 3.6 and 3.8', () => {
  const redis = rule('plugin-redis-shared-config-future');
  const to = (version: string) => context({ from: '3.4', to: version });

  test('acme has names of its own', () => {
    const before = {
      storage_config: { redis: { auth: 's3cret', ssl_server_name: 'n', namespace: 'a', scan_count: 5 } },
    };
    expect(config(redis, 'acme', before, to('3.10'))).toEqual({
      storage_config: {
        redis: { password: 's3cret', server_name: 'n', extra_options: { namespace: 'a', scan_count: 5 } },
      },
    });
    expect(JSON.stringify(violations(redis, plugin('acme', before)).map(({ message }) => message))).not.toContain(
      's3cret',
    );
  });
  test('lists of addresses become records, of a cluster with ip and of sentinels with host', () => {
    const before = {
      redis: { cluster_addresses: ['a:7000', 'b:7001'], sentinel_addresses: ['c:26379'], timeout: 2000 },
    };
    expect(config(redis, 'rate-limiting-advanced', before, to('3.10'))).toEqual({
      redis: {
        cluster_nodes: [
          { ip: 'a', port: 7000 },
          { ip: 'b', port: 7001 },
        ],
        sentinel_nodes: [{ host: 'c', port: 26379 }],
        connect_timeout: 2000,
        send_timeout: 2000,
        read_timeout: 2000,
      },
    });
  });
  test('what cannot be read as host and port stays', () => {
    const before = { redis: { cluster_addresses: ['{vault://env/nodes}'] } };
    expect(config(redis, 'proxy-cache-advanced', before, to('3.10'))).toEqual(before);
  });
  test('before 3.8 the lists are what Kong knows', () => {
    const before = plugin('rate-limiting-advanced', { redis: { cluster_addresses: ['a:7000'] } });
    expect(verdict(redis, before, to('3.7'))).toBe('not-applicable');
  });
});

describe('many fields of one plugin', () => {
  test('are one finding where they are mended alike', () => {
    expect(violations(rule('plugin-prometheus-metrics-off'), plugin('prometheus', {}))).toHaveLength(1);
    const found = violations(
      rule('plugin-redis-shared-config-future'),
      plugin('rate-limiting', { redis_host: 'r', redis_port: 6379, redis_ssl: true, redis: { ssl: false } }),
    );
    expect(found.map(({ edits }) => edits?.length)).toEqual([undefined, 4]);
    expect(found[1]?.message).toContain('config.redis_host, config.redis_port');
  });
});

describe('limits of sessions', () => {
  const defaults = rule('plugin-session-defaults');
  test('a session may idle as long as in 2.8; the absolute limit is for a person', () => {
    expect(config(defaults, 'session', {})).toEqual({ idling_timeout: 0 });
    expect(violations(defaults, plugin('session', {})).map(({ path }) => path[1])).toEqual([
      'idling_timeout',
      'absolute_timeout',
    ]);
  });
  test('of openid-connect and saml both are for a person', () => {
    expect(violations(defaults, plugin('saml', { session_absolute_timeout: 1 }))).toMatchObject([
      { path: ['config', 'session_idling_timeout'] },
    ]);
    expect(config(defaults, 'openid-connect', {})).toEqual({});
  });
  test('is content with both set, be it by the old name', () => {
    expect(verdict(defaults, plugin('session', { cookie_idletime: null, absolute_timeout: 0 }))).toBe('compliant');
    expect(verdict(defaults, plugin('sessions', {}))).toBe('not-applicable');
    expect(verdict(defaults, { ...plugin('session', {}), shared: {} })).toBe('not-applicable');
  });
});

describe('configurations that plugins share', () => {
  const taking = (name: string, own: Config, inherited: Config) => ({ ...plugin(name, own), inherited });

  test('a default is not written where the shared configuration says something', () => {
    const policy = rule('plugin-rate-limiting-policy');
    expect(verdict(policy, taking('rate-limiting', { minute: 1 }, { policy: 'redis' }))).toBe('compliant');
    expect(verdict(rule('plugin-rla-namespace'), taking('rate-limiting-advanced', {}, { namespace: 'x' }))).toBe(
      'compliant',
    );
  });
  test('a default is written into the plugin, since others may take the shared configuration', () => {
    const shared = { ...plugin('rate-limiting', {}), shared: {} };
    expect(verdict(rule('plugin-rate-limiting-policy'), shared)).toBe('not-applicable');
    expect(rewritten(rule('plugin-rate-limiting-policy'), taking('rate-limiting', {}, { minute: 1 })).config).toEqual({
      policy: 'cluster',
    });
  });
  test('a field with another name is mended where it stands', () => {
    const acl = rule('plugin-acl-blacklist-whitelist');
    expect(verdict(acl, taking('acl', {}, { whitelist: ['a'] }))).toBe('compliant');
    expect(rewritten(acl, { ...plugin('acl', { whitelist: ['a'] }), shared: {} }).config).toEqual({ allow: ['a'] });
  });
  test('its own key says all that it hid', () => {
    const before = taking('http-log', { flush_timeout: 5 }, { queue: { max_entries: 7 } });
    expect(rewritten(rule('plugin-http-log-queue'), before).config).toEqual({
      queue: { max_entries: 7, max_coalescing_delay: 5 },
    });
  });
  test('what is in force is looked at once, in the plugin', () => {
    const split = rule('plugin-rl-counters-split');
    expect(verdict(split, taking('rate-limiting', {}, { policy: 'cluster' }))).toHaveLength(1);
    expect(verdict(split, { ...plugin('rate-limiting', { policy: 'cluster' }), shared: {} })).toBe('not-applicable');
  });
});
