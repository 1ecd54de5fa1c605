import type { Violation } from '../../rule';
import { configOf, Draft, isDisabled, isSet, isShared } from './config';
import { pluginRule } from './shapes';

/**
 * The limits that sessions have since 3.2. A session plugin that said nothing of idling keeps 0, no limit, as its
 * migrated row does (recorded). Of the others, and of the absolute limit, the new default holds after a migration too.
 */
export const sessionDefaults = pluginRule(
  'plugin-session-defaults',
  ['session', 'openid-connect', 'saml'],
  (plugin) => {
    if (isDisabled(plugin) || isShared(plugin)) return 'not-applicable';
    const config = configOf(plugin);
    const prefix = plugin.value.name === 'session' ? '' : 'session_';
    const found: Violation[] = [];
    const idling = `${prefix}idling_timeout`;
    // The old name, be it with null, is read as 0 or renamed.
    if (!isSet(config[idling]) && !(`${prefix}cookie_idletime` in config)) {
      const draft = new Draft(plugin);
      if (prefix === '') draft.set(`config.${idling}`, 0);
      found.push(ended(idling, 'after 900 s without a request', draft));
    }
    const absolute = `${prefix}absolute_timeout`;
    if (!isSet(config[absolute])) found.push(ended(absolute, 'after 86400 s in any case', new Draft(plugin)));
    return found;
  },
);

function ended(field: string, when: string, draft: Draft): Violation {
  const edits = draft.take();
  return {
    path: ['config', field],
    message: `config.${field} is not set: a session of 3.x ends ${when} by default, one of 2.x did not`,
    how: `set config.${field} to the seconds that you want, 0 for no limit`,
    ...(edits.length > 0 ? { edits } : {}),
  };
}
