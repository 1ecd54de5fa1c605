/**
 * Priorities of bundled plugins that changed with 3.0, before and after (Kong's LTS guide, "Removed or deprecated"; the
 * same table stands in the entry `plugin-priorities`). `pre-function` ran before everything and nearly does.
 */
export const CHANGED_PRIORITIES: Readonly<Record<string, readonly [number, number]>> = {
  acme: [1007, 1705],
  'basic-auth': [1001, 1100],
  canary: [13, 20],
  degraphql: [1005, 1500],
  'graphql-proxy-cache-advanced': [100, 99],
  'hmac-auth': [1000, 1030],
  jwt: [1005, 1450],
  'jwt-signer': [999, 1020],
  'key-auth': [1003, 1250],
  'key-auth-advanced': [1003, 1250],
  'ldap-auth': [1002, 1200],
  'ldap-auth-advanced': [1002, 1200],
  'mtls-auth': [1006, 1600],
  oauth2: [1004, 1400],
  'openid-connect': [1000, 1050],
  'pre-function': [Infinity, 1_000_000],
  'rate-limiting': [901, 910],
  'rate-limiting-advanced': [902, 910],
  'route-by-header': [2000, 850],
  'route-transformer-advanced': [800, 780],
  'vault-auth': [1003, 1350],
};

export interface Swapped {
  readonly plugin: string;
  /** Where the custom plugin ran and runs, seen from the bundled one. */
  readonly was: Order;
  readonly is: Order;
}
export type Order = 'before' | 'after' | 'beside';

/** Bundled plugins whose order to a custom plugin of this priority changed; the higher priority runs first. */
export function swappedWith(priority: number): readonly Swapped[] {
  const order = (bundled: number): Order => (priority > bundled ? 'before' : priority < bundled ? 'after' : 'beside');
  return Object.entries(CHANGED_PRIORITIES).flatMap(([plugin, [was, is]]) =>
    order(was) === order(is) ? [] : [{ plugin, was: order(was), is: order(is) }],
  );
}
