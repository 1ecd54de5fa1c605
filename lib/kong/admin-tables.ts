/**
 * Lists of an Admin API and the table of a declarative file that each of them is. Left out are rows that Kong makes by
 * itself while it runs (tokens, sessions, acme storage): there may be millions, and no rule looks at one.
 */
export const ADMIN_TABLES: readonly (readonly [path: string, table: string])[] = [
  ['services', 'services'],
  ['routes', 'routes'],
  ['consumers', 'consumers'],
  ['consumer_groups', 'consumer_groups'],
  ['plugins', 'plugins'],
  ['upstreams', 'upstreams'],
  ['certificates', 'certificates'],
  ['snis', 'snis'],
  ['ca_certificates', 'ca_certificates'],
  ['acls', 'acls'],
  ['basic-auths', 'basicauth_credentials'],
  ['hmac-auths', 'hmacauth_credentials'],
  ['jwts', 'jwt_secrets'],
  ['key-auths', 'keyauth_credentials'],
  ['key-auths-enc', 'keyauth_enc_credentials'],
  ['mtls-auths', 'mtls_auth_credentials'],
  ['oauth2', 'oauth2_credentials'],
  ['vaults', 'vaults'],
  ['vaults-beta', 'vaults_beta'],
  ['keys', 'keys'],
  ['key-sets', 'key_sets'],
  ['filter-chains', 'filter_chains'],
];
