import { confOpenssl3 } from '../../../../../lib/compatibility/declarative/rules/conf-openssl3';
import { entity, verdict } from '../entity';
import certificates from '../../certificates.json';

describe('the signature of a certificate', () => {
  const of = (name: keyof typeof certificates) =>
    verdict(confOpenssl3, entity('certificates', { cert: certificates[name] }));
  it.each([
    ['rsa2048-sha1', 'SHA-1'],
    ['rsa2048-md5', 'MD5'],
  ] as const)('of %s may be refused', (name, digest) => {
    expect(of(name)).toMatchObject([{ path: ['cert'], message: expect.stringContaining(digest) }]);
  });
  it('by SHA-256 is fine, and one of its own is not looked at', () => {
    expect(of('rsa2048')).toBe('compliant');
    expect(of('ed25519')).toBe('compliant');
    expect(of('ca-sha1')).toBe('compliant');
  });
  it('is not there without a certificate', () => {
    expect(verdict(confOpenssl3, entity('certificates', {}))).toBe('not-applicable');
  });
});
