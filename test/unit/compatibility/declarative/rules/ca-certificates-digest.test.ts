import { caCertificatesDigest } from '../../../../../lib/compatibility/declarative/rules/ca-certificates-digest';
import { entity, verdict } from '../entity';

describe('a CA certificate', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
  it('of two certificates is told', () => {
    expect(verdict(caCertificatesDigest, entity('ca_certificates', { cert: pem + pem }))).toMatchObject([
      { path: ['cert'], message: expect.stringMatching(/holds 2/) },
    ]);
  });
  it('of one is fine', () => {
    expect(verdict(caCertificatesDigest, entity('ca_certificates', { cert: pem }))).toBe('compliant');
    expect(verdict(caCertificatesDigest, entity('ca_certificates', {}))).toBe('not-applicable');
  });
});
