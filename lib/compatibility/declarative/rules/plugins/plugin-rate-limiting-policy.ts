import { clusterPinned } from './rate-limit-counters';

export const rateLimitingPolicy = clusterPinned('plugin-rate-limiting-policy', 'rate-limiting');
