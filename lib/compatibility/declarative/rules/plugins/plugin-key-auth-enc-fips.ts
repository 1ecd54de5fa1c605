import type { DeclarativeRule } from '../../rule';

/** Only a kong.conf tells that the nodes run in FIPS mode, which is off by default. */
export const keyAuthEncFips: DeclarativeRule = {
  id: 'plugin-key-auth-enc-fips',
  on: ['keyauth_enc_credentials'],
  check: ({ kind }, { conf }) => {
    if (kind !== 'keyauth_enc_credentials' || conf?.fips !== 'on') return 'not-applicable';
    return [{ path: [], message: 'fips = on: the stored hash of the key is of a kind that FIPS mode does not take' }];
  },
};
