import { noticed } from './shapes';

export const samlPriority = noticed('plugin-saml-priority', ['saml']);
