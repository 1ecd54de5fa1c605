import type { Violation } from '../../rule';
import { Draft, pathOf } from './config';
import { pluginRule } from './shapes';

const QUEUED = ['http-log', 'statsd', 'datadog', 'opentelemetry', 'zipkin'];
/** kong/tools/queue_schema.lua of 3.4 */
const LIMITS = [
  { field: 'config.queue.max_batch_size', whole: true, min: 1, max: 1_000_000 },
  { field: 'config.queue.max_entries', whole: true, min: 1, max: 1_000_000 },
  { field: 'config.queue.max_bytes', whole: true, min: -Infinity, max: Infinity },
  { field: 'config.queue.initial_retry_delay', whole: false, min: 0.001, max: 1_000_000 },
  { field: 'config.queue.max_retry_delay', whole: false, min: 0.001, max: 1_000_000 },
];

export const queueIntegers = pluginRule('plugin-queue-integers', QUEUED, (plugin) => {
  const draft = new Draft(plugin);
  return LIMITS.flatMap(({ field, whole, min, max }): Violation[] => {
    const value = draft.get(field);
    if (typeof value !== 'number' || !draft.has(field)) return [];
    const allowed = Math.min(Math.max(whole ? Math.round(value) : value, min), max);
    if (allowed === value) return [];
    draft.set(field, allowed);
    return [
      {
        path: pathOf(field),
        message: `3.4 refuses ${field} = ${value}; ${allowed} is the nearest that it takes`,
        edits: draft.take(),
      },
    ];
  });
});
