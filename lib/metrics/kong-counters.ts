import { REFUSALS, type Refusal } from '../traffic/minutes';
import { numberOf, samplesOf, type Sample } from './prometheus-text';

/** What a node has counted since it started. */
export interface KongCounters {
  /** Of this start of this node (node and worker processes): counters of another one cannot be subtracted. */
  readonly start: string;
  readonly requests: number;
  /** 5xx, of the services and of Kong itself. */
  readonly errors: number;
  readonly refusals: Readonly<Record<Refusal, number>>;
  /** Requests slower than the limit; absent where the latencies are switched off or no bucket ends at the limit. */
  readonly slow?: number;
}

/** `kong_http_status` in Kong 2.x, `kong_http_requests_total` in 3.x (recorded from 2.8.5 and 3.4.2). */
const COUNTERS = new Set(['kong_http_requests_total', 'kong_http_status']);
/** 2.x: one histogram with the label `type`; 3.x: one histogram a kind. */
const isRequestLatency = ({ name, labels }: Sample): boolean =>
  name.startsWith('kong_request_latency_ms_') || labels.type === 'request';
/** Has a sample a worker process; in 3.x with the node's id. */
const WORKERS = 'kong_memory_workers_lua_vms_bytes';
const isLatency = (name: string): boolean => /^kong_(request_latency_ms|latency)_bucket$/.test(name);

/**
 * Counters of all services and routes of a node. Kong counts a request only when its route has a service: a 404 of no route
 * and whatever a route without service answers are in none of these.
 * @returns undefined where there is no counter at all: switched off, or no request yet, and nobody can tell which
 */
export function kongCounters(text: string, slowSeconds: number): KongCounters | undefined {
  const samples = samplesOf(text, (name) => COUNTERS.has(name) || name === WORKERS || isLatency(name));
  const counts = samples.filter(({ name }) => COUNTERS.has(name));
  if (counts.length === 0) return undefined;
  const sum = (matches: (code: string) => boolean): number =>
    counts.reduce((total, { labels, value }) => total + (matches(labels.code ?? '') ? value : 0), 0);
  const workers = samples.filter(({ name }) => name === WORKERS);
  return {
    start: workers
      .map(({ labels }) => `${labels.node_id ?? ''}/${labels.pid ?? ''}`)
      .sort()
      .join(' '),
    requests: sum(() => true),
    errors: sum((code) => code.startsWith('5')),
    refusals: Object.fromEntries(REFUSALS.map((status) => [status, sum((code) => code === status)])) as Record<
      Refusal,
      number
    >,
    ...slowOf(samples.filter(isRequestLatency), slowSeconds),
  };
}

/**
 * All requests less those of the buckets that end at the limit. Only that bound will do: Kong 2.x and 3.x have other bounds
 * (500 ms is one of 2.8.5 and none of 3.4.2; 1 s is in both), and slots that count by different ones cannot be compared.
 * A series without a bucket has nothing in it: Kong leaves out empty ones (recorded from both).
 */
function slowOf(latencies: readonly Sample[], slowSeconds: number): Pick<KongCounters, 'slow'> {
  const upTo = (bound: number): number[] =>
    latencies.flatMap(({ name, labels, value }) =>
      name.endsWith('_bucket') && numberOf(labels.le ?? '') === bound ? [value] : [],
    );
  const fast = upTo(Math.round(slowSeconds * 1000));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return fast.length === 0 ? {} : { slow: Math.max(0, sum(upTo(Infinity)) - sum(fast)) };
}
