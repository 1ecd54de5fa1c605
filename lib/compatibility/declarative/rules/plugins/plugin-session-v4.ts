import { noticed } from './shapes';

export const sessionV4 = noticed('plugin-session-v4', ['session', 'openid-connect', 'saml']);
