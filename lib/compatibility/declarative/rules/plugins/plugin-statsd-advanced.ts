import { noticed } from './shapes';

export const statsdAdvanced = noticed('plugin-statsd-advanced', ['statsd-advanced']);
