import { configOf, Draft, isMap, isSet, isShared, pathOf, valueAt } from './config';
import { pluginRule } from './shapes';

const FIELD = 'config.storage_config.vault.auth_method';

/** Only where the certificates are kept in Vault: the section of another storage is not read. */
export const acmeAuthMethod = pluginRule('plugin-acme-auth-method', ['acme'], (plugin) => {
  const { storage, storage_config: stores } = configOf(plugin);
  if (storage !== 'vault' || isShared(plugin)) return 'not-applicable';
  const vault = valueAt(stores, ['vault']);
  if (isMap(vault) && isSet(vault.auth_method)) return [];
  const draft = new Draft(plugin);
  draft.set(FIELD, 'token');
  return [
    {
      path: pathOf(FIELD),
      message: `${FIELD} is not set: 3.x takes token as its default, a migrated row keeps null`,
      edits: draft.take(),
    },
  ];
});
