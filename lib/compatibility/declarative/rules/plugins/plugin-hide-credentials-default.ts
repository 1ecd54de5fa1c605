import { defaultsPinned } from './shapes';

const PLUGINS = [
  'basic-auth',
  'hmac-auth',
  'key-auth',
  'key-auth-enc',
  'ldap-auth',
  'ldap-auth-advanced',
  'oauth2',
  'oauth2-introspection',
  'openid-connect',
  'vault-auth',
];

export const hideCredentialsDefault = defaultsPinned(
  'plugin-hide-credentials-default',
  PLUGINS,
  { 'config.hide_credentials': false },
  (field) => `${field} is not set: 3.14 takes credentials out of the request, its upstream had them before`,
);
