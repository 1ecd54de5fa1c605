import checkMatrix from '../../../recorded/conf/check-matrix.json';
import guide from '../../../recorded/conf/guide-table.json';
import matrix from '../../../recorded/conf/matrix.json';
import { needsAction } from '../../../../lib/compatibility/finding';
import { about, check, confOf } from './helpers';

const OSS = { from: '2.8.5', to: '3.4.2' };
const ENTERPRISE = { from: '2.8.4.9', to: '3.4.3.5' };
const ABSENT = '(not in GET / configuration)';

type Row = {
  readonly label: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly versions: Readonly<
    Record<string, { readonly outcome: string; readonly effective?: Readonly<Record<string, unknown>> }>
  >;
};
const rows = (matrix as unknown as readonly Row[]).filter(({ settings }) => Object.keys(settings).length > 0);
const outcome = (row: Row): string => row.versions['3.4.2']!.outcome;
/** Parameters of a row that the recording shows Kong 3.4.2 to do something else with than taking them. */
const subjects = (row: Row): readonly string[] => {
  const absent = Object.entries(row.versions['3.4.2']!.effective ?? {}).filter(([, value]) => value === ABSENT);
  return absent.length > 0 ? absent.map(([name]) => name) : Object.keys(row.settings);
};

/** The nodes of the recordings had a prefix in their kong.conf, among others. */
const recordedConf = ({ settings }: Row): string => confOf({ prefix: '/usr/local/kong', ...settings });

/** What needs more than the file: whether a path exists on the new node. */
const OUT_OF_SIGHT = new Set(['lua_ssl_trusted_certificate = missing file']);
/** Shown by GET / of 3.4.2, and the recording itself shows that neither pool nor nginx configuration changes. */
const SHOWN_WITHOUT_EFFECT = new Set(['nginx_http_upstream_keepalive = 60']);

describe('what real Kong 3.4.2 ignored, refused or warned about is found', () => {
  const told = rows.filter(
    (row) => /silently-ignored|rejected-by-check|warning|no-effect/.test(outcome(row)) && !OUT_OF_SIGHT.has(row.label),
  );

  test('there are such rows', () => expect(told.length).toBeGreaterThan(25));

  test.each(told.map((row) => [row.label, outcome(row), row] as const))('%s: %s', (_label, _outcome, row) => {
    const ids = check(recordedConf(row), OSS)
      .findings.filter(({ line }) => line !== null)
      .map(({ id }) => id);
    for (const name of subjects(row)) expect(ids).toContain(name);
  });

  test.each(told.filter((row) => outcome(row) === 'rejected-by-check').map((row) => [row.label, row] as const))(
    'refused is breaking: %s',
    (_, row) => {
      expect(check(recordedConf(row), OSS).findings).toContainEqual(
        expect.objectContaining({ id: Object.keys(row.settings)[0], severity: 'breaking' }),
      );
    },
  );

  test('what 2.8.5 took and 3.4.2 refused at kong check is found', () => {
    const accepted = (version: string, wanted: string) =>
      checkMatrix
        .filter((row) => row.kongVersion === version && row.outcome === wanted)
        .map(({ settings }) => settings.join('\n'));
    const early = new Set(accepted('2.8.5', 'accepted'));
    const refused = accepted('3.4.2', 'rejected').filter((settings) => early.has(settings));
    expect(refused).toEqual(['database = cassandra', 'router_flavor = bogus']);
    for (const settings of refused) {
      expect(about(settings, settings.split(' ')[0]!, OSS)).toMatchObject({ severity: 'breaking', line: 1 });
    }
  });
});

test('what 3.4.2 shows and does not obey is found: its nginx configuration stays the same, that of 2.8.5 did not', () => {
  for (const label of SHOWN_WITHOUT_EFFECT) {
    const row = rows.find((each) => each.label === label)!;
    expect([row.versions['2.8.5'], row.versions['3.4.2']].map((version) => 'nginxConfDiffers' in version!)).toEqual([
      true,
      false,
    ]);
    expect(about(recordedConf(row), Object.keys(row.settings)[0]!, OSS)).toMatchObject({ severity: 'renamed' });
  }
});

