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
  (fields) => `metrics that 2.x always had are off by default in 3.x, and not switched on here: ${fields}`,
);
