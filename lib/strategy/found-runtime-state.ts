import type { CompatibilityFinding } from '../compatibility/finding';
import type { RuntimeState } from './situation';

/** The finding that tells of each, and so its remedy (`fix.how` of its entry in the facts). */
export const RUNTIME_STATE_FINDINGS: Readonly<Record<keyof RuntimeState, string>> = {
  oauth2: 'plugin-oauth2-tokens-runtime',
  sessions: 'plugin-session-storage-kong',
  acme: 'plugin-acme-storage-kong',
  keyAuthTtl: 'plugin-key-auth-ttl',
  clusterRateLimits: 'plugin-rl-counters-split',
};

/** What two databases do not share, found in the configuration by `check declarative`. */
export function runtimeStateOf(findings: Iterable<Pick<CompatibilityFinding, 'id'>>): RuntimeState {
  const ids = new Set([...findings].map(({ id }) => id));
  const found = (name: keyof RuntimeState): boolean => ids.has(RUNTIME_STATE_FINDINGS[name]);
  return {
    oauth2: found('oauth2'),
    sessions: found('sessions'),
    acme: found('acme'),
    keyAuthTtl: found('keyAuthTtl'),
    clusterRateLimits: found('clusterRateLimits'),
  };
}
