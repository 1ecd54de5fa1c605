import { certificatesOf, type Certificate } from '../../x509';
import type { DeclarativeRule, Entity, Violation } from '../rule';

const FIELDS = ['cert', 'cert_alt'];

/** A rule over the certificates of `certificates` and `ca_certificates`, chains included. */
export const certificateRule = (
  id: string,
  weakness: (certificate: Certificate) => string | undefined,
): DeclarativeRule => ({
  id,
  on: ['certificates', 'ca_certificates'],
  check({ value }: Entity) {
    const found: Violation[] = [];
    let seen = 0;
    for (const field of FIELDS) {
      const text = value[field];
      const certificates = typeof text === 'string' ? certificatesOf(text) : [];
      seen += certificates.length;
      certificates.forEach((certificate, index) => {
        const why = weakness(certificate);
        const which = certificates.length > 1 ? `certificate ${index + 1} of ${field}` : field;
        if (why !== undefined) found.push({ path: [field], message: `${which} ${why}` });
      });
    }
    return seen === 0 ? 'not-applicable' : found.length > 0 ? found : 'compliant';
  },
});
