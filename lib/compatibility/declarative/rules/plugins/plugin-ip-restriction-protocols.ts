import { isSet } from './config';
import { noticed } from './shapes';

export const ipRestrictionProtocols = noticed('plugin-ip-restriction-protocols', ['ip-restriction'], ({ value }) =>
  isSet(value.protocols) ? undefined : { path: ['protocols'] },
);
