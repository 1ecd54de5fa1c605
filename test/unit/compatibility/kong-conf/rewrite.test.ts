import fc from 'fast-check';
import { needsAction } from '../../../../lib/compatibility/finding';
import { parameters } from '../../../../lib/compatibility/kong-conf/parameters';
import { about, check } from './helpers';

const rewritten = (text: string, options = {}): string => check(text, options).rewritten!;
const ENTERPRISE = { from: '2.8.4.9', to: '3.4.3.5' };

describe('the written file', () => {
  test('has a new name in the place of the old, all else as it was', () => {
    expect(rewritten('# a\r\n\r\n  client_max_body_size=1m # uploads\r\nprefix = /x\r\n')).toBe(
      '# a\r\n\r\n  nginx_http_client_max_body_size=1m # uploads\r\nprefix = /x\r\n',
    );
  });

  test('has what is gone as a comment, with the reason', () => {
    expect(rewritten('nginx_optimizations = on\n')).toBe(
      '# kong-dual-cluster: nginx_optimizations is not read by Kong 3.4: Kong writes these directives by itself\n# nginx_optimizations = on\n',
    );
  });

  test('does not keep a limit that was raised: the old one would be told as too small', () => {
    const options = { from: '2.8.5', to: '3.4.2', keepBehaviour: true };
    const kept = rewritten('role = data_plane\nlog_level = notice\n', options);
    expect(kept).not.toContain('cluster_max_payload');
    expect(about(kept, 'cluster_max_payload', options)).toMatchObject({ severity: 'default-changed', line: null });
  });

  test('comments out all lines of a setting that goes over several', () => {
    expect(rewritten('cassandra_contact_points = a, \\\n# two\n  b\npg_host = db\n')).toMatch(
      /^# kong-dual-cluster: .*\n# cassandra_contact_points = a, \\\n# two\n# {3}b\npg_host = db\n$/,
    );
  });

  test.each([
    ['nginx_upstream_keepalive = NONE', 'upstream_keepalive_pool_size = 0'],
    ['nginx_upstream_keepalive_requests = 5', 'upstream_keepalive_max_requests = 5'],
    ['nginx_http_upstream_keepalive_timeout = 1m 30s # x', 'upstream_keepalive_idle_timeout = 90 # x'],
    ['router_update_frequency = 5', 'worker_state_update_frequency = 5'],
  ])('puts values into the form of the new name: %s', (before, after) => {
    expect(rewritten(`${before}\n`)).toBe(`${after}\n`);
  });

  test('leaves a value that it can not put into that form to a person', () => {
    const text = 'nginx_upstream_keepalive_timeout = soon\n';
    expect(rewritten(text)).toBe(text);
    expect(about(text, 'nginx_upstream_keepalive_timeout')).toMatchObject({ fix: { mode: 'manual' } });
  });

  test('does not name a parameter twice: the new name wins, as it did in Kong 2.8', () => {
    const text = rewritten('upstream_keepalive = 10\nupstream_keepalive_pool_size = 20\n');
    expect(text).toMatch(/^# .*which this file sets\n# upstream_keepalive = 10\nupstream_keepalive_pool_size = 20\n$/);
  });

  test('leaves two old names of one parameter to a person', () => {
    const text = 'upstream_keepalive = 10\nnginx_upstream_keepalive = 20\n';
    expect(rewritten(text)).toBe(text);
  });

  test('never moves Cassandra to PostgreSQL by itself', () => {
    expect(rewritten('database = cassandra\n')).toBe('database = cassandra\n');
  });

  test('does not bring a setting to life that did nothing in the version that runs', () => {
    const text = 'client_max_body_size = 1m\npg_host = db\n';
    expect(rewritten(text, { from: '3.4', to: '3.10' })).toBe(text);
    expect(about(text, 'client_max_body_size', { from: '3.4', to: '3.10' })).toMatchObject({ severity: 'info' });
  });

  test('keeps old defaults only when asked, at the end, each with a comment', () => {
    expect(rewritten('pg_host = db', ENTERPRISE)).toBe('pg_host = db');
    const kept = rewritten('pg_host = db', { ...ENTERPRISE, keepBehaviour: true });
    expect(kept).toMatch(/^pg_host = db\n\n# kong-dual-cluster: .*\n/);
    expect(kept).toContain(
      '\n# upstream_keepalive_max_requests: default 1000, now 10000\nupstream_keepalive_max_requests = 1000\n',
    );
    expect(kept).toContain('\nrouter_flavor = traditional\n');
  });

  test('keeps nothing for a minor of which the two editions did different things', () => {
    const options = { from: '2.8', to: '3.4', keepBehaviour: true };
    expect(rewritten('', options)).not.toContain('upstream_keepalive_max_requests');
    expect(about('', 'upstream_keepalive_max_requests', options)?.fix.how).toContain('2.8.4.9');
    expect(check('', options).limits.join()).toMatch(/both editions of 2.8 did alike: give --from with its edition/);
  });

  test('keeps what Enterprise did where the file sets what only Enterprise reads', () => {
    const options = { from: '2.8', to: '3.4', keepBehaviour: true };
    const text = 'admin_api_uri = https://admin.example.com\n';
    expect(rewritten(text, options)).toContain('\npg_keepalive_timeout = 60000\n');
    expect(rewritten(text, options)).toContain('\nupstream_keepalive_max_requests = 1000\n');
    // Open source alone changed these.
    expect(rewritten(text, options)).not.toMatch(/^(vaults|upstream_keepalive_pool_size) =/m);
    expect(about(text, 'vaults', options)?.message).toContain('open source: vaults is not set');
    expect(check(text, options).limits.join()).toContain('because admin_api_uri is set');
    const byEnvironment = { ...options, environment: 'KONG_PORTAL=on\n' };
    expect(rewritten('pg_host = db\n', byEnvironment)).toContain('\npg_keepalive_timeout = 60000\n');
    // A version that says its edition is believed.
    expect(rewritten(text, { ...options, from: '2.8.5' })).not.toContain('pg_keepalive_timeout');
  });
});

describe('laws of the written file', () => {
  const names = [...parameters().values()].filter(({ internal }) => !internal).map(({ name }) => name);
  const changing = [...parameters().values()]
    .filter(
      ({ replacement, changes, values }) =>
        replacement !== undefined || changes.length > 0 || Object.keys(values).length > 0,
    )
    .map(({ name }) => name);
  const value = fc.oneof(
    fc.constantFrom(
      'on',
      'off',
      '60',
      '1m',
      'NONE',
      'tlsv1',
      'strict',
      'cassandra',
      'a, b',
      'x # c',
      'a\\#b',
      '',
      '{vault://env/x}',
    ),
    fc.string({ unit: fc.constantFrom(...'ab1 ,=#/:\\"'.split('')), maxLength: 12 }),
  );
  const line = fc.oneof(
    fc.constantFrom('', '# a comment', '  ; another', 'nothing', 'plugins = bundled, \\', 'my_own = 1'),
    fc
      .tuple(
        fc.constantFrom('', ' ', '\t'),
        fc.oneof(fc.constantFrom(...changing), fc.constantFrom(...names)),
        fc.constantFrom('=', ' = ', '  =\t'),
        value,
      )
      .map((parts) => parts.join('')),
  );
  const conf = fc
    .tuple(fc.array(line, { maxLength: 15 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(
      ([lines, eol, ends]) =>
        ['prefix = /usr/local/kong', ...lines, 'log_level = notice'].join(eol) + (ends ? eol : ''),
    );
  const options = fc.record({
    versions: fc.constantFrom<[string, string]>(
      ['2.8', '3.4'],
      ['2.8.5', '3.4.2'],
      ['2.8.4.9', '3.4.3.5'],
      ['3.4', '3.10'],
      ['3.10', '3.14'],
      ['2.8', '3.14'],
      ['3.1', '3.7'],
    ),
    keepBehaviour: fc.boolean(),
  });
  const law = (check: (text: string, options: { from: string; to: string; keepBehaviour: boolean }) => void) =>
    fc.assert(
      fc.property(conf, options, (text, { versions: [from, to], keepBehaviour }) =>
        check(text, { from, to, keepBehaviour }),
      ),
      { numRuns: 150 },
    );

  test('writing twice is writing once', () => {
    law((text, given) => {
      const once = rewritten(text, given);
      expect(rewritten(once, given)).toBe(once);
    });
  });

  test('it has nothing left that can be mended without a person', () => {
    law((text, given) => {
      const { findings } = check(rewritten(text, given), given);
      expect(findings.filter(({ fix }) => fix.mode === 'auto')).toEqual([]);
    });
  });

  test('it brings no finding that was not there before, and says the same again', () => {
    law((text, given) => {
      const key = ({ id, severity, line }: { id: string; severity: string; line: number | null }) =>
        `${id} ${severity} ${line === null}`;
      const before = check(text, given);
      expect(check(text, given)).toEqual(before);
      const alarms = check(before.rewritten, given).findings.filter(
        (finding) => needsAction(finding) && finding.severity !== 'deprecated',
      );
      const known = new Set(before.findings.map(key));
      expect(alarms.filter((finding) => !known.has(key(finding)))).toEqual([]);
    });
  });

  test('without findings to mend the bytes stay', () => {
    law((text, given) => {
      const { findings, rewritten: out } = check(text, given);
      if (!findings.some(({ fix }) => fix.mode === 'auto')) expect(out).toBe(text);
    });
  });
});

describe('a name that Kong does not know', () => {
  test.each([
    ['log_levle', 'log_level'],
    ['proxy_listn', 'proxy_listen'],
    ['PG_HOST', 'pg_host'],
    ['pg_hostt', 'pg_host'],
  ])('%s is told with what was meant, %s', (wrong, meant) => {
    expect(about(`prefix = /x\n${wrong} = 1\n`, wrong)).toMatchObject({
      severity: 'info',
      line: 2,
      fix: { how: expect.stringContaining(meant) as string },
    });
  });

  test('is nothing to worry about where it becomes an nginx directive, a plugin server or a vault', () => {
    const text =
      'nginx_http_gzip = on\npluginserver_go_socket = /x\nnginx_proxy_proxy_bind = 1.1.1.1\nvault_mine_prefix = a\n';
    expect(check(text).findings.filter(({ line }) => line !== null)).toEqual([]);
  });
});

test('no finding shows a secret', () => {
  const text = [
    'pg_password',
    'cassandra_password',
    'admin_gui_session_conf',
    'portal_auth_conf',
    'nginx_http_proxy_set_header',
    'vitals_tsdb_password',
  ]
    .map((name) => `${name} = hunter2\n`)
    .join('');
  const { findings } = check(`${text}client_max_body_size = http://u:hunter2@x\n`, { from: '2.8', to: '3.14' });
  expect(findings.length).toBeGreaterThan(3);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test.each([
  ['2.7', '3.4'],
  ['3.10', '3.15'],
])('%s to %s is refused: the lists hold 2.8 to 3.14', (from, to) => {
  expect(() => check('pg_host = db\n', { from, to })).toThrow(/2\.8 to 3\.14.*CONF_VERSIONS/s);
});

test("a file of settings of which none is Kong's is refused", () => {
  expect(() => check('user = me\nhome = /x\n')).toThrow(/CONF_NOT_KONG_CONF/);
  expect(() => check('KONG_PG_HOST = x\n')).toThrow(/--env-file/);
});

test('10,000 lines take well under a second, names that nobody knows among them', () => {
  const text = Array.from({ length: 10_000 }, (_, at) =>
    at % 3 ? `nginx_http_x${at} = ${at}` : at % 2 ? `my_parameter_${at} = 1` : '# c',
  ).join('\n');
  const begun = performance.now();
  check(`pg_host = db\n${text}`);
  expect(performance.now() - begun).toBeLessThan(1000);
});
