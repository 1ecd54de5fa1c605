import { schemaFacts } from './facts';
import { fieldsOf, type EntityCheck, type FieldSchema, type RecordSchema } from './schema';
import type { Release } from './settings';

/** One kind of thing in the database and on the Admin API. */
export interface EntityKind {
  readonly name: string;
  readonly table: string;
  /** Collection at the top of the Admin API; without one, only beneath its parent. */
  readonly path?: string;
  /** Segment beneath its parents, where it is not `path`. */
  readonly nested?: string;
  /** A field that may stand in place of the id in a path. */
  readonly key?: string;
  /** Fields that together are unique and make up the column cache_key. */
  readonly cacheKey?: readonly string[];
  readonly hasCacheKey?: boolean;
  /** The table has the column ws_id. */
  readonly inWorkspace: boolean;
  readonly schema: RecordSchema;
}

type Fields = Readonly<Record<string, FieldSchema>>;
const record = (fields: Fields, checks: readonly EntityCheck[] = []): RecordSchema => ({
  fields: Object.entries(fields).map(([name, field]) => ({ [name]: field })),
  entity_checks: checks,
});
const id: FieldSchema = { type: 'string', uuid: true, auto: true };
const time: FieldSchema = { type: 'integer', timestamp: true, auto: true };
const text: FieldSchema = { type: 'string' };
const needed: FieldSchema = { type: 'string', required: true };
const tags: FieldSchema = { type: 'set', elements: { type: 'string', required: true } };
const foreign = (reference: string, required = false): FieldSchema => ({ type: 'foreign', reference, required });
const auto: FieldSchema = { type: 'string', auto: true, unique: true };
const ofConsumer = { id, created_at: time, consumer: foreign('consumers', true), tags };

