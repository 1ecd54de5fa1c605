import { legacyQueue, LOG_QUEUE } from './legacy-queue';

export const httpLogQueue = legacyQueue('plugin-http-log-queue', 'http-log', LOG_QUEUE);
