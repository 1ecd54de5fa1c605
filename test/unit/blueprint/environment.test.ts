import { kongEnvironment, migrationEnvironment } from '../../../lib/blueprint/environment';
import { EXISTING_NETWORK } from './adopted';
import { BLUE, settingsOf } from './settings-of';
import type { SlotInput } from './settings-of';

const environment = (more: Partial<SlotInput> = {}, network?: typeof EXISTING_NETWORK) => {
  const settings = settingsOf({ slots: { blue: { ...BLUE, ...more } }, ...(network && { network }) });
  return kongEnvironment(settings.slots.blue!, settings.network);
};

describe('the environment of Kong', () => {
  test('ports, database and logs are stated, and no secret', () => {
    expect(environment()).toEqual({
      KONG_DATABASE: 'postgres',
      KONG_PG_SSL: 'on',
      KONG_PROXY_LISTEN: '0.0.0.0:8000',
      KONG_ADMIN_LISTEN: '0.0.0.0:8001',
      KONG_STATUS_LISTEN: '0.0.0.0:8100',
      KONG_NGINX_DAEMON: 'off',
      KONG_TRUSTED_IPS: '10.20.0.0/16',
      KONG_REAL_IP_HEADER: 'X-Forwarded-For',
      KONG_ANONYMOUS_REPORTS: 'off',
      KONG_PROXY_ACCESS_LOG: '/dev/stdout',
      KONG_PROXY_ERROR_LOG: '/dev/stderr',
      KONG_ADMIN_ACCESS_LOG: '/dev/stdout',
      KONG_ADMIN_ERROR_LOG: '/dev/stderr',
      KONG_STATUS_ERROR_LOG: '/dev/stderr',
    });
  });

  test.each<[string, Partial<SlotInput>, string | undefined]>([
    ['open source 2.8', {}, undefined],
    ['open source 3.3', { version: '3.3' }, undefined],
    ['open source 3.4', { version: '3.4' }, 'off'],
    ['Enterprise 2.8', { edition: 'enterprise' }, 'off'],
  ])('given %s, then Kong Manager listens: %s', (_, more, listen) => {
    expect(environment(more).KONG_ADMIN_GUI_LISTEN).toBe(listen);
  });

  test('given an existing network, then addresses of it are trusted', () => {
    expect(environment({}, EXISTING_NETWORK).KONG_TRUSTED_IPS).toBe('10.0.0.0/16');
  });

  test('the settings win where they may', () => {
    expect(environment({ environment: { KONG_TRUSTED_IPS: '0.0.0.0/0', KONG_LOG_LEVEL: 'info' } })).toMatchObject({
      KONG_TRUSTED_IPS: '0.0.0.0/0',
      KONG_LOG_LEVEL: 'info',
    });
  });

  test.each([
    [undefined, 'bundled'],
    ['bundled', 'bundled'],
    ['off', 'bundled'],
    ['key-auth, my-plugin', 'bundled,key-auth,my-plugin'],
    ['bundled,my-plugin', 'bundled,my-plugin'],
  ])(
    'given KONG_PLUGINS %p, then migrations run with %s: a shorter list would leave tables as they were',
    (plugins, expected) => {
      const nodes = environment(plugins === undefined ? {} : { environment: { KONG_PLUGINS: plugins } });
      expect(migrationEnvironment(nodes)).toEqual({ ...nodes, KONG_PLUGINS: expected });
    },
  );
});
