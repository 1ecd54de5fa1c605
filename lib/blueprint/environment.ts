import type { Settings, SlotSettings } from '../settings/schema';
import { KongVersion } from '../release/kong-version';
import { PORTS } from './spec';

/** Names that the settings may not set, and why. Everything else of the user's wins over what is decided here. */
export const RESERVED_ENVIRONMENT: Readonly<Record<string, string>> = {
  KONG_DATABASE: 'a cluster here has a PostgreSQL database',
  KONG_ROLE: 'hybrid mode is not supported yet',
  KONG_PROXY_LISTEN: 'the target groups and security groups rely on its port',
  KONG_ADMIN_LISTEN: 'the internal Admin listener relies on its port',
  KONG_STATUS_LISTEN: 'the health checks rely on its port',
  KONG_NGINX_DAEMON: 'a container ends when its first process does',
  KONG_PG_HOST: 'it comes from datastore',
  KONG_PG_PORT: 'it comes from datastore',
  KONG_PG_DATABASE: 'it comes from datastore',
  KONG_PG_USER: 'it comes from datastore',
  KONG_PG_PASSWORD: 'it comes from datastore',
  KONG_PG_SSL: 'it comes from datastore',
};

/** IPv4 range of the network that the load balancers stand in. */
export const networkCidr = (network: Settings['network']): string =>
  'create' in network ? network.create.cidr : network.existing.cidr;

/**
 * `KONG_*` of a slot's nodes by version: parameters and defaults as in `kong.conf` of 2.8.5 and 3.4.2. The database's
 * host, port, name, user and password are added by the backend. The user's environment wins where it may be set.
 */
export function kongEnvironment(slot: SlotSettings, network: Settings['network']): Record<string, string> {
  const version = KongVersion.parse(slot.version);
  return {
    KONG_DATABASE: 'postgres',
    // RDS PostgreSQL 15 and later refuses plain connections (rds.force_ssl is 1 by default).
    KONG_PG_SSL: 'existing' in slot.datastore && !slot.datastore.existing.tls ? 'off' : 'on',
    KONG_PROXY_LISTEN: `0.0.0.0:${PORTS.proxy}`,
    KONG_ADMIN_LISTEN: `0.0.0.0:${PORTS.admin}`,
    KONG_STATUS_LISTEN: `0.0.0.0:${PORTS.status}`,
    KONG_NGINX_DAEMON: 'off',
    // The load balancer appends the client's address last, and Kong (real_ip_recursive off) takes the last one. Only
    // from a trusted address does Kong believe X-Forwarded-Proto, on which `protocols: [https]` of a route depends.
    KONG_TRUSTED_IPS: networkCidr(network),
    KONG_REAL_IP_HEADER: 'X-Forwarded-For',
    KONG_ANONYMOUS_REPORTS: 'off',
    ...logs(slot, version),
    ...unusedListeners(slot, version),
    ...slot.environment,
  };
}

/** To the container's log driver, as the official image links its files. */
function logs(slot: SlotSettings, version: KongVersion): Record<string, string> {
  return {
    KONG_PROXY_ACCESS_LOG: '/dev/stdout',
    KONG_PROXY_ERROR_LOG: '/dev/stderr',
    KONG_ADMIN_ACCESS_LOG: '/dev/stdout',
    KONG_ADMIN_ERROR_LOG: '/dev/stderr',
    KONG_STATUS_ERROR_LOG: '/dev/stderr',
    ...(hasManager(slot, version)
      ? { KONG_ADMIN_GUI_ACCESS_LOG: '/dev/stdout', KONG_ADMIN_GUI_ERROR_LOG: '/dev/stderr' }
      : {}),
  };
}

/** Kong Manager listens on 8002 by default, from 3.4 also in the open-source edition: nobody here would reach it. */
const unusedListeners = (slot: SlotSettings, version: KongVersion): Record<string, string> =>
  hasManager(slot, version) ? { KONG_ADMIN_GUI_LISTEN: 'off' } : {};

const hasManager = (slot: SlotSettings, version: KongVersion): boolean =>
  slot.edition === 'enterprise' || version.isAtLeastMinor('3.4');

/**
 * Environment of the migration task: that of the nodes with every bundled plugin. With a limited `plugins=`, `up`,
 * `finish` and `list` say done and leave the other plugins' tables as they were (recorded on 3.4.2).
 */
export function migrationEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const own = (environment.KONG_PLUGINS ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'bundled' && name !== 'off');
  return { ...environment, KONG_PLUGINS: ['bundled', ...own].join(',') };
}
