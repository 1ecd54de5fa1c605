import type { DeclarativeRule } from '../rule';

export const caCertificatesDigest: DeclarativeRule = {
  id: 'ca-certificates-digest',
  on: ['ca_certificates'],
  check({ value }) {
    if (typeof value.cert !== 'string') return 'not-applicable';
    const count = value.cert.split('-----BEGIN CERTIFICATE-----').length - 1;
    if (count < 2) return 'compliant';
    return [{ path: ['cert'], message: `cert holds ${count} certificates, and 3.x takes one in a CA certificate` }];
  },
};
