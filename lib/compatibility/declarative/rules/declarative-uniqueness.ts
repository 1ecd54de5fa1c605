import type { DeclarativeRule, Entity, Violation } from '../rule';

/** Fields that are unique in a workspace, besides `id`; `secret` ones are never shown. */
const UNIQUE: Readonly<Record<string, readonly { readonly field: string; readonly isSecret?: true }[]>> = {
  basicauth_credentials: [{ field: 'username' }],
  consumer_groups: [{ field: 'name' }],
  consumers: [{ field: 'username' }, { field: 'custom_id' }],
  hmacauth_credentials: [{ field: 'username' }],
  jwt_secrets: [{ field: 'key', isSecret: true }],
  keyauth_credentials: [{ field: 'key', isSecret: true }],
  oauth2_credentials: [{ field: 'client_id', isSecret: true }],
  routes: [{ field: 'name' }],
  services: [{ field: 'name' }],
  snis: [{ field: 'name' }],
  upstreams: [{ field: 'name' }],
  vaults: [{ field: 'prefix' }],
};
/** Kinds that only have an id. */
const WITH_ID = ['acls', 'ca_certificates', 'certificates', 'plugins', 'targets'];

const FIELDS: typeof UNIQUE = Object.fromEntries(
  [...Object.keys(UNIQUE), ...WITH_ID].map((kind) => [kind, [{ field: 'id' }, ...(UNIQUE[kind] ?? [])]]),
);

export const declarativeUniqueness: DeclarativeRule<Map<string, Entity>> = {
  id: 'declarative-uniqueness',
  on: Object.keys(FIELDS),
  begin: () => new Map(),
  check(entity, _context, first) {
    // A shared plugin config is no entity of its own.
    if (entity.shared !== undefined) return 'not-applicable';
    const found: Violation[] = [];
    for (const { field, isSecret } of FIELDS[entity.kind] ?? []) {
      const value = entity.value[field];
      if (typeof value !== 'string' || value === '') continue;
      // Ids and SNIs are unique in the whole of Kong.
      const workspace = field === 'id' || entity.kind === 'snis' ? '' : (entity.workspace ?? '');
      const key = `${entity.kind}\0${field}\0${workspace}\0${value}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, entity);
      else if (!isSameReference(entity, other))
        found.push(duplicate(field, isSecret ? undefined : value, other, entity));
    }
    return found.length > 0 ? found : 'compliant';
  },
};

/** decK writes the consumers of a consumer group, and the SNIs of a certificate, as names alone. */
const isSameReference = (entity: Entity, other: Entity): boolean => entity.value === other.value;

function duplicate(field: string, value: string | undefined, other: Entity, { kind }: Entity): Violation {
  const shown = value === undefined ? '' : ` ${value}`;
  const of = value === undefined || other.name !== value ? ` of ${other.name}` : ' of another one';
  return {
    path: [field],
    message: `${field}${shown} is also that${of} (${kind}): 2.8 dropped one without a word, 3.4 refuses the whole file`,
  };
}
