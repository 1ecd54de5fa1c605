import type { DeclarativeRule, Violation } from '../../rule';
import { Draft, isSet, pathOf, told } from './config';
import { pluginRule } from './shapes';

/** The parameters of a queue before 3.3, with the defaults that 3.3 takes for "nobody chose". */
export interface LegacyQueue {
  readonly size: { readonly field: string; readonly fallback: number };
  readonly delay: { readonly field: string; readonly fallback: number };
  /** Retries were counted; since 3.3 they are timed. */
  readonly retries?: { readonly field: string; readonly fallback: number };
  /** `queue.max_batch_size` where the file has no `queue`: the default of the record, lost as soon as one is written. */
  readonly batchSize?: number;
}

/** Of http-log, statsd and datadog. */
export const LOG_QUEUE: LegacyQueue = {
  size: { field: 'config.queue_size', fallback: 1 },
  delay: { field: 'config.flush_timeout', fallback: 2 },
  retries: { field: 'config.retry_count', fallback: 10 },
};

/** Seconds that a failed batch is retried for since 3.3. */
const RETRY_TIME = 60;

/**
 * The queue of a log plugin as `Queue.get_params` of 3.3 and 3.4 reads it (kong/tools/queue.lua): an old field counts
 * where it is not the old default, and then over the new one; the old default is forgotten (a `flush_timeout` of 2
 * becomes the new default of 1 s). So that is what is written.
 */
export function legacyQueue(id: string, plugin: string, legacy: LegacyQueue): DeclarativeRule {
  return pluginRule(id, [plugin], (entity) => {
    const draft = new Draft(entity);
    return [
      ...moved(draft, legacy, legacy.size, 'config.queue.max_batch_size'),
      ...moved(draft, legacy, legacy.delay, 'config.queue.max_coalescing_delay'),
      ...retries(draft, legacy.retries),
    ];
  });
}

function moved(draft: Draft, legacy: LegacyQueue, { field, fallback }: LegacyQueue['size'], to: string): Violation[] {
  if (!draft.has(field)) return [];
  const value = draft.get(field);
  const chosen = isSet(value) && value !== fallback;
  if (chosen) {
    if (legacy.batchSize !== undefined && !isSet(draft.get('config.queue'))) {
      draft.set('config.queue.max_batch_size', legacy.batchSize);
    }
    draft.set(to, value);
  }
  draft.remove(field);
  const message = chosen
    ? `${field} is deprecated: ${to} takes its ${told(value)}`
    : `${field} is not read any more at its old default: ${to} rules`;
  return [{ path: pathOf(field), message, edits: draft.take() }];
}

function retries(draft: Draft, legacy: LegacyQueue['retries']): Violation[] {
  if (legacy === undefined || !draft.has(legacy.field)) return [];
  const { field, fallback } = legacy;
  const count = draft.get(field);
  const message =
    `${field} is not read any more: a failed batch is retried for config.queue.max_retry_time ` +
    `(${RETRY_TIME} s where it is not set)`;
  if (!isSet(count) || count === fallback || isSet(draft.get('config.queue.max_retry_time'))) {
    draft.remove(field);
    return [{ path: pathOf(field), message, edits: draft.take() }];
  }
  return [
    {
      path: pathOf(field),
      message: `${message}; a number of retries, ${told(count)}, is no time`,
      how: 'set config.queue.max_retry_time to the seconds that you want to wait for, and remove config.retry_count',
    },
  ];
}
