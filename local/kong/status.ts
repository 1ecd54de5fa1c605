import type { IncomingMessage, ServerResponse } from 'node:http';
import { NOT_FOUND, send, type Answer } from './http';
import type { Entity } from './schema';
import type { Store } from './store';

const started = Date.now();
const counts = { requests: 0, responses: new Map<string, number>() };

/** Counts for /status and /metrics; called by the proxy for each answer. */
export function count(service: unknown, route: unknown, code: number): void {
  counts.requests += 1;
  const label = (value: unknown): string => (typeof value === 'string' ? value : '');
  const key = `service="${label(service)}",route="${label(route)}",code="${code}"`;
  counts.responses.set(key, (counts.responses.get(key) ?? 0) + 1);
}

async function reachable(store: Store): Promise<boolean> {
  if (store.settings.withoutDatabase) return true;
  return store.db.query('SELECT 1').then(
    () => true,
    () => false,
  );
}

/** `GET /status`; 200 also while the database is away. Memory is this process's: there are no Lua tables here. */
export async function statusBody(store: Store): Promise<Entity> {
  const { heapUsed } = process.memoryUsage();
  return {
    database: { reachable: await reachable(store) },
    ...(store.settings.withoutDatabase ? { configuration_hash: '0'.repeat(32) } : {}),
    memory: {
      lua_shared_dicts: {},
      workers_lua_vms: [{ pid: process.pid, http_allocated_gc: `${(heapUsed / 2 ** 20).toFixed(2)} MiB` }],
    },
    server: {
      connections_accepted: 0,
      connections_active: 1,
      connections_handled: 0,
      connections_reading: 0,
      connections_waiting: 0,
      connections_writing: 1,
      total_requests: counts.requests,
    },
  };
}

/** Prometheus text under the release's own names of the two families that this node can fill. */
export async function metrics(store: Store): Promise<string> {
  const old = store.settings.release === '2.8.5';
  const name = old ? 'kong_http_status' : 'kong_http_requests_total';
  const lines = [
    '# HELP kong_datastore_reachable Datastore reachable from Kong, 0 is unreachable',
    '# TYPE kong_datastore_reachable gauge',
    `kong_datastore_reachable ${(await reachable(store)) ? 1 : 0}`,
    `# HELP ${name} HTTP status codes per service/route in Kong`,
    `# TYPE ${name} counter`,
    ...[...counts.responses].map(([labels, value]) => `${name}{${labels}} ${value}`),
    '# HELP process_uptime_seconds Seconds since this stand-in started',
    '# TYPE process_uptime_seconds gauge',
    `process_uptime_seconds ${Math.round((Date.now() - started) / 1000)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The status listener (test/recorded/status-api): /status, /metrics, and /status/ready from 3.x on. */
export async function handleStatus(store: Store, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const start = Date.now();
  const path = (request.url ?? '/').split('?')[0];
  let answer: Answer = NOT_FOUND;
  if (path === '/status') answer = { status: 200, body: await statusBody(store) };
  else if (path === '/metrics')
    answer = { status: 200, body: await metrics(store), headers: { 'Content-Type': 'text/plain; charset=UTF-8' } };
  else if (path === '/status/ready' && store.settings.release !== '2.8.5') {
    if (store.settings.withoutDatabase)
      answer = { status: 503, body: { message: 'no configuration available (empty configuration present)' } };
    else if (await reachable(store)) answer = { status: 200, body: { message: 'ready' } };
    else answer = { status: 503, body: { message: 'failed to connect to database' } };
  }
  send(request, response, answer, {
    'Access-Control-Allow-Origin': '*',
    'X-Kong-Admin-Latency': String(Date.now() - start),
    Server: `kong-stand-in/${store.settings.release}`,
  });
}
