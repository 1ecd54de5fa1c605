/** What a kind of entity is called: `route`, `key-auth credential`. */
const NOUNS: Readonly<Record<string, string>> = {
  acls: 'ACL group',
  basicauth_credentials: 'basic-auth credential',
  ca_certificates: 'CA certificate',
  certificates: 'certificate',
  consumer_groups: 'consumer group',
  consumers: 'consumer',
  file: 'file',
  filter_chains: 'filter chain',
  hmacauth_credentials: 'hmac-auth credential',
  jwt_secrets: 'jwt credential',
  keyauth_credentials: 'key-auth credential',
  mtls_auth_credentials: 'mtls-auth credential',
  oauth2_credentials: 'oauth2 credential',
  oauth2_tokens: 'oauth2 token',
  plugins: 'plugin',
  routes: 'route',
  services: 'service',
  sessions: 'session',
  snis: 'SNI',
  targets: 'target',
  upstreams: 'upstream',
  vaults: 'vault',
};
export const nounOf = (kind: string): string => NOUNS[kind] ?? kind.replaceAll('_', ' ').replace(/(?<=[^s])s$/, '');

/** Tables that a file may have at its top; lists under other names are walked too, once the file is known to be Kong's. */
export const TABLES: ReadonlySet<string> = new Set([
  ...Object.keys(NOUNS).filter((kind) => kind !== 'file'),
  'consumer_group_plugins',
  'key_sets',
  'keyauth_enc_credentials',
  'keys',
  'licenses',
  'partials',
  'plugin_configs',
  'rbac_roles',
  'rbac_users',
  'service_packages',
  'vaults_beta',
  'workspaces',
]);

const CREDENTIALS = [
  'acls',
  'basicauth_credentials',
  'hmacauth_credentials',
  'jwt_secrets',
  'keyauth_credentials',
  'keyauth_enc_credentials',
  'mtls_auth_credentials',
  'oauth2_credentials',
];
/** Which tables may stand inside an entity. A consumer group's `consumers` only name consumers, so they are not here. */
const NESTED: Readonly<Record<string, readonly string[]>> = {
  certificates: ['snis'],
  consumer_groups: ['plugins'],
  consumers: [...CREDENTIALS, 'plugins'],
  key_sets: ['keys'],
  oauth2_credentials: ['oauth2_tokens'],
  rbac_roles: ['rbac_endpoint_permissions', 'endpoint_permissions', 'entity_permissions'],
  routes: ['plugins', 'filter_chains'],
  service_packages: ['service_versions'],
  services: ['routes', 'plugins', 'filter_chains'],
  upstreams: ['targets'],
};
export const nestedIn = (kind: string): readonly string[] => NESTED[kind] ?? [];

/** By what a person knows an entity, best first. Keys, secrets, tokens and passwords are never among them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  acls: ['group', 'id'],
  basicauth_credentials: ['username', 'id'],
  consumers: ['username', 'custom_id', 'id'],
  hmacauth_credentials: ['username', 'id'],
  jwt_secrets: ['id'],
  keyauth_credentials: ['id'],
  keyauth_enc_credentials: ['id'],
  keys: ['name', 'id'],
  mtls_auth_credentials: ['subject_name', 'id'],
  oauth2_tokens: ['id'],
  sessions: ['id'],
  targets: ['target', 'id'],
  vaults: ['prefix', 'name', 'id'],
  vaults_beta: ['prefix', 'name', 'id'],
};
const USUAL = ['name', 'id'];

/** @param position from 1, for what has no name */
export function nameOf(kind: string, value: Readonly<Record<string, unknown>>, position: number): string {
  for (const field of NAMES[kind] ?? USUAL) {
    const found = value[field];
    if (typeof found === 'string' && found !== '') return found;
    if (typeof found === 'number') return String(found);
  }
  return `#${position}`;
}

/** What a flat file's entity refers to, best first: an entity of these kinds, by id or name. */
export const REFERENCES: readonly (readonly [field: string, kind: string])[] = [
  ['route', 'routes'],
  ['service', 'services'],
  ['consumer', 'consumers'],
  ['consumer_group', 'consumer_groups'],
  ['upstream', 'upstreams'],
  ['certificate', 'certificates'],
];
