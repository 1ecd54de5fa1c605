import type { DeclarativeRule } from '../rule';

/** The longest key that LMDB takes, in bytes. */
const LONGEST_KEY_BYTES = 511;
/** Fields by whose value an entity is looked up. */
const UNIQUE: Readonly<Record<string, readonly string[]>> = {
  basicauth_credentials: ['username'],
  consumers: ['username', 'custom_id'],
  hmacauth_credentials: ['username'],
  jwt_secrets: ['key'],
  keyauth_credentials: ['key'],
  oauth2_credentials: ['client_id'],
};

export const lmdbKey511: DeclarativeRule = {
  id: 'lmdb-key-511',
  on: Object.keys(UNIQUE),
  check({ kind, value }) {
    const found = (UNIQUE[kind] ?? []).flatMap((field) => {
      const text = value[field];
      const bytes = typeof text === 'string' ? new TextEncoder().encode(text).length : 0;
      return bytes > LONGEST_KEY_BYTES
        ? [
            {
              path: [field],
              message: `${field} has ${bytes} bytes, and LMDB, where DB-less nodes and data planes keep it, takes keys of ${LONGEST_KEY_BYTES}`,
            },
          ]
        : [];
    });
    return found.length > 0 ? found : 'compliant';
  },
};
