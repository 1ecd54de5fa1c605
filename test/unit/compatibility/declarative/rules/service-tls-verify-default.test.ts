import type { Verdict } from '../../../../../lib/compatibility/declarative/rule';
import { serviceTlsVerifyDefault } from '../../../../../lib/compatibility/declarative/rules/service-tls-verify-default';
import { checked } from '../checked';
import { context, entity, verdict } from '../entity';

const of = (value: Record<string, unknown>, conf?: Record<string, string>): Verdict =>
  verdict(
    serviceTlsVerifyDefault,
    entity('services', { name: 's', ...value }),
    context({ from: '3.10', to: '3.14', ...(conf && { conf }) }),
  );

describe('a service', () => {
  it.each(['https', 'tls', 'grpcs', 'wss'])('of %s verifies its upstream from 3.14', (protocol) => {
    expect(of({ protocol })).toMatchObject([{ path: ['tls_verify'], message: expect.stringContaining(protocol) }]);
    expect(of({ protocol, tls_verify: null })).toHaveLength(1);
  });
  it('is not given the false that 3.14 refuses', () => {
    expect(of({ protocol: 'https' })).not.toMatchObject([{ edits: expect.anything() }]);
    expect(of({ protocol: 'https', tls_verify: false })).toMatchObject([
      { message: expect.stringContaining('refuses') as string },
    ]);
  });
  it('that verifies already is fine', () => {
    expect(of({ protocol: 'https', tls_verify: true })).toBe('compliant');
  });
  it.each(['http', 'tcp', 'udp', 'grpc', 'ws', 'tls_passthrough', undefined])(
    'of %s has nothing to verify',
    (protocol) => {
      expect(of({ protocol })).toBe('not-applicable');
    },
  );
  it('is judged by the protocol in its url', () => {
    expect(of({ url: 'HTTPS://a.test/x' })).toHaveLength(1);
    expect(of({ url: 'http://a.test/x' })).toBe('not-applicable');
  });
  it('goes on as before where the new nodes have tls_certificate_verify = off', () => {
    const off = { tls_certificate_verify: 'off' };
    expect(of({ protocol: 'https' }, off)).toBe('compliant');
    expect(of({ protocol: 'https', tls_verify: false }, off)).toBe('compliant');
    expect(of({ protocol: 'https' }, { tls_certificate_verify: 'on' })).toHaveLength(1);
  });
});

describe('a file', () => {
  const services = (defaults: string): string =>
    `_info: {defaults: {service: ${defaults}}}\nservices:\n- name: a\n  host: a.test\n`;
  const found = (text: string, from = '3.10', to = '3.14') => checked(text, [serviceTlsVerifyDefault], { from, to });

  it('may say for all its services what they speak and whether they verify', () => {
    expect(found(services('{protocol: https}')).findings).toMatchObject([
      { entity: 'service "a"', severity: 'breaking', fix: { mode: 'manual' }, line: 3 },
    ]);
    expect(found(services('{protocol: https, tls_verify: true}')).findings).toEqual([]);
  });
  it('is told of it by an upgrade that meets 3.14 only', () => {
    expect(found(services('{protocol: https}'), '3.4', '3.10').findings).toEqual([]);
    expect(found(services('{protocol: https}'), '3.4', '3.14').findings).toHaveLength(1);
  });
});
