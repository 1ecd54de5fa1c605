import { changes } from '../../../lib/compatibility/changes';
import { RUNTIME_STATE_FINDINGS, runtimeStateOf } from '../../../lib/strategy/found-runtime-state';

describe('runtime state', () => {
  test('is found by the findings that tell of it', () => {
    const findings = ['plugin-oauth2-tokens-runtime', 'plugin-rl-counters-split', 'route-regex-tilde'];
    expect(runtimeStateOf(findings.map((id) => ({ id })))).toEqual({
      oauth2: true,
      sessions: false,
      acme: false,
      keyAuthTtl: false,
      clusterRateLimits: true,
    });
  });
  test('has an entry with a remedy for each', () => {
    for (const id of Object.values(RUNTIME_STATE_FINDINGS)) expect(changes().get(id)?.fix.how).toMatch(/\w/);
  });
});
