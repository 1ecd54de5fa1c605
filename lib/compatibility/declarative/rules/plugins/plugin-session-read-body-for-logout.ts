import { defaultsPinned } from './shapes';

export const sessionReadBodyForLogout = defaultsPinned(
  'plugin-session-read-body-for-logout',
  ['session'],
  { 'config.read_body_for_logout': true },
  (field) => `${field} is not set: since 3.5 a logout by an argument in the body (config.logout_post_arg) is not seen`,
);
