import { defaultsPinned } from './shapes';

export const hmacSha1Default = defaultsPinned(
  'plugin-hmac-sha1-default',
  ['hmac-auth'],
  { 'config.algorithms': ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] },
  (field) =>
    `${field} is not set: hmac-sha1 is no longer one of its defaults in 3.14, clients that sign with it get 401`,
);
