import { legacyQueue, LOG_QUEUE } from './legacy-queue';

export const statsdQueue = legacyQueue('plugin-statsd-queue', 'statsd', LOG_QUEUE);
