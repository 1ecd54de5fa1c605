import { fieldsRenamed } from './shapes';

export const opentelemetryAccessLogs = fieldsRenamed(
  'plugin-opentelemetry-access-logs',
  ['opentelemetry'],
  [{ from: 'config.access_logs_endpoint', to: 'config.access_logs.endpoint' }],
  ({ from, to }) => `${from} is deprecated since 3.14 (still read); it is called ${to}`,
);
