import { clusterPinned } from './rate-limit-counters';

export const rateLimitingAdvancedPolicy = clusterPinned(
  'plugin-rate-limiting-advanced-policy',
  'rate-limiting-advanced',
);
