import type { DeclarativeRule, Violation } from '../rule';

/** First segments of the Admin API's paths, of `GET /endpoints` of 2.8.5 and 3.4.2 (recorded) and Enterprise's own. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'acls acme acme_storage admins applications audit auth basic-auths ca_certificates cache certificates clustering config ' +
    'consumer_groups consumers debug developers endpoints entities event-hooks files filter-chains groups hmac-auths jwts ' +
    'key-auths key-sets keyring keys license licenses metrics oauth2 oauth2_tokens plugins proxy-cache rbac routes schemas ' +
    'services sessions snis status tags targets timers upstreams userinfo vaults vaults-beta vitals workspaces'
  ).split(' '),
);

export const workspaceReservedNames: DeclarativeRule = {
  id: 'workspace-reserved-names',
  on: ['file', 'workspaces'],
  check({ kind, value }) {
    const field = kind === 'file' ? '_workspace' : 'name';
    const name = value[field];
    if (typeof name !== 'string') return 'not-applicable';
    const violation: Violation = {
      path: [field],
      message: `the workspace ${name} is called like a path of the Admin API: from 3.15 start and migrations abort`,
    };
    return RESERVED.has(name) ? [violation] : 'compliant';
  },
};
