import { Pool } from 'undici';
import type { ProbeRequest } from './configuration';

/** A request whose answer is known beforehand. */
export interface LoadRequest extends ProbeRequest {
  /** @default 200 */
  readonly status?: number;
  /** What the upstream must say it was asked for: path and, where Kong knows one, consumer. @default the body is not read */
  readonly upstream?: { readonly url: string; readonly consumer?: string };
}

export interface LoadOptions {
  /** Requests a second that are aimed at; less when the answers are slower. @default 50 */
  readonly perSecond?: number;
  /** Connections kept open, each with one request at a time. @default 4 */
  readonly connections?: number;
  /** Zero of `seconds`, milliseconds since the epoch. @default now */
  readonly epoch?: number;
}

/** What the client saw of the requests that were begun in one second; times in seconds. */
export interface ClientSecond {
  /** Seconds since the epoch of the load. */
  readonly at: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** Longer than any answer of the demo; what takes longer has failed. */
const PATIENCE_MS = 10_000;
const KEPT_FAILURES = 5;

/**
 * A steady stream of requests through the load balancer, each sent once: an answer that is not the expected one, a reset
 * connection and a time-out are failures, and nothing is ever sent again to hide one. Connections are kept alive; they are
 * never idle long enough for either side to close one, so a reset has no innocent reading.
 */
export class Load {
  sent = 0;
  failed = 0;
  /** The first failures, for the summary. */
  readonly failures: string[] = [];
  private readonly pool: Pool;
  private readonly epoch: number;
  private readonly perSecond: number;
  private readonly connections: number;
  private readonly bySecond = new Map<number, { latencies: number[]; requests: number; failed: number }>();
  private stopped = false;
  private next = 0;
  private readonly running: Promise<unknown>;

  constructor(
    url: string,
    private readonly requests: readonly LoadRequest[],
    { perSecond = 50, connections = 4, epoch = Date.now() }: LoadOptions = {},
  ) {
    if (requests.length === 0) throw new Error('a load needs a request');
    this.epoch = epoch;
    this.perSecond = perSecond;
    this.connections = connections;
    this.pool = new Pool(url, {
      connections,
      pipelining: 1,
      headersTimeout: PATIENCE_MS,
      bodyTimeout: PATIENCE_MS,
      connect: { rejectUnauthorized: false, timeout: PATIENCE_MS }, // the listener's certificate is self-signed
    });
    this.running = Promise.all(Array.from({ length: connections }, (_, index) => this.connection(index)));
  }

  /** Seconds since the epoch in which something was sent, in order. */
  seconds(): ClientSecond[] {
    return [...this.bySecond.entries()]
      .sort(([a], [b]) => a - b)
      .map(([at, { latencies, requests, failed }]) => {
        const sorted = [...latencies].sort((a, b) => a - b);
        return { at, requests, failed, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
      });
  }

  /** Of all requests that were answered, seconds. @param share 0 to 1 */
  percentile(share: number): number | undefined {
    const all = [...this.bySecond.values()].flatMap(({ latencies }) => latencies);
    return percentile(
      all.sort((a, b) => a - b),
      share,
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
    if (!this.pool.closed) await this.pool.close();
  }

  private async connection(index: number): Promise<void> {
    const interval = (1000 * this.connections) / this.perSecond;
    let due = performance.now() + (interval * index) / this.connections;
    while (!this.stopped) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.stopped) return;
      const request = this.requests[this.next++ % this.requests.length];
      if (request !== undefined) await this.one(request);
      // What was missed is not made up for: a burst would be another load than the one that was asked for.
      due = Math.max(due + interval, performance.now() - interval);
    }
  }

  private async one(request: LoadRequest): Promise<void> {
    const started = Date.now();
    const clock = performance.now();
    const second = this.second(started);
    this.sent += 1;
    second.requests += 1;
    let fault: string | undefined;
    try {
      const { method, path, headers, body } = request;
      const response = await this.pool.request({ method, path, headers, body: body ?? null });
      fault = faultOf(request, response.statusCode, await response.body.text());
      second.latencies.push((performance.now() - clock) / 1000);
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      fault = `${code ?? 'no code'}: ${message}`;
    }
    if (fault === undefined) return;
    this.failed += 1;
    second.failed += 1;
    if (this.failures.length < KEPT_FAILURES)
      this.failures.push(`${new Date(started).toISOString()} ${request.name}: ${fault}`);
  }

  private second(now: number): { latencies: number[]; requests: number; failed: number } {
    const at = Math.floor((now - this.epoch) / 1000);
    const found = this.bySecond.get(at) ?? { latencies: [], requests: 0, failed: 0 };
    this.bySecond.set(at, found);
    return found;
  }
}

/** What is wrong with an answer; undefined when it is the expected one. */
export function faultOf(request: LoadRequest, status: number, body: string): string | undefined {
  const expected = request.status ?? 200;
  if (status !== expected) return `status ${status} instead of ${expected}: ${body.slice(0, 120)}`;
  if (request.upstream === undefined) return undefined;
  let said: { url?: unknown; headers?: Record<string, unknown> };
  try {
    said = JSON.parse(body) as typeof said;
  } catch {
    return `not the upstream's answer: ${body.slice(0, 120)}`;
  }
  const { url, consumer } = request.upstream;
  if (said.url !== url) return `the upstream was asked for ${String(said.url)} instead of ${url}`;
  const seen = said.headers?.['x-consumer-username'];
  if (consumer !== undefined && seen !== consumer)
    return `the upstream was told consumer ${String(seen)} instead of ${consumer}`;
  return undefined;
}

/** Nearest rank. @param share 0 to 1 @returns undefined without values */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
