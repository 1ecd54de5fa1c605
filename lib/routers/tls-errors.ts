/** Whether a code is what TLS of Node.js says of a certificate that it does not trust. */
export const isUntrusted = (code: string | undefined): code is string =>
  code !== undefined && /SELF_SIGNED|UNABLE_TO|CERT_|_CERT|ALTNAME/.test(code);
