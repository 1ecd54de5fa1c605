import { configOf, isEmpty } from './config';
import { noticed } from './shapes';

export const acmeAnyDomain = noticed('plugin-acme-any-domain', ['acme'], (plugin) => {
  const { domains, allow_any_domain: anyDomain } = configOf(plugin);
  if (!isEmpty(domains) || typeof anyDomain === 'boolean') return undefined;
  return {
    path: ['config', 'domains'],
    message: 'config.domains names no domain and config.allow_any_domain is false by default: no certificate is made',
  };
});
