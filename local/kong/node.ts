import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { AdminApi } from './admin';
import { Balancer } from './balancer';
import { Credentials } from './credentials';
import { connect, openPool } from './database';
import { schemaFacts } from './facts';
import { catalogue } from './migrations/catalogue';
import { NEEDS_BOOTSTRAP } from './migrations/command';
import { readState, table } from './migrations/state';
import type { PluginRow } from './plugins';
import { writePid } from './process';
import { Proxy, type Snapshot } from './proxy';
import { Router } from './router';
import type { Entity } from './schema';
import { KongError, type Settings } from './settings';
import { handleStatus } from './status';
import { Store } from './store';

/** Seconds a graceful stop waits for requests in flight before it ends all the same. */
const DRAIN_SECONDS = 60;
const POLL_MILLISECONDS = 500;

/** Kong's checks before it starts; what is pending is named, what is new refuses. Returns the pool for the node. */
async function openDatabase(settings: Settings): Promise<Pool> {
  const client = await connect(settings);
  const ssl =
    (client as unknown as { connection: { stream: { encrypted?: boolean } } }).connection.stream.encrypted === true;
  try {
    const state = await readState(client, catalogue(settings.release, settings.plugins));
    if (state.needsBootstrap) throw new KongError(`./kong/cmd/utils/migrations.lua:16: ${NEEDS_BOOTSTRAP}`);
    if (state.fresh.length > 0) {
      throw new KongError(
        "./kong/cmd/utils/migrations.lua:20: New migrations available; run 'kong migrations up' to proceed",
      );
    }
    if (state.pending.length > 0) process.stdout.write(`Database has pending migrations:\n${table(state.pending)}\n`);
    const enabled = new Set(
      settings.plugins.flatMap((name) => (name === 'bundled' ? schemaFacts(settings.release).plugins : [name])),
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM plugins ORDER BY id');
    const unknown = rows.find(({ name }) => !enabled.has(name));
    if (unknown) {
      throw new KongError(
        `./kong/cmd/start.lua:98: nginx: [error] init_by_lua error: error building initial plugins: ${unknown.name} plugin is in use but not enabled`,
      );
    }
  } finally {
    await client.end();
  }
  return openPool(settings, ssl);
}

/** Routes, services, plugins and upstreams in memory; loaded again when this or another node writes. */
class Configuration {
  private loaded: Promise<Snapshot> | undefined;
  private lastGood: Snapshot | undefined;
  private seen: string | undefined;

  constructor(
    private readonly store: Store,
    private readonly balancer: Balancer,
    private readonly credentials: Credentials,
  ) {}

  /** What was loaded last, also while the database is away. */
  snapshot = (): Promise<Snapshot> => {
    this.loaded ??= this.load();
    return this.loaded;
  };

  private async load(): Promise<Snapshot> {
    const { settings } = this.store;
    try {
      const all = async (name: string): Promise<Entity[]> => (settings.withoutDatabase ? [] : this.store.all(name));
      const names = ['services', 'routes', 'plugins', 'upstreams', 'targets'];
      const [services = [], routes = [], plugins = [], upstreams = [], targets = []] = await Promise.all(
        names.map(all),
      );
      const router = new Router(routes, new Map(services.map((service) => [service.id, service])), {
        release: settings.release,
        traditional: settings.traditionalRouter,
      });
      for (const name of router.dropped)
        process.stderr.write(
          `[error] the router dropped the regex paths of route '${name}': look-around and back references are not supported\n`,
        );
      this.balancer.load(upstreams, targets);
      this.credentials.forget();
      this.lastGood = { router, plugins: plugins.filter((plugin) => plugin.enabled === true) as PluginRow[] };
      return this.lastGood;
    } catch (error) {
      this.loaded = undefined;
      if (this.lastGood) return this.lastGood;
      throw error;
    }
  }

  /** After a write on this node: the next request sees it, the other nodes within their poll. */
  changed = async (): Promise<void> => {
    this.loaded = undefined;
    this.credentials.forget();
    await this.store.db.query(
      `INSERT INTO cluster_events (id, node_id, at, nbf, expire_at, channel, data) VALUES
       ($1, $2, CURRENT_TIMESTAMP(3), CURRENT_TIMESTAMP(3), CURRENT_TIMESTAMP(3) + INTERVAL '1 hour', 'invalidations', 'kong-stand-in')`,
      [randomUUID(), this.store.nodeId],
    );
  };

  /** Looks for another node's writes. */
  async poll(): Promise<void> {
    const { rows } = await this.store.db.query<{ last: string | null }>(
      "SELECT max(at)::text || ' ' || count(*) AS last FROM cluster_events WHERE node_id <> $1",
      [this.store.nodeId],
    );
    const last = rows[0]?.last ?? '';
    if (this.seen !== undefined && last !== this.seen) this.loaded = undefined;
    this.seen = last;
    await this.snapshot();
  }
}

/** `kong start`: in the foreground whatever KONG_NGINX_DAEMON says; resolves with the exit code when the node has stopped. */
export async function start(settings: Settings): Promise<number> {
  const pool = settings.withoutDatabase ? openPool(settings, false) : await openDatabase(settings);
  const store = new Store(pool, settings);
  const balancer = new Balancer();
  const credentials = new Credentials(store);
  const configuration = new Configuration(store, balancer, credentials);
  const admin = new AdminApi(store, configuration.changed, (upstream, id) => balancer.weightOf(upstream, id));
  const proxy = new Proxy(settings, balancer, credentials, configuration.snapshot);
  const handlers = {
    proxy: (request: IncomingMessage, response: ServerResponse) => proxy.handle(request, response),
    admin: (request: IncomingMessage, response: ServerResponse) => admin.handle(request, response),
    status: (request: IncomingMessage, response: ServerResponse) => handleStatus(store, request, response),
  };
  // The mark of what has been seen is set before the first load, so that no write in between is missed.
  if (settings.withoutDatabase) await configuration.snapshot();
  else await configuration.poll();

  let draining = false;
  const servers: Server[] = [];
  const inFlight = new Set<ServerResponse>();
  for (const kind of ['proxy', 'admin', 'status'] as const) {
    for (const listener of settings.listeners[kind]) {
      const handle = (request: IncomingMessage, response: ServerResponse): void => {
        inFlight.add(response);
        response.once('close', () => inFlight.delete(response));
        if (draining) response.setHeader('Connection', 'close');
        else if (request.headers.connection !== 'close') response.setHeader('Connection', 'keep-alive');
        handlers[kind](request, response).catch((error: Error) => {
          process.stderr.write(`[error] ${kind}: ${error.stack}\n`);
          response.destroy();
        });
      };
      const server = listener.ssl ? createSecureServer(await selfSigned(), handle) : createServer(handle);
      server.keepAliveTimeout = 75_000;
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) =>
          reject(new KongError(`nginx: [emerg] bind() to ${listener.address}:${listener.port} failed (${error.code})`)),
        );
        server.listen({ host: listener.address, port: listener.port }, resolve);
      });
      servers.push(server);
    }
  }
  const removePid = writePid(settings.prefix);
  const timer = setInterval(() => {
    if (!settings.withoutDatabase) configuration.poll().catch(() => undefined);
  }, POLL_MILLISECONDS);
  const asked = new Promise<boolean>((resolve) => {
    process.once('SIGQUIT', () => resolve(true));
    process.once('SIGTERM', () => resolve(false));
    process.once('SIGINT', () => resolve(false));
  });
  process.stdout.write('Kong started\n');
  const graceful = await asked;
  draining = true;
  for (const response of inFlight) {
    if (!response.headersSent) response.setHeader('Connection', 'close');
    response.once('finish', () => response.req.socket.end());
  }
  clearInterval(timer);
  await stop(servers, graceful);
  proxy.close();
  await pool.end().catch(() => undefined);
  removePid();
  return 0;
}

/** Graceful: no new connections, requests in flight end, idle connections are closed. Otherwise all at once. */
async function stop(servers: readonly Server[], graceful: boolean): Promise<void> {
  const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  for (const server of servers) {
    if (graceful) server.closeIdleConnections();
    else server.closeAllConnections();
  }
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    late = setTimeout(resolve, DRAIN_SECONDS * 1000);
  });
  await Promise.race([closed, limit]);
  clearTimeout(late);
  for (const server of servers) server.closeAllConnections();
}

let pair: Promise<{ key: string; cert: string }> | undefined;

/** The certificate of TLS listeners whatever the SNI: made at start, trusted by nobody. */
function selfSigned(): Promise<{ key: string; cert: string }> {
  pair ??= (async () => {
    const { generate } = await import('selfsigned');
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
    return { key: made.private, cert: made.cert };
  })();
  return pair;
}
