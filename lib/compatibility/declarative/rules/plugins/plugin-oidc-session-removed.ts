import { fieldsRemoved } from './shapes';

export const oidcSessionRemoved = fieldsRemoved(
  'plugin-oidc-session-removed',
  ['openid-connect', 'saml'],
  ['session_cookie_renew', 'session_cookie_maxsize', 'session_strategy', 'session_compressor'].map(
    (field) => `config.${field}`,
  ),
  (field) => `${field} has no effect since 3.2`,
);
