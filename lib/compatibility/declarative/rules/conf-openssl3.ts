import { certificateRule } from './weak-certificates';

/** Nobody looks at the signature of a certificate that signed itself. */
export const confOpenssl3 = certificateRule('conf-openssl3', ({ digest, isSelfIssued }) =>
  digest === undefined || isSelfIssued ? undefined : `is signed with ${digest}, which OpenSSL 3 may refuse`,
);
