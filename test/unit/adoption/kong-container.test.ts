import { containerSettings, kongVersionOf, looksSecret, secretReference } from '../../../lib/adoption/kong-container';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:kong-AbCdEf';

describe('kongVersionOf', () => {
  test.each([
    ['kong:2.8', '2.8', 'oss'],
    ['kong:2.8.5-alpine', '2.8.5', 'oss'],
    ['docker.io/library/kong:3.4.2@sha256:abc', '3.4.2', 'oss'],
    ['registry.example.com:5000/team/kong:3.4', '3.4', 'oss'],
    ['kong/kong-gateway:3.4.3.12-ubuntu', '3.4.3.12', 'enterprise'],
  ])('%s is %s (%s)', (image, version, edition) => {
    expect(kongVersionOf(image)).toEqual({ version, edition });
  });

  test.each(['kong:latest', 'kong', 'registry.example.com:5000/kong', 'kong@sha256:0123', 'kong:20260101', ''])(
    '%s names no version',
    (image) => {
      expect(kongVersionOf(image).version).toBeUndefined();
    },
  );
});

describe('containerSettings', () => {
  test('keeps KONG_ variables that a person chose and leaves what every cluster is given', () => {
    const { environment } = containerSettings(
      {
        KONG_PLUGINS: 'bundled',
        KONG_PG_HOST: 'h',
        KONG_PROXY_LISTEN: '0.0.0.0:8000',
        PATH: '/bin',
        KONG_ANONYMOUS_REPORTS: 'off',
      },
      {},
    );
    expect(environment).toEqual({ KONG_ANONYMOUS_REPORTS: 'off', KONG_PLUGINS: 'bundled' });
  });

  test('takes secrets by reference and names those it cannot refer to', () => {
    const result = containerSettings(
      {},
      {
        KONG_PG_PASSWORD: SECRET,
        KONG_LICENSE_DATA: `${SECRET}:license::`,
        KONG_X: 'arn:aws:ssm:eu-central-1:1:parameter/x',
      },
    );
    expect(result.secrets).toEqual({ KONG_LICENSE_DATA: { secretArn: SECRET, field: 'license' } });
    expect(result.notReferable).toEqual(['KONG_X']);
  });
});

describe('looksSecret', () => {
  test.each([
    ['KONG_PG_PASSWORD', 'x'],
    ['KONG_ADMIN_TOKEN', 'x'],
    ['KONG_ADMIN_TOKEN', '/looks/like/a/path'],
    ['KONG_LICENSE_DATA', '{}'],
    ['KONG_SSL_CERT_KEY', '-----BEGIN PRIVATE KEY-----'],
    ['KONG_REDIS_URL', 'redis://user:pw@host'],
    ['KONG_ADMIN_GUI_SESSION_CONF', '{"secret":"x"}'],
  ])('%s=%s', (name, value) => expect(looksSecret(name, value)).toBe(true));

  test.each([
    ['KONG_SSL_CERT_KEY', '/etc/kong/tls.key'],
    ['KONG_PLUGINS', 'bundled,key-auth'],
    ['KONG_REDIS_PASSWORD', '{vault://env/redis-password}'],
    ['KONG_PG_PASSWORD', ''],
    ['KONG_REDIS_URL', 'redis://host:6379'],
  ])('%s=%s is none', (name, value) => expect(looksSecret(name, value)).toBe(false));
});

describe('secretReference', () => {
  test('reads the forms of ECS', () => {
    expect(secretReference(SECRET)).toEqual({ secretArn: SECRET });
    expect(secretReference(`${SECRET}:password::`)).toEqual({ secretArn: SECRET, field: 'password' });
  });
  test('has no word for a pinned version or an SSM parameter', () => {
    expect(secretReference(`${SECRET}:password:AWSPREVIOUS:`)).toBeUndefined();
    expect(secretReference('arn:aws:ssm:eu-central-1:111122223333:parameter/p')).toBeUndefined();
  });
});
