import { fieldsRemoved } from './shapes';

export const sessionCookieRenew = fieldsRemoved(
  'plugin-session-cookie-renew',
  ['session'],
  ['config.cookie_renew'],
  (field) => `${field} has no effect since 3.2: when a cookie is renewed follows from the timeouts`,
);
