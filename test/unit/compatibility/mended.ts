import type { Upgrade } from '../../../lib/compatibility/changes';
import { checkDeclarative } from '../../../lib/compatibility/declarative/check';
import { readDeclarative } from '../../../lib/compatibility/declarative/document';
import { RULES } from '../../../lib/compatibility/declarative/rules';
import { checkKongConf, readKongConf } from '../../../lib/compatibility/kong-conf';
import { parameters } from '../../../lib/compatibility/kong-conf/parameters';
import { KongVersion } from '../../../lib/release/kong-version';

const upgrade = (from: string, to: string): Upgrade => ({ from: KongVersion.parse(from), to: KongVersion.parse(to) });
const UPGRADES = [
  upgrade('2.8', '3.4'),
  upgrade('3.4', '3.10'),
  upgrade('3.10', '3.14'),
  upgrade('2.8.4.1', '3.4.3.5'),
];

const OLD_QUEUE = { retry_count: 5, queue_size: 10, flush_timeout: 3 };

/** A configuration that holds what rules can mend, of 2.8 and of later versions, each in a plugin or route of its own. */
const DECLARATIVE = {
  services: [
    {
      name: 'a',
      host: 'a.test',
      routes: [
        { name: 'plain', paths: ['/docs/caf%C3%A9', '/a//b'] },
        { name: 'regex', paths: ['/users/\\d+', '/q%20\\d', '/esc\\/aped\\d'] },
        { name: 'odd', paths: ['/over\\yscaped\\d+', '/[a-z&&b]+'] },
        {
          name: 'nested',
          paths: ['/n'],
          plugins: [{ name: 'rate-limiting-advanced', config: { limit: [1], window_size: [1] } }],
        },
      ],
      plugins: [
        { name: 'acl', config: { whitelist: ['x'] } },
        { name: 'bot-detection', config: { blacklist: ['x'] } },
        { name: 'ip-restriction', config: { blacklist: ['10.0.0.1'] } },
        { name: 'canary', config: { hash: 'whitelist', percentage: 1 } },
        {
          name: 'acme',
          config: { account_email: 'a@b.test', storage: 'vault', storage_config: { vault: { host: 'v' } } },
        },
        { name: 'aws-lambda', config: { aws_region: 'eu-west-1', function_name: 'f', proxy_scheme: 'http' } },
        { name: 'http-log', config: { http_endpoint: 'http://x', headers: { a: ['b', 'c'] }, ...OLD_QUEUE } },
        { name: 'statsd', config: { ...OLD_QUEUE } },
        { name: 'datadog', config: { ...OLD_QUEUE } },
        {
          name: 'opentelemetry',
          config: {
            endpoint: 'http://x',
            access_logs_endpoint: 'http://y',
            batch_span_count: 10,
            batch_flush_delay: 3,
            queue: { max_batch_size: 1.5 },
          },
        },
        { name: 'pre-function', config: { functions: ['return 1'] } },
        { name: 'rate-limiting', config: { minute: 1, redis_host: 'r' } },
        { name: 'response-ratelimiting', config: { limits: { x: { minute: 1 } } } },
        { name: 'rate-limiting-advanced', config: { limit: [1], window_size: [1], sync_rate: -1 } },
        {
          name: 'session',
          config: {
            cookie_lifetime: 1,
            cookie_idletime: 1,
            cookie_samesite: 'Lax',
            cookie_httponly: true,
            cookie_discard: 1,
            cookie_renew: 1,
          },
        },
        {
          name: 'openid-connect',
          config: {
            issuer: 'http://i',
            session_cookie_lifetime: 1,
            session_cookie_renew: 1,
            session_strategy: 'default',
          },
        },
        { name: 'oauth2', config: { scopes: ['x'], refresh_token_ttl: 200_000_000 } },
        { name: 'syslog', config: {} },
        { name: 'zipkin', config: { queue: { max_batch_size: 1.5 } } },
        { name: 'request-termination', config: { message: 'x', status_code: null } },
        { name: 'collector', config: {} },
        {
          name: 'ai-rate-limiting-advanced',
          config: { llm_providers: [{ name: 'openai', limit: 1, window_size: 1 }] },
        },
        { name: 'hmac-auth', config: {} },
      ],
    },
  ],
  routes: [{ name: 'alone', paths: ['/alone/\\d+'] }],
  vaults_beta: [{ name: 'env', prefix: 'v' }],
  consumer_groups: [{ name: 'g', plugins: [{ name: 'ip-restriction', config: { whitelist: ['10.0.0.1'] } }] }],
  plugins: [{ name: 'prometheus' }, { name: 'rate-limiting', config: { minute: 1, policy: 'local', sync_rate: 1 } }],
};

const format = ({ from }: Upgrade): string => (from.isAtLeastMinor('3.0') ? '3.0' : '2.1');

/** Ids of the entries of which a rule mends something here. */
export const mendedInDeclarative = (): readonly string[] =>
  UPGRADES.flatMap((of) => {
    const document = readDeclarative(JSON.stringify({ ...DECLARATIVE, _format_version: format(of) }), 'kong.json', of);
    const context = { upgrade: of, formatVersion: document.formatVersion, conf: undefined };
    const { findings } = checkDeclarative(document, context, RULES);
    return findings.filter(({ fix }) => fix.mode === 'auto').map(({ id }) => id);
  });

const CONF = `
data_plane_config_cache_mode = unencrypted
data_plane_config_cache_path = /x
pg_ssl_version = tlsv1
admin_api_uri = http://x
prometheus_plugin_status_code_metrics = on
declarative_config_encryption_mode = aes
upstream_keepalive = 60
client_max_body_size = 1m
client_body_buffer_size = 8k
router_update_frequency = 1
nginx_optimizations = on
cluster_max_payload = 4194304
opentelemetry_tracing = all
opentelemetry_tracing_sampling_rate = 1
lmdb_map_size = 128m
plugins = bundled,collector
go_plugins_dir = /x
`;

/** Ids of the entries of which `check kong-conf --keep-behaviour` mends something here. */
export const mendedInConf = (): readonly string[] =>
  UPGRADES.flatMap((of) => {
    const { findings } = checkKongConf({
      conf: readKongConf(CONF, 'kong.conf'),
      environment: [],
      upgrade: of,
      keepBehaviour: true,
    });
    return findings
      .filter(({ fix }) => fix.mode === 'auto')
      .flatMap(({ id, sources }) => [
        ...(parameters().get(id)?.changes ?? []),
        ...sources.flatMap((source) => /^facts: (.+)$/.exec(source)?.[1] ?? []),
      ]);
  });
