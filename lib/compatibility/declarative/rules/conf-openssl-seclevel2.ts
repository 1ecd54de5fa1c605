import { certificateRule } from './weak-certificates';

/** The least bits of a key at OpenSSL's security level 2. */
const LEAST_BITS = { rsa: 2048, dsa: 2048, ec: 224 } as const;

export const confOpensslSeclevel2 = certificateRule('conf-openssl-seclevel2', ({ key }) =>
  key === undefined || key.bits >= LEAST_BITS[key.type]
    ? undefined
    : `has a key of ${key.bits} bits (${key.type.toUpperCase()}); at least ${LEAST_BITS[key.type]} are wanted, and TLS with it fails`,
);
