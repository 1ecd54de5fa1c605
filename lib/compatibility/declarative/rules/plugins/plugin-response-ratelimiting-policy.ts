import { clusterPinned } from './rate-limit-counters';

export const responseRatelimitingPolicy = clusterPinned('plugin-response-ratelimiting-policy', 'response-ratelimiting');
