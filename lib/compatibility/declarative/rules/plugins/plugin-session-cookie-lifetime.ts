import { sessionRenamed } from './session-renames';

export const sessionCookieLifetime = sessionRenamed('plugin-session-cookie-lifetime', {
  from: 'config.cookie_lifetime',
  to: 'config.rolling_timeout',
});
