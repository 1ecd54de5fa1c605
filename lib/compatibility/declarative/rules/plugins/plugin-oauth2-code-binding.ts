import { noticed } from './shapes';

export const oauth2CodeBinding = noticed('plugin-oauth2-code-binding', ['oauth2']);
