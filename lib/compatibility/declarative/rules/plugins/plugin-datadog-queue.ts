import { legacyQueue, LOG_QUEUE } from './legacy-queue';

export const datadogQueue = legacyQueue('plugin-datadog-queue', 'datadog', LOG_QUEUE);
