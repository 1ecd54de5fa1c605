import { environmentTwice, reservedEnvironment, secretInClear } from '../../../../lib/blueprint/refusals/environment';
import { BLUE, NO_LOCK, refused, settingsOf } from '../settings-of';

const secret = { secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-AbCdEf' };
const withEnvironment = (environment: Record<string, string>, secrets = {}) =>
  settingsOf({ slots: { blue: { ...BLUE, environment, secrets } } });

describe('refusals about the environment', () => {
  test.each([
    'KONG_PG_PASSWORD',
    'KONG_PASSWORD',
    'KONG_LICENSE_DATA',
    'REDIS_PASSWORD',
    'MY_SECRET',
    'API_TOKEN',
    'KONG_ADMIN_GUI_SESSION_CONF',
  ])('given %s in clear, then it is refused and its value is nowhere in the refusal', (name) => {
    const settings = withEnvironment({ [name]: 'hunter2' });
    expect(refused(secretInClear, settings)).toEqual([
      ['SECRET_IN_CLEAR', `slots.blue.environment.${name}`, 'a value (not shown)'],
    ]);
    expect(JSON.stringify(secretInClear(settings, NO_LOCK))).not.toContain('hunter2');
  });

  test('given a reference into a vault, or a harmless name, then nothing is refused', () => {
    expect(
      refused(
        secretInClear,
        withEnvironment({ REDIS_PASSWORD: '{vault://env/redis}', KONG_LOG_LEVEL: 'info', KONG_PASSWORDS_FILE: '/x' }),
      ),
    ).toEqual([]);
  });

  test.each([
    'KONG_DATABASE',
    'KONG_PROXY_LISTEN',
    'KONG_ADMIN_LISTEN',
    'KONG_STATUS_LISTEN',
    'KONG_PG_HOST',
    'KONG_ROLE',
  ])('given %s, then it is refused with the reason', (name) => {
    expect(refused(reservedEnvironment, withEnvironment({ [name]: 'x' }))).toEqual([
      ['ENVIRONMENT_RESERVED', `slots.blue.environment.${name}`, `slots.blue.environment.${name}`],
    ]);
  });

  test('given the database password as a secret, then it is refused: the datastore gives it', () => {
    expect(refused(reservedEnvironment, withEnvironment({}, { KONG_PG_PASSWORD: secret }))).toEqual([
      ['ENVIRONMENT_RESERVED', 'slots.blue.secrets.KONG_PG_PASSWORD', 'slots.blue.secrets.KONG_PG_PASSWORD'],
    ]);
  });

  test('given an adopted slot, then what its nodes have is a note and not refused', () => {
    const blue = {
      ...BLUE,
      environment: { KONG_PROXY_LISTEN: '0.0.0.0:8000' },
      adopted: { platform: 'ecs' as const, nodes: 2 },
    };
    expect(refused(reservedEnvironment, settingsOf({ slots: { blue } }))).toEqual([]);
  });

  test('given one name as value and as secret, then it is refused', () => {
    expect(refused(environmentTwice, withEnvironment({ A: '1', B: '2' }, { A: secret }))).toEqual([
      ['ENVIRONMENT_TWICE', 'slots.blue.environment.A', 'both'],
    ]);
  });
});
