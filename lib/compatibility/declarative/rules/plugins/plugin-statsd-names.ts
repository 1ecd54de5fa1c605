import { noticed } from './shapes';

export const statsdNames = noticed('plugin-statsd-names', ['statsd']);
