import type { DeclarativeRule, Entity } from '../rule';
import { FileDefaults } from './file-defaults';

const SECURE = ['https', 'tls', 'grpcs', 'wss'];

/**
 * Services that speak TLS to their upstream. decK writes `tls_verify: false`, which 3.14 refuses as long as
 * tls_certificate_verify is on, and which says nothing new when it is off: so a person decides.
 */
export const serviceTlsVerifyDefault: DeclarativeRule<FileDefaults> = {
  id: 'service-tls-verify-default',
  on: ['file', 'services'],
  begin: () => new FileDefaults(),
  check(entity, { conf }, defaults) {
    if (entity.kind === 'file') {
      defaults.read(entity);
      return 'not-applicable';
    }
    const protocol = protocolOf(entity, defaults);
    if (protocol === undefined || !SECURE.includes(protocol)) return 'not-applicable';
    const verify = defaults.valueOf(entity, 'service', 'tls_verify');
    if (verify === true || conf?.tls_certificate_verify === 'off') return 'compliant';
    return [
      {
        path: ['tls_verify'],
        message:
          verify === false
            ? `tls_verify is false for ${protocol}: 3.14 refuses it (Admin API, DB-less start, data planes) unless tls_certificate_verify = off`
            : `tls_verify is not set for ${protocol}: 3.14 verifies the certificate of the upstream, and requests fail when its CA is not trusted`,
      },
    ];
  },
};

/** `url` is short for protocol, host, port and path; it says the protocol where it stands. */
function protocolOf(service: Entity, defaults: FileDefaults): string | undefined {
  const { url } = service.value;
  const ofUrl = typeof url === 'string' ? /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase() : undefined;
  const protocol = ofUrl ?? defaults.valueOf(service, 'service', 'protocol');
  return typeof protocol === 'string' ? protocol : undefined;
}
