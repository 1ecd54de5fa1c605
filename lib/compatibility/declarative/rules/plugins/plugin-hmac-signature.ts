import { noticed } from './shapes';

export const hmacSignature = noticed('plugin-hmac-signature', ['hmac-auth']);
