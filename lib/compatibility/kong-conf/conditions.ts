import { changes, meets, type Change, type Upgrade } from '../changes';
import type { Severity } from '../finding';
import type { Edition } from './parameters';
import type { Settings } from './settings';
import { KongVersion } from '../../release/kong-version';

export interface Case {
  readonly settings: Settings;
  readonly upgrade: Upgrade;
  /** What the upgrade may end with. */
  readonly editions: readonly Edition[];
}

/** What depends on a value, or on more than one parameter, and stands in no list of defaults. */
export interface Condition {
  /** Id of the entry in `facts/changes/`. */
  readonly change: string;
  /** The parameter that it is told of. */
  readonly parameter: string;
  /** @default that of the entry */
  readonly severity?: Severity;
  /** @default that the upgrade meets the entry */
  readonly applies?: (upgrade: Upgrade, change: Change) => boolean;
  /** What happens; undefined: nothing. */
  readonly check: (found: Case) => string | undefined;
  readonly how?: string;
}

const MiB = 1024 * 1024;
const bytes = (text: string | undefined): number | undefined => {
  const match = /^(\d+)([kmg]?)$/i.exec(text ?? '');
  return match ? Number(match[1]) * ({ k: 1024, m: MiB, g: 1024 * MiB }[match[2]!.toLowerCase()] ?? 1) : undefined;
};
const names = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
const isFuture = ({ to }: Upgrade, change: Change): boolean =>
  to.isAtLeastMinor('3.0') && !to.isAtLeastMinor(KongVersion.parse(change.since).minor());
const forEnterprise = ({ editions }: Case): boolean => editions.includes('enterprise');
const whenOn =
  (parameter: string, text: string): Condition['check'] =>
  (found) =>
    forEnterprise(found) && found.settings.isOn(parameter) ? text : undefined;
const unless =
  (parameter: string, text: string, edition?: Edition): Condition['check'] =>
  (found) =>
    found.settings.get(parameter) === undefined && (edition === undefined || found.editions.includes(edition))
      ? text
      : undefined;
const oldProtocols = (parameter: string): Condition => ({
  change: 'conf-ssl-protocols-tls11',
  parameter,
  check: ({ settings, editions }) =>
    editions.includes('enterprise') && /\bTLSv1(\.[01])?(?![.\d])/.test(settings.value(parameter) ?? '')
      ? `${parameter} names TLSv1.1 or older, which late Enterprise patches have off by default (OpenSSL 3)`
      : undefined,
});

/** A node without a database, as a data plane is one, does not open the connection. */
const usesPostgresTls = (settings: Settings): boolean =>
  settings.isOn('pg_ssl') && settings.value('database') !== 'off' && settings.value('role') !== 'data_plane';

