import { changes } from '../../../../lib/compatibility/changes';
import { RUNTIME_STATE_FINDINGS, runtimeStateOf } from '../../../../lib/compatibility/declarative/runtime-state';

describe('runtime state', () => {
  test('is found by the findings that tell of it', () => {
    expect(runtimeStateOf([{ id: 'plugin-oauth2-tokens-runtime' }, 'plugin-rl-counters-split', 'route-regex'])).toEqual(
      {
        oauth2Tokens: true,
        databaseSessions: false,
        acmeRows: false,
        keyAuthTtl: false,
        clusterRateLimits: true,
      },
    );
  });
  test('has an entry with a remedy for each', () => {
    for (const id of Object.values(RUNTIME_STATE_FINDINGS)) expect(changes().get(id)?.fix.how).toMatch(/\w/);
  });
});
