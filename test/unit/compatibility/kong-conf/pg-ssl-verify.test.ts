import type { CompatibilityFinding } from '../../../../lib/compatibility/finding';
import { check } from './helpers';

const told = (
  text: string,
  options: { from?: string; to?: string; environment?: string } = {},
): CompatibilityFinding[] =>
  check(text, { from: '3.10', to: '3.14', ...options }).findings.filter(({ sources }) =>
    sources.includes('facts: conf-pg-ssl-verify'),
  );

describe('TLS to PostgreSQL at 3.14', () => {
  it('that is not verified may keep Kong from starting: told at its line, with what to set', () => {
    expect(told('database = postgres\npg_ssl = on\npg_ssl_verify = off\n')).toMatchObject([
      {
        id: 'pg_ssl_verify',
        severity: 'breaking',
        when: 'before',
        line: 3,
        message: expect.stringContaining('may not start') as string,
        fix: { mode: 'manual', how: expect.stringContaining('lua_ssl_trusted_certificate') as string },
      },
    ]);
  });

  it('that leaves it to the default is verified from now on: told at pg_ssl', () => {
    expect(told('pg_ssl = on\n')).toMatchObject([
      { id: 'pg_ssl', line: 1, message: expect.stringContaining('lua_ssl_trusted_certificate is not set') as string },
    ]);
    expect(told('pg_ssl = on\nlua_ssl_trusted_certificate = /ca.pem\n')[0]?.message).not.toContain('is not set: only');
  });

  it('may be set up by the environment', () => {
    expect(told('', { environment: 'KONG_PG_SSL=on\nKONG_PG_SSL_VERIFY=off\n' })).toMatchObject([
      { entity: 'environment', field: 'KONG_PG_SSL_VERIFY', line: 2 },
    ]);
  });

  it.each([
    ['is verified', 'pg_ssl = on\npg_ssl_verify = on\n'],
    ['is not used', 'pg_ssl = off\npg_ssl_verify = off\n'],
    ['is not set up', 'pg_ssl_verify = off\n'],
    ['has no database to go to', 'pg_ssl = on\ndatabase = off\n'],
    ['is on a data plane', 'role = data_plane\npg_ssl = on\npg_ssl_verify = off\n'],
    ['may go on unverified', 'pg_ssl = on\npg_ssl_verify = off\ntls_certificate_verify = off\n'],
  ])('that %s is not told of', (_why, text) => {
    expect(told(text)).toEqual([]);
  });

  it('is verified by default also where tls_certificate_verify is off', () => {
    expect(told('pg_ssl = on\ntls_certificate_verify = off\n')).toHaveLength(1);
  });

  it('is told on the way to 3.14 only', () => {
    expect(told('pg_ssl = on\npg_ssl_verify = off\n', { from: '3.4', to: '3.10' })).toEqual([]);
    expect(told('pg_ssl = on\npg_ssl_verify = off\n', { from: '3.4', to: '3.14' })).toHaveLength(1);
  });
});
