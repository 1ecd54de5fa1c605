import { confOpensslSeclevel2 } from '../../../../../lib/compatibility/declarative/rules/conf-openssl-seclevel2';
import { entity, verdict } from '../entity';
import certificates from '../../certificates.json';

describe('the key of a certificate', () => {
  const of = (...names: (keyof typeof certificates)[]) =>
    verdict(confOpensslSeclevel2, entity('certificates', { cert: names.map((name) => certificates[name]).join('') }));
  it.each([
    ['rsa1024', 1024],
    ['rsa2047', 2047],
    ['pss', 1536],
    ['ec192', 192],
  ] as const)('%s is too short', (name, bits) => {
    expect(of(name)).toMatchObject([{ path: ['cert'], message: expect.stringMatching(`a key of ${bits} bits`) }]);
  });
  it.each(['rsa2048', 'ec224', 'ec256', 'ec521', 'ed25519'] as const)('%s is long enough', (name) => {
    expect(of(name)).toBe('compliant');
  });
  it('is looked at in a chain', () => {
    expect(of('rsa2048', 'rsa1024')).toMatchObject([{ message: expect.stringMatching(/^certificate 2 of cert/) }]);
  });
  it('is not looked for where it is elsewhere, or no certificate', () => {
    const rule = confOpensslSeclevel2;
    expect(verdict(rule, entity('certificates', { cert: '{vault://env/cert}' }))).toBe('not-applicable');
    const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(verdict(rule, entity('ca_certificates', { cert: broken }))).toBe('not-applicable');
  });
});
