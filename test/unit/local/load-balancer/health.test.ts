import fc from 'fast-check';
import {
  afterCheck,
  isSuccess,
  REGISTERED,
  type CheckResult,
  type Health,
} from '../../../../local/load-balancer/health';

const pass: CheckResult = { passed: true };
const fail: CheckResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
const thresholds = { healthyCount: 3, unhealthyCount: 2 };
const run = (...results: CheckResult[]): Health =>
  results.reduce((health, result) => afterCheck(health, result, thresholds), REGISTERED);

describe('the health of a target', () => {
  test('a new target is initial, and healthy after one check that passes', () => {
    expect(REGISTERED).toMatchObject({ state: 'initial', reason: 'Elb.RegistrationInProgress' });
    expect(run(pass)).toEqual({ state: 'healthy', contrary: 0 });
    expect(run(fail, pass).state).toBe('healthy');
  });

  test('a new target that fails stays initial until the unhealthy count, then says why', () => {
    expect(run(fail)).toMatchObject({ state: 'initial', reason: 'Elb.InitialHealthChecking' });
    expect(run(fail, fail)).toMatchObject({ state: 'unhealthy', reason: 'Target.Timeout' });
  });

  test('a healthy target bears failures that are fewer than the unhealthy count in a row', () => {
    expect(run(pass, fail, pass, fail).state).toBe('healthy');
    expect(run(pass, fail, fail).state).toBe('unhealthy');
  });

  test('an unhealthy target is healthy after the healthy count in a row', () => {
    expect(run(fail, fail, pass, pass).state).toBe('unhealthy');
    expect(run(fail, fail, pass, pass, fail, pass, pass).state).toBe('unhealthy');
    expect(run(fail, fail, pass, pass, pass).state).toBe('healthy');
  });

  test('law: from any past, `healthyCount` passes make it healthy and `unhealthyCount` failures unhealthy', () => {
    const count = fc.integer({ min: 2, max: 10 });
    fc.assert(
      fc.property(fc.array(fc.boolean()), count, count, (past, healthyCount, unhealthyCount) => {
        const limits = { healthyCount, unhealthyCount };
        const step = (health: Health, passed: boolean): Health => afterCheck(health, passed ? pass : fail, limits);
        const before = past.reduce(step, REGISTERED);
        const times = (n: number, passed: boolean): boolean[] => Array.from({ length: n }, () => passed);
        return (
          times(healthyCount, true).reduce(step, before).state === 'healthy' &&
          times(unhealthyCount, false).reduce(step, before).state === 'unhealthy'
        );
      }),
    );
  });
});

test.each([
  ['200', 200, true],
  ['200', 204, false],
  ['200,404', 404, true],
  ['200-299', 299, true],
  ['200-299', 300, false],
])('success codes %s take %d: %s', (codes, status, expected) => {
  expect(isSuccess(status, codes)).toBe(expected);
});