/** Every kind that a release knows; each is one description, the code for all of them is the same. */
export function entityKinds(release: Release): readonly EntityKind[] {
  const { schemas } = schemaFacts(release);
  const later = release !== '2.8.5';
  const recorded = (name: string, checks: readonly EntityCheck[] = []): RecordSchema => {
    const schema = schemas[name] ?? record({});
    return { ...schema, entity_checks: [...(schema.entity_checks ?? []), ...checks] };
  };
  const updated: Fields = later ? { updated_at: time } : {};
  const credential = (name: string, segment: string, key: string, fields: Fields): EntityKind => ({
    name,
    table: name,
    path: segment === 'oauth2' ? segment : `${segment}s`,
    nested: segment,
    key,
    inWorkspace: true,
    schema: record({ ...ofConsumer, ...fields }),
  });
  const vault = record({ id, prefix: { ...needed, unique: true }, name: needed, description: text, config: { type: 'record', abstract: true }, created_at: time, updated_at: time, tags });
  const plain = (name: string, schema: RecordSchema, more: Partial<EntityKind> = {}): EntityKind => ({
    name,
    table: name,
    path: name,
    inWorkspace: true,
    schema,
    ...more,
  });
  const plugin = record({
    id,
    created_at: time,
    ...updated,
    name: needed,
    ...(later ? { instance_name: { type: 'string', unique: true } as FieldSchema } : {}),
    route: foreign('routes'),
    service: foreign('services'),
    consumer: foreign('consumers'),
    config: { type: 'record', abstract: true, required: true },
    protocols: { type: 'set', required: true, default: ['grpc', 'grpcs', 'http', 'https'], elements: text },
    enabled: { type: 'boolean', required: true, default: true },
    tags,
  });
  return [
    plain('services', recorded('services'), { key: 'name' }),
    plain('routes', recorded('routes'), { key: 'name' }),
    plain('upstreams', recorded('upstreams'), { key: 'name' }),
    plain('targets', recorded('targets'), { path: undefined, nested: 'targets', key: 'target', cacheKey: ['upstream', 'target'], hasCacheKey: later }),
    plain('consumers', later ? recorded('consumers') : recorded('consumers', [{ at_least_one_of: ['custom_id', 'username'] }]), { key: 'username' }),
    plain('plugins', plugin, { cacheKey: ['name', 'route', 'service', 'consumer'], hasCacheKey: true, ...(later ? { key: 'instance_name' } : {}) }),
    plain('certificates', recorded('certificates')),
    plain('snis', recorded('snis'), { key: 'name' }),
    plain('ca_certificates', record({ id, created_at: time, ...updated, cert: needed, cert_digest: { type: 'string', unique: true }, tags }), { inWorkspace: false }),
    credential('keyauth_credentials', 'key-auth', 'key', { key: auto, ttl: { type: 'integer' } }),
    credential('basicauth_credentials', 'basic-auth', 'username', { username: { ...needed, unique: true }, password: needed }),
    credential('hmacauth_credentials', 'hmac-auth', 'username', { username: { ...needed, unique: true }, secret: { type: 'string', auto: true } }),
    credential('jwt_secrets', 'jwt', 'key', {
      key: auto,
      secret: { type: 'string', auto: true },
      rsa_public_key: text,
      algorithm: { type: 'string', default: 'HS256', one_of: ['HS256', 'HS384', 'HS512', 'RS256', 'RS512', 'ES256', ...(later ? ['RS384', 'ES384'] : [])] },
    }),
    credential('oauth2_credentials', 'oauth2', 'client_id', {
      name: needed,
      client_id: auto,
      client_secret: { type: 'string', auto: true },
      client_type: { type: 'string', default: 'confidential', one_of: ['confidential', 'public'] },
      hash_secret: { type: 'boolean', required: true, default: false },
      redirect_uris: { type: 'array', elements: text },
    }),
    plain('acls', record({ ...ofConsumer, group: needed }), { key: 'group', cacheKey: ['consumer', 'group'], hasCacheKey: true }),
    plain('oauth2_tokens', record({ id, created_at: time, service: foreign('services'), credential: foreign('oauth2_credentials', true), token_type: { type: 'string', default: 'bearer' }, expires_in: { type: 'integer', required: true }, access_token: auto, refresh_token: text, authenticated_userid: text, scope: text, ttl: { type: 'integer' } })),
    plain('sessions', record({ id, session_id: needed, expires: { type: 'integer' }, data: text, created_at: time, ttl: { type: 'integer' } }), { inWorkspace: false }),
    later ? plain('vaults', recorded('vaults'), { table: 'sm_vaults', key: 'prefix' }) : plain('vaults_beta', vault, { path: 'vaults-beta', key: 'prefix' }),
    ...(later
      ? [
          plain('keys', record({ id, set: foreign('key_sets'), name: { type: 'string', unique: true }, kid: needed, jwk: text, pem: { type: 'record', abstract: true }, tags, created_at: time, updated_at: time }), { key: 'name' }),
          plain('key_sets', record({ id, name: { type: 'string', unique: true }, tags, created_at: time, updated_at: time }), { path: 'key-sets', key: 'name' }),
        ]
      : []),
    plain('workspaces', record({ id, name: { ...needed, unique: true }, comment: text, created_at: time, ...updated, meta: { type: 'record' }, config: { type: 'record' } }), { inWorkspace: false }),
  ];
}

/** Column of a field: `service` is held as `service_id`. */
export const columnOf = (name: string, field: FieldSchema): string => (field.type === 'foreign' ? `${name}_id` : name);

/**
 * The schema of a plugin's config. 2.8 does not show its entity checks; those of 3.4 are taken where all their fields
 * exist in 2.8. Plugins whose schema was not recorded have none: their config is stored as it comes.
 */
export function pluginSchema(release: Release, name: string): RecordSchema | undefined {
  const schema = schemaFacts(release).schemas[`plugins/${name}`];
  if (schema === undefined || release !== '2.8.5') return schema;
  const config = fieldsOf(schema).find(([field]) => field === 'config')?.[1];
  const known = new Set(fieldsOf(config ?? {}).map(([field]) => `config.${field}`));
  const checks = (schemaFacts('3.4.2').schemas[`plugins/${name}`]?.entity_checks ?? []).filter((check) =>
    [...(check.at_least_one_of ?? []), ...(check.only_one_of ?? []), check.conditional?.then_field ?? '', check.conditional?.if_field ?? '']
      .filter((field) => field !== '')
      .every((field) => known.has(field)) && !known.has('config.functions'),
  );
  return { ...schema, entity_checks: checks };
}
