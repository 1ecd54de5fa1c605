import { sessionRenamed } from './session-renames';

/** `off` is no value any more; Kong reads it as Lax (kong/plugins/session/schema.lua). */
export const sessionCookieSamesite = sessionRenamed('plugin-session-cookie-samesite', {
  from: 'config.cookie_samesite',
  to: 'config.cookie_same_site',
  value: (was) => (was === 'off' ? 'Lax' : was),
});
