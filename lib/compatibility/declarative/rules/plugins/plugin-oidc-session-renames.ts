import { fieldsRenamed, type Rename } from './shapes';

const offIs =
  (name: string): NonNullable<Rename['value']> =>
  (was) =>
    was === 'off' ? name : was;

/** The shorthand fields of openid-connect and saml since 3.2; they are still read. */
const RENAMES: readonly Rename[] = [
  { from: 'authorization_cookie_lifetime', to: 'authorization_rolling_timeout' },
  { from: 'authorization_cookie_samesite', to: 'authorization_cookie_same_site', value: offIs('Default') },
  { from: 'authorization_cookie_httponly', to: 'authorization_cookie_http_only' },
  { from: 'session_cookie_lifetime', to: 'session_rolling_timeout' },
  { from: 'session_cookie_idletime', to: 'session_idling_timeout' },
  { from: 'session_cookie_samesite', to: 'session_cookie_same_site', value: offIs('Lax') },
  { from: 'session_cookie_httponly', to: 'session_cookie_http_only' },
  { from: 'session_memcache_prefix', to: 'session_memcached_prefix' },
  { from: 'session_memcache_socket', to: 'session_memcached_socket' },
  { from: 'session_memcache_host', to: 'session_memcached_host' },
  { from: 'session_memcache_port', to: 'session_memcached_port' },
  { from: 'session_redis_cluster_maxredirections', to: 'session_redis_cluster_max_redirections' },
].map((rename) => ({ ...rename, from: `config.${rename.from}`, to: `config.${rename.to}` }));

export const oidcSessionRenames = fieldsRenamed(
  'plugin-oidc-session-renames',
  ['openid-connect', 'saml'],
  RENAMES,
  ({ from, to }) => `${from} is deprecated since 3.2 (still read); it is called ${to}, which blue does not know`,
);
