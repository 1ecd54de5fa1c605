import { KongVersion } from '../../../../lib/release/kong-version';
import { editionsOf, parameters } from '../../../../lib/compatibility/kong-conf/parameters';
import { about, check, confOf } from './helpers';

const upgrade = (from: string, to: string) => ({ from: KongVersion.parse(from), to: KongVersion.parse(to) });

describe('the edition', () => {
  test.each([
    [
      '2.8',
      '3.4',
      [
        ['oss', 'oss'],
        ['enterprise', 'enterprise'],
      ],
    ],
    ['2.8.5', '3.4', [['oss', 'oss']]],
    ['2.8.5', '3.4.3.5', [['oss', 'enterprise']]],
    ['2.8.4.9', '3.4', [['enterprise', 'enterprise']]],
    ['2.8', '3.10', [['enterprise', 'enterprise']]],
    ['3.4.2', '3.9.1', [['oss', 'oss']]],
  ])('of %s → %s', (from, to, expected) => {
    expect(editionsOf(upgrade(from, to))).toEqual(expected);
  });

  test('is named where the two differ', () => {
    expect(about('', 'upstream_keepalive_pool_size')).toMatchObject({
      message: expect.stringMatching(/^open source: .* from 60 to 512$/) as string,
    });
    expect(about('', 'upstream_keepalive_pool_size', { from: '2.8.5', to: '3.4.2' })?.message).not.toContain(
      'open source',
    );
    expect(about('', 'upstream_keepalive_pool_size', { from: '2.8.4.9', to: '3.4.3.5' })).toBeUndefined();
  });

  test('from open source to Enterprise: the defaults of each', () => {
    expect(about('', 'dns_stale_ttl', { from: '2.8.5', to: '3.4.3.5' })).toMatchObject({
      severity: 'default-changed',
      message: expect.stringContaining('from 4 to 3600') as string,
    });
  });
});

describe('steps between the listed minors', () => {
  test.each([
    ['2.8', '3.2', 'client_max_body_size = 1m', 'client_max_body_size', 'renamed'],
    ['2.8', '3.2', 'cassandra_port = 1', 'cassandra_port', undefined],
    ['3.2', '3.4', 'cassandra_port = 1', 'cassandra_port', 'removed'],
    ['2.8', '3.2', 'database = cassandra', 'database', undefined],
    ['3.2', '3.4', 'database = cassandra', 'database', 'breaking'],
    ['3.2', '3.4', 'client_max_body_size = 1m', 'client_max_body_size', 'info'],
    ['3.2', '3.4', 'declarative_config_encryption_mode = off', 'declarative_config_encryption_mode', 'removed'],
    ['2.8', '3.2', 'opentelemetry_tracing = all', 'opentelemetry_tracing', 'info'],
    ['3.2', '3.4', 'opentelemetry_tracing = all', 'opentelemetry_tracing', 'deprecated'],
    ['3.4', '3.6', 'tracing = on', 'tracing', 'future'],
    ['3.4', '3.7', 'tracing = on', 'tracing', 'removed'],
    ['3.4', '3.5', 'portal = on', 'portal', 'removed'],
    ['2.8', '3.4', 'portal = on', 'portal', 'future'],
    ['3.10', '3.11', 'wasm = on', 'wasm', 'removed'],
    ['3.4', '3.10', 'wasm = on', 'wasm', undefined],
  ])('%s → %s: %s', (from, to, text, id, severity) => {
    expect(about(`prefix = /x\n${text}\n`, id, { from, to })?.severity).toBe(severity);
  });

  test('what is taken away is told before the upgrade that takes it, after one that comes near', () => {
    expect(about('portal = on\n', 'portal', { from: '3.4', to: '3.10' })?.when).toBe('before');
    expect(about('portal = on\n', 'portal', { from: '2.8', to: '3.4' })?.when).toBe('after');
  });

  test('what the version that runs ignores and the new one obeys is told', () => {
    const told = about('router_flavor = expressions\n', 'router_flavor', { from: '2.8', to: '3.4' });
    expect(told).toMatchObject({ severity: 'info', message: expect.stringContaining('Kong 3.4 obeys it') });
    // A minor may be Enterprise, whose 2.8 knew it.
    const gui = 'admin_gui_url = http://x\n';
    expect(about(gui, 'admin_gui_url', { from: '2.8', to: '3.4' })).toBeUndefined();
    expect(about(gui, 'admin_gui_url', { from: '2.8.5', to: '3.4.2' })).toMatchObject({ severity: 'info' });
    expect(about('router_flavor = traditional_compatible\n', 'router_flavor')).toBeUndefined();
    expect(about('router_flavor = traditional\n', 'router_flavor')).toBeUndefined();
  });

  test('say so where nothing tells in which minor it changed', () => {
    expect(about('', 'lua_socket_pool_size', { from: '3.4', to: '3.7' })?.message).toContain('between 3.4 and 3.10');
    expect(about('', 'lua_socket_pool_size', { from: '3.4', to: '3.10' })?.message).not.toContain('between');
    expect(check('', { from: '3.4', to: '3.7' }).limits).not.toEqual([]);
    expect(check('', { from: '3.4.3.5', to: '3.10.0.0' }).limits).toEqual([]);
  });

  test('of open source after 3.4 are said to be unknown', () => {
    expect(check('', { from: '3.4.2', to: '3.9.1' }).limits.join()).toContain('open source');
  });
});

test('an upgrade over several stops finds what each of them changes', () => {
  const ids = (from: string, to: string) =>
    new Set(
      check('pg_ssl = on\n', { from, to })
        .findings.filter(({ severity }) => severity === 'default-changed')
        .map(({ id }) => id),
    );
  const whole = ids('2.8.4.9', '3.14.0.0');
  for (const [from, to] of [
    ['2.8.4.9', '3.4.3.5'],
    ['3.4.3.5', '3.10.0.0'],
    ['3.10.0.0', '3.14.0.0'],
  ] as const) {
    expect([...ids(from, to)].filter((id) => !whole.has(id))).toEqual([]);
  }
  expect(whole).toContain('untrusted_lua');
  expect(whole).toContain('pg_ssl_verify');
});

test.each([
  ['2.8.5', '3.4.2', 'oss', '2.8'],
  ['2.8.4.9', '3.4.3.5', 'enterprise', '2.8'],
  ['3.4.3.5', '3.10.0.0', 'enterprise', '3.4'],
  ['3.10.0.0', '3.14.0.0', 'enterprise', '3.10'],
] as const)(
  '%s → %s: a kong.conf that sets everything to its default holds nothing refused or unknown',
  (from, to, edition, minor) => {
    const all = [...parameters().values()].filter(({ internal, defaults }) => !internal && defaults[edition][minor]);
    expect(all.length).toBeGreaterThan(100);
    const { findings } = check(
      confOf(Object.fromEntries(all.map(({ name, defaults }) => [name, defaults[edition][minor]!]))),
      { from, to },
    );
    const allowed = findings.filter(
      ({ line, severity }) =>
        line !== null && !['removed', 'renamed', 'deprecated', 'info', 'future'].includes(severity),
    );
    // Old defaults that are told for good reason.
    expect(
      allowed
        .map(({ id }) => id)
        .filter((id) => !['pg_ssl_version', 'cluster_max_payload', 'ssl_protocols'].includes(id)),
    ).toEqual([]);
    expect(findings.filter(({ message }) => /no parameter of Kong|does not know it/.test(message))).toEqual([]);
  },
);