export const CONDITIONS: readonly Condition[] = [
  {
    change: 'conf-cluster-max-payload',
    parameter: 'cluster_max_payload',
    check: ({ settings }) =>
      (bytes(settings.value('cluster_max_payload')) ?? Infinity) < 16 * MiB
        ? 'cluster_max_payload is below the default of 16777216 bytes: configurations that the other nodes send may not fit'
        : undefined,
  },
  {
    change: 'lmdb-map-full',
    parameter: 'lmdb_map_size',
    check: ({ settings }) =>
      (bytes(settings.value('lmdb_map_size')) ?? Infinity) < 2048 * MiB
        ? `lmdb_map_size = ${settings.value('lmdb_map_size')} is below the default of 2048m: data planes stop taking configurations that do not fit ("map full")`
        : undefined,
  },
  {
    change: 'conf-lmdb-map-size',
    parameter: 'lmdb_map_size',
    severity: 'info',
    check: ({ settings }) =>
      settings.get('lmdb_map_size') === undefined &&
      (settings.value('role') === 'data_plane' || settings.value('database') === 'off')
        ? 'lmdb_map_size is 2048m where it is not set: the volume of the prefix must have room for it'
        : undefined,
  },
  oldProtocols('ssl_protocols'),
  oldProtocols('nginx_http_ssl_protocols'),
  {
    change: 'conf-plugins-must-be-listed',
    parameter: 'plugins',
    check: ({ settings }) => {
      const value = settings.value('plugins');
      return value === undefined || value === '' || names(value).includes('bundled')
        ? undefined
        : `plugins = ${value} leaves out what is bundled: Kong does not start when the database holds another plugin`;
    },
    how: 'compare with the plugins that are configured (`check declarative --kong-conf`), or begin the list with bundled',
  },
  {
    change: 'conf-new-plugin-migration-force',
    parameter: 'plugins',
    check: ({ settings }) => {
      const own = names(settings.value('plugins') ?? '').filter((name) => name !== 'bundled' && name !== 'off');
      return own.length === 0 || !names(settings.value('plugins') ?? '').includes('bundled')
        ? undefined
        : `plugins names ${own.join(', ')}: the image of the new version must hold them, or Kong does not start`;
    },
    how: 'put them into the new image, look at custom ones with `check plugins`, and run `kong migrations up -f` when the list grew',
  },
  {
    change: 'conf-dns-no-sync',
    parameter: 'dns_no_sync',
    applies: ({ to }) =>
      !to.namesNoPatch() &&
      to.compare(KongVersion.parse('3.4.2.0')) >= 0 &&
      to.compare(KongVersion.parse('3.4.3.1')) < 0,
    check: unless('dns_no_sync', 'dns_no_sync is on where it is not set, from 3.4.2.0 until 3.4.3.1', 'enterprise'),
  },
  {
    change: 'conf-dns-stale-ttl',
    parameter: 'dns_stale_ttl',
    severity: 'info',
    check: unless(
      'dns_stale_ttl',
      'dns_stale_ttl is 3600 s in Enterprise where it is not set; patches of 2.8 before the late ones of 2.8.4 had 4 s',
      'enterprise',
    ),
  },
  {
    change: 'conf-headers-request-id',
    parameter: 'headers',
    severity: 'info',
    check: unless(
      'headers',
      'responses of late Enterprise patches carry X-Kong-Request-Id where headers is not set',
      'enterprise',
    ),
  },
  {
    change: 'conf-lua-max-args',
    parameter: 'lua_max_req_headers',
    check: unless(
      'lua_max_req_headers',
      'lua_max_req_headers, lua_max_resp_headers, lua_max_uri_args and lua_max_post_args can be set now; 100 each, as before',
    ),
  },
  ...['tracing', 'generate_trace_details'].map((parameter): Condition => ({
    change: 'conf-granular-tracing-future',
    parameter,
    severity: 'future',
    applies: isFuture,
    check: whenOn(parameter, `${parameter} is on: granular tracing works here and is gone in 3.7`),
  })),
  ...['portal', 'vitals'].map((parameter): Condition => ({
    change: 'conf-portal-vitals-future',
    parameter,
    severity: 'future',
    applies: isFuture,
    check: whenOn(parameter, `${parameter} is on: it works here and is gone in 3.5`),
  })),
  ...['nginx_main_load_module', 'nginx_http_opentracing'].map((parameter): Condition => ({
    change: 'plat-nginx-opentracing',
    parameter,
    check: ({ settings }) =>
      settings
        .all()
        .some(({ name, value }) =>
          name === 'nginx_main_load_module' && parameter === name
            ? /opentracing/.test(value ?? '')
            : parameter === 'nginx_http_opentracing' && name.startsWith(parameter),
        )
        ? `${parameter}: the nginx-opentracing module is deprecated since 3.0`
        : undefined,
  })),
  // The one that is set has its line; where it is not, pg_ssl has.
  {
    change: 'conf-pg-ssl-verify',
    parameter: 'pg_ssl_verify',
    check: ({ settings }) =>
      usesPostgresTls(settings) &&
      settings.get('pg_ssl_verify') !== undefined &&
      !settings.isOn('pg_ssl_verify') &&
      settings.value('tls_certificate_verify') !== 'off'
        ? `pg_ssl_verify = ${settings.value('pg_ssl_verify') ?? ''} while tls_certificate_verify is on, its default now: Kong may not start`
        : undefined,
  },
  {
    change: 'conf-pg-ssl-verify',
    parameter: 'pg_ssl',
    check: ({ settings }) =>
      usesPostgresTls(settings) && settings.get('pg_ssl_verify') === undefined
        ? `pg_ssl is on and pg_ssl_verify is not set: its default is on now, and Kong does not connect to a PostgreSQL whose CA it does not trust${
            settings.get('lua_ssl_trusted_certificate') === undefined
              ? ' (lua_ssl_trusted_certificate is not set: only CAs of the system count)'
              : ''
          }`
        : undefined,
  },
  {
    change: 'plat-keyring',
    parameter: 'keyring_enabled',
    check: whenOn(
      'keyring_enabled',
      'the keyring is on: rows restored from a copy stay encrypted, the new nodes need its key material',
    ),
  },
];

/** The conditions that an upgrade meets, with what each says. */
export function conditionsMet(
  found: Case,
): { readonly condition: Condition; readonly change: Change; readonly message: string }[] {
  return CONDITIONS.flatMap((condition) => {
    const change = changes().get(condition.change)!;
    const applies = condition.applies ?? meets;
    if (!applies(found.upgrade, change)) return [];
    const message = condition.check(found);
    return message === undefined ? [] : [{ condition, change, message }];
  });
}
