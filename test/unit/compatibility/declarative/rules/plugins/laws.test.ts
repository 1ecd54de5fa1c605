import fc from 'fast-check';
import { PLUGIN_RULES } from '../../../../../../lib/compatibility/declarative/rules/plugins';
import { context, plugin } from '../../entity';
import { edited } from './rewritten';

const NAMES = [
  ...new Set(
    PLUGIN_RULES.flatMap(({ on }) => on).flatMap((kind) => (kind.startsWith('plugins:') ? [kind.slice(8)] : [])),
  ),
];
const FIELDS = [
  ...['whitelist', 'blacklist', 'allow', 'deny', 'functions', 'access', 'headers', 'proxy_scheme', 'hash', 'policy'],
  ...['queue', 'queue_size', 'flush_timeout', 'retry_count', 'batch_span_count', 'batch_flush_delay', 'sync_rate'],
  ...['cookie_lifetime', 'rolling_timeout', 'cookie_idletime', 'idling_timeout', 'cookie_samesite', 'cookie_same_site'],
  ...['session_cookie_samesite', 'session_memcache_host', 'session_memcached_host', 'session_strategy', 'strategy'],
  ...[
    'redis',
    'redis_host',
    'redis_password',
    'redis_timeout',
    'storage',
    'storage_config',
    'namespace',
    'status_code',
  ],
  ...['refresh_token_ttl', 'latency_metrics', 'facility', 'aws_key', 'domains'],
];
const SECRET = 's3cret';
const leaf = fc.constantFrom<unknown>(
  null,
  [],
  [SECRET],
  SECRET,
  'off',
  'whitelist',
  'redis',
  'vault',
  0,
  0.5,
  200,
  true,
  `{vault://env/${SECRET}}`,
);
const map = fc.dictionary(
  fc.constantFrom(
    'host',
    'timeout',
    'cluster_addresses',
    'cluster_nodes',
    'max_batch_size',
    'max_entries',
    'X-Key',
    'vault',
    'redis',
    'auth',
  ),
  fc.oneof(leaf, fc.constant({ auth: SECRET, namespace: 'a' }), fc.constant(['h:1'])),
);
const config = fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(leaf, map), { maxKeys: 8 });
const upgrade = context({ to: '3.10' });

/** All rules, as the engine asks them. */
function run(name: string, before: Record<string, unknown>) {
  let value: Record<string, unknown> = { name, config: before };
  const messages: string[] = [];
  for (const rule of PLUGIN_RULES) {
    const found = rule.check({ ...plugin(name, {}), value }, upgrade, rule.begin?.(upgrade));
    if (typeof found === 'string') continue;
    if (rule.id !== 'plugin-jwt-multi-token') messages.push(...found.map(({ message, how }) => `${message} ${how}`));
    const edits = found.flatMap((violation) => violation.edits ?? []);
    value = (edited(value, edits) as Record<string, unknown> | undefined) ?? { name, config: {} };
  }
  return { config: value.config, messages };
}

describe('the rules over plugins, for any configuration', () => {
  test('edit what they say they edit, and nothing more the second time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), config, (name, before) => {
        const once = run(name, before).config as Record<string, unknown>;
        expect(run(name, once).config).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('leave plugins that Kong does not bundle alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), config, (name, before) => {
        expect(run(`${name}-custom`, before)).toEqual({ config: before, messages: [] });
      }),
    );
  });

  test('never tell a value that is a text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), config, (name, before) => {
        expect(run(name, before).messages.join('\n')).not.toContain(SECRET);
      }),
      { numRuns: 1000 },
    );
  });
});
