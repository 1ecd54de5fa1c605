import { sessionRenamed } from './session-renames';

export const sessionCookieHttponly = sessionRenamed('plugin-session-cookie-httponly', {
  from: 'config.cookie_httponly',
  to: 'config.cookie_http_only',
});