describe('what 3.4.2 took as it is raises no alarm', () => {
  const plain = rows.filter((row) => outcome(row) === 'accepted' && !SHOWN_WITHOUT_EFFECT.has(row.label));

  test('there are such rows', () => expect(plain.length).toBeGreaterThan(25));

  test.each(plain.map((row) => [row.label, row] as const))('%s', (_, row) => {
    const alarms = check(recordedConf(row), OSS).findings.filter(
      (finding) => finding.line !== null && needsAction(finding),
    );
    expect(alarms).toEqual([]);
  });
});

test('a plugin that is not in the image is told, because 3.4.2 does not start', () => {
  expect(about('plugins = bundled,nosuch\n', 'plugins', OSS)).toMatchObject({ severity: 'breaking', line: 1 });
});

describe("each row of the guide's table", () => {
  const expected: Readonly<Record<string, () => void>> = {
    data_plane_config_cache_mode: () =>
      expect(about('data_plane_config_cache_mode = unencrypted', 'data_plane_config_cache_mode')).toMatchObject({
        severity: 'removed',
        line: 1,
        fix: { mode: 'auto' },
      }),
    data_plane_config_cache_path: () =>
      expect(about('data_plane_config_cache_path = /x', 'data_plane_config_cache_path')).toMatchObject({
        severity: 'removed',
        fix: { mode: 'auto' },
      }),
    admin_api_uri: () => {
      expect(about('admin_api_uri = https://a', 'admin_api_uri')).toMatchObject({ severity: 'deprecated' });
      expect(check('admin_api_uri = https://a\n').rewritten).toBe('admin_gui_api_url = https://a\n');
    },
    database: () => {
      expect(about('database = cassandra', 'database')).toMatchObject({
        severity: 'breaking',
        fix: { mode: 'manual' },
      });
      expect(about('database = off', 'database')).toBeUndefined();
      expect(about('cassandra_port = 9042', 'cassandra_port')).toMatchObject({ severity: 'removed' });
    },
    pg_keepalive_timeout: () => {
      expect(about('', 'pg_keepalive_timeout', ENTERPRISE)).toMatchObject({ severity: 'default-changed', line: null });
      expect(about('', 'pg_keepalive_timeout', OSS)).toBeUndefined();
      expect(check('', { ...ENTERPRISE, keepBehaviour: true }).rewritten).toContain('\npg_keepalive_timeout = 60000\n');
    },
    worker_consistency: () => {
      expect(about('', 'worker_consistency')).toMatchObject({ severity: 'default-changed', line: null });
      expect(about('worker_consistency = strict', 'worker_consistency')).toMatchObject({
        severity: 'deprecated',
        line: 1,
      });
      expect(about('worker_consistency = eventual', 'worker_consistency')).toMatchObject({ severity: 'info' });
    },
    'prometheus_plugin_*': () => {
      for (const name of ['status_code', 'latency', 'bandwidth', 'upstream_health']) {
        expect(about(`prometheus_plugin_${name}_metrics = on`, `prometheus_plugin_${name}_metrics`)).toMatchObject({
          severity: 'removed',
          message: expect.stringContaining(`config.${name}_metrics`) as string,
        });
      }
    },
    lua_ssl_trusted_certificate: () => {
      expect(about('', 'lua_ssl_trusted_certificate')).toMatchObject({
        severity: 'default-changed',
        fix: { mode: 'manual' },
      });
      expect(about('lua_ssl_trusted_certificate = system', 'lua_ssl_trusted_certificate')).toBeUndefined();
    },
    pg_ssl_version: () => {
      expect(about('pg_ssl_version = tlsv1', 'pg_ssl_version', ENTERPRISE)).toMatchObject({ severity: 'breaking' });
      expect(check('pg_ssl_version = tlsv1  # RDS\r\n', ENTERPRISE).rewritten).toBe(
        'pg_ssl_version = tlsv1_2  # RDS\r\n',
      );
      expect(about('pg_ssl = on', 'pg_ssl_version', ENTERPRISE)).toMatchObject({
        severity: 'default-changed',
        line: null,
      });
      expect(about('', 'pg_ssl_version', ENTERPRISE)).toBeUndefined();
    },
    allow_debug_header: () => {
      expect(about('', 'allow_debug_header')).toMatchObject({ severity: 'behaviour', line: null });
      expect(about('allow_debug_header = off', 'allow_debug_header')).toBeUndefined();
    },
  };

  test('has its test', () => {
    expect(Object.keys(expected)).toEqual(guide.map(({ parameter }) => parameter));
  });

  test.each(Object.keys(expected))('%s', (parameter) => expected[parameter]!());
});
