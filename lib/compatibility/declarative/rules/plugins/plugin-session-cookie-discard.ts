import { sessionRenamed } from './session-renames';

export const sessionCookieDiscard = sessionRenamed('plugin-session-cookie-discard', {
  from: 'config.cookie_discard',
  to: 'config.stale_ttl',
});
