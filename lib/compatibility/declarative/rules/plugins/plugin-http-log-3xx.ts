import { noticed } from './shapes';

export const httpLog3xx = noticed('plugin-http-log-3xx', ['http-log']);
