import type { DeclarativeRule } from '../../rule';
import { isSet, told } from './config';

/** A key with a time to live, which Kong answers as what is left of it (recorded: no two dumps are the same). */
export const keyAuthTtl: DeclarativeRule = {
  id: 'plugin-key-auth-ttl',
  on: ['keyauth_credentials'],
  always: true,
  check({ kind, value }) {
    if (kind !== 'keyauth_credentials') return 'not-applicable';
    if (!isSet(value.ttl) || value.ttl === 0) return 'compliant';
    return [
      {
        path: ['ttl'],
        message: `ttl = ${told(value.ttl)} s, counted again from the import: the key lives longer on the other slot`,
      },
    ];
  },
};
