import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What it does, and from where: fake-kong-admin.md. */

export type Json = Record<string, unknown>;
export interface FakeTarget {
  id: string;
  target: string;
  weight: number;
  tags: string[] | null;
}
export interface FakeUpstream {
  readonly id: string;
  name: string;
  algorithm: string;
  hash_on: string;
  slots: number;
  targets: FakeTarget[];
}

/** What several nodes of one database have in common. */
export class FakeDatabase {
  upstreams: FakeUpstream[] = [];
  plugins: Json[] = [];
}

/** The Admin API of one node of Kong, with a balancer of its own in memory. */
export class FakeKongAdmin {
  /** Number of A records of a host; a host that is not here has one address. */
  readonly dns: Record<string, number> = {};
  /** Weights that the balancer has, by upstream and target; it follows the database unless it is frozen. */
  private memory = new Map<string, number>();
  frozen = false;
  configuration: Json = { database: 'postgres', role: 'traditional' };
  token: string | undefined;
  /** Entities are beneath it, the node's own answers are not (Kong Enterprise). */
  workspace: string | undefined;
  /** Hosts that its health checks hold for unhealthy. */
  readonly unhealthy = new Set<string>();
  /** Hosts with SRV records, and the weight that these have. */
  readonly srv: Record<string, number> = {};
  readonly asked: string[] = [];
  /** Called after each write. */
  written: () => void = () => undefined;
  private server: Server | undefined;
  url = '';

  constructor(
    readonly database = new FakeDatabase(),
    readonly release: '2.8' | '3.4' = '3.4',
  ) {}

  async start(tls?: { key: string; cert: string }): Promise<this> {
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.answer(request, response);
    this.server = tls ? createTlsServer(tls, handle) : createServer(handle);
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    this.url = `${tls ? 'https' : 'http'}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** What its balancer sends where: weight of a target times its addresses. */
  sent(upstream: string, target: string): number {
    const host = target.slice(0, target.lastIndexOf(':'));
    return this.held(upstream, target) * (this.dns[host] ?? 1);
  }

  private held(upstream: string, target: string): number {
    const found = this.database.upstreams.find(({ name }) => name === upstream)?.targets;
    if (this.frozen) return this.memory.get(`${upstream} ${target}`) ?? 0;
    return found?.find((each) => each.target === target)?.weight ?? 0;
  }

  /** From now on what is written is not followed. */
  freeze(): void {
    for (const { name, targets } of this.database.upstreams)
      for (const { target, weight } of targets) this.memory.set(`${name} ${target}`, weight);
    this.frozen = true;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request as AsyncIterable<Buffer>) text += part.toString('utf8');
    const { method = 'GET', headers } = request;
    const path = new URL(request.url ?? '/', 'http://node').pathname.split('/').slice(1).map(decodeURIComponent);
    this.asked.push(`${method} ${decodeURIComponent(new URL(request.url ?? '/', 'http://node').pathname)}`);
    const isIn = this.token === undefined || headers['kong-admin-token'] === this.token;
    const [status, body] = isIn
      ? this.reply(method, path, text === '' ? {} : (JSON.parse(text) as Json))
      : [401, { message: 'Unauthorized' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
    if (method !== 'GET' && status < 300) this.written();
  }

  private reply(method: string, path: string[], body: Json): [number, unknown?] {
    const isRoot = path.length === 1 && path[0] === '';
    if (this.workspace !== undefined && !isRoot && path.shift() !== this.workspace) return NOT_FOUND;
    const [first, id, ...rest] = path;
    if (isRoot) return [200, { version: this.release, configuration: this.configuration }];
    if (first === 'upstreams') {
      const upstream = this.database.upstreams.find((each) => each.name === id || each.id === id);
      return upstream ? this.upstream(method, upstream, rest, body) : NOT_FOUND;
    }
    if (first === 'plugins') return this.plugin(method, id ?? '', body);
    return NOT_FOUND;
  }

  private upstream(method: string, upstream: FakeUpstream, [what, name]: string[], body: Json): [number, unknown?] {
    const { targets, ...own } = upstream;
    if (what === undefined && method === 'GET') return [200, own];
    if (what === 'health' && method === 'GET') return [200, page(targets.map((each) => this.health(upstream, each)))];
    if (what !== 'targets') return NOT_FOUND;
    if (name === undefined && method === 'GET') return [200, page(targets)];
    const target = targets.find((each) => each.target === (name ?? body.target) || each.id === name);
    if (name === undefined && method === 'POST') {
      if (target && this.release === '3.4')
        return [409, { code: 5, name: 'unique constraint violation', message: 'UNIQUE violation detected' }];
      if (target) return [200, Object.assign(target, body)];
      const made = { id: randomUUID(), target: String(body.target), weight: 100, tags: null, ...body };
      targets.unshift(made);
      return [201, made];
    }
    if (method !== 'PATCH' || target === undefined) return NOT_FOUND;
    const { weight } = body;
    if (weight !== undefined && (!Number.isInteger(weight) || (weight as number) < 0 || (weight as number) > 65_535))
      return [
        400,
        {
          code: 2,
          name: 'schema violation',
          message: 'schema violation (weight: value should be between 0 and 65535)',
        },
      ];
    return [200, Object.assign(target, body)];
  }

  private health({ name }: FakeUpstream, { target, ...own }: FakeTarget): Json {
    const colon = target.lastIndexOf(':');
    const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))];
    const count = this.dns[host] ?? 1;
    const weight = this.held(name, target);
    const addresses = Array.from({ length: count }, (_, i) => ({
      ip: this.srv[host] === undefined ? `10.0.0.${i + 1}` : `pod-${i}.${host}`,
      port,
      weight: this.srv[host] ?? weight,
      health: this.unhealthy.has(host) ? 'UNHEALTHY' : 'HEALTHCHECKS_OFF',
    }));
    return {
      ...own,
      target,
      health: count > 0 ? 'HEALTHCHECKS_OFF' : 'DNS_ERROR',
      data: {
        host,
        port,
        dns: count > 0 ? (this.srv[host] === undefined ? 'A' : 'SRV') : 'dns server error: 3 name error',
        nodeWeight: weight,
        weight: { total: weight * count, available: weight * count, unavailable: 0 },
        addresses: count > 0 ? addresses : {},
      },
    };
  }

  private plugin(method: string, id: string, body: Json): [number, unknown?] {
    const byName = this.release === '2.8' ? undefined : this.database.plugins.find((each) => each.instance_name === id);
    const plugin = this.database.plugins.find((each) => each.id === id) ?? byName;
    if (plugin === undefined) return NOT_FOUND;
    if (method === 'GET') return [200, plugin];
    if (method !== 'PATCH') return NOT_FOUND;
    const { config, ...rest } = body as { config?: Json };
    const percentage = config?.percentage;
    if (typeof percentage === 'number' && (percentage < 0 || percentage > 100))
      return [400, { code: 2, name: 'schema violation', message: 'schema violation (config.percentage)' }];
    return [200, Object.assign(plugin, rest, { config: { ...(plugin.config as Json), ...config } })];
  }
}

const NOT_FOUND: [number, unknown] = [404, { message: 'Not found' }];

/** Of none Lua makes an empty object. */
const page = (data: readonly unknown[]): Json => ({ data: data.length > 0 ? data : {}, next: null });
