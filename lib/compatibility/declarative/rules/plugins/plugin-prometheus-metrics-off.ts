import { defaultsPinned } from './shapes';

export const prometheusMetricsOff = defaultsPinned(
  'plugin-prometheus-metrics-off',
  ['prometheus'],
  {
    'config.status_code_metrics': true,
    'config.latency_metrics': true,
    'config.bandwidth_metrics': true,
    'config.upstream_health_metrics': true,
  },
  (field) => `${field} is not set: these metrics, always there in 2.x, are off by default in 3.x`,
);
