import { sessionRenamed } from './session-renames';

/** Null meant that a session may idle for ever, which is 0 now (recorded: null becomes 0, not the new default of 900 s). */
export const sessionCookieIdletime = sessionRenamed('plugin-session-cookie-idletime', {
  from: 'config.cookie_idletime',
  to: 'config.idling_timeout',
  value: (was) => was ?? 0,
});
