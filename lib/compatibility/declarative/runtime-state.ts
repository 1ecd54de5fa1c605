import type { CompatibilityFinding } from '../finding';

/** What nodes write into their database at runtime, and two databases therefore do not share. */
export interface RuntimeState {
  readonly oauth2Tokens: boolean;
  readonly databaseSessions: boolean;
  readonly acmeRows: boolean;
  readonly keyAuthTtl: boolean;
  readonly clusterRateLimits: boolean;
}

/** The finding that tells of each, and so its remedy (`fix.how` of its entry in the facts). */
export const RUNTIME_STATE_FINDINGS: Readonly<Record<keyof RuntimeState, string>> = {
  oauth2Tokens: 'plugin-oauth2-tokens-runtime',
  databaseSessions: 'plugin-session-storage-kong',
  acmeRows: 'plugin-acme-storage-kong',
  keyAuthTtl: 'plugin-key-auth-ttl',
  clusterRateLimits: 'plugin-rl-counters-split',
};

/** Found in the configuration: from the findings of `check declarative`, or from their ids alone. */
export function runtimeStateOf(findings: Iterable<string | Pick<CompatibilityFinding, 'id'>>): RuntimeState {
  const ids = new Set([...findings].map((finding) => (typeof finding === 'string' ? finding : finding.id)));
  return {
    oauth2Tokens: ids.has(RUNTIME_STATE_FINDINGS.oauth2Tokens),
    databaseSessions: ids.has(RUNTIME_STATE_FINDINGS.databaseSessions),
    acmeRows: ids.has(RUNTIME_STATE_FINDINGS.acmeRows),
    keyAuthTtl: ids.has(RUNTIME_STATE_FINDINGS.keyAuthTtl),
    clusterRateLimits: ids.has(RUNTIME_STATE_FINDINGS.clusterRateLimits),
  };
}
