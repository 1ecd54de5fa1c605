import { configOf, isEmpty } from './config';
import { noticed } from './shapes';

const FIELDS = [
  'upstream_headers_claims',
  'upstream_headers_names',
  'downstream_headers_claims',
  'downstream_headers_names',
  'consumer_claim',
];

export const oidcHeaderClaims = noticed('plugin-oidc-header-claims', ['openid-connect'], (plugin) => {
  const config = configOf(plugin);
  const fields = FIELDS.filter((field) => !isEmpty(config[field])).map((field) => `config.${field}`);
  return fields.length === 0
    ? undefined
    : { path: ['config'], message: `deprecated since 3.14 (still read): ${fields.join(', ')}` };
});
