import { legacyQueue } from './legacy-queue';

export const opentelemetryQueue = legacyQueue('plugin-opentelemetry-queue', 'opentelemetry', {
  size: { field: 'config.batch_span_count', fallback: 200 },
  delay: { field: 'config.batch_flush_delay', fallback: 3 },
  batchSize: 200,
});
