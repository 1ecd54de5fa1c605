import { Agent, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as sendSecure } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Balancer, Target } from './balancer';
import type { Credentials } from './credentials';
import { nginxPage, readBody } from './http';
import { EXECUTED, PLUGINS, type Exchange, type PluginRow } from './plugins';
import { Router, type Match } from './router';
import { isObject, type Entity } from './schema';
import type { Settings } from './settings';
import { count } from './status';

/** Configuration that the proxy serves from memory until it is told of a change. */
export interface Snapshot {
  readonly router: Router;
  readonly plugins: readonly PluginRow[];
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const BAD_GATEWAY = 'An invalid response was received from the upstream server\n';

/** No target took the request: refused, or the kept connection was closed already. */
class NotSent extends Error {}

export class Proxy {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(
    private readonly settings: Settings,
    private readonly balancer: Balancer,
    private readonly credentials: Credentials,
    private readonly snapshot: () => Promise<Snapshot>,
  ) {}

  close(): void {
    this.agent.destroy();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = Date.now();
    const socket = request.socket as TLSSocket;
    const secure = socket.encrypted === true;
    const [path = '/', query] = (request.url ?? '/').split(/\?(.*)/s);
    const exchange: Exchange = {
      request,
      query,
      clientAddress: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      body: undefined,
      headers: { ...request.headers },
      consumer: undefined,
      credential: undefined,
      responseHeaders: {},
      onResponse: [],
      credentials: this.credentials,
      settings: this.settings,
    };
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const text = typeof body === 'string' ? body : body === undefined ? '' : this.message(body as Entity);
      for (const [name, value] of Object.entries(exchange.responseHeaders)) response.setHeader(name, value);
      response.writeHead(status, {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        'Content-Length': String(Buffer.byteLength(text)),
        'X-Kong-Response-Latency': String(Date.now() - start),
        Server: `kong-stand-in/${this.settings.release}`,
        ...headers,
      });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    let match: Match | undefined;
    try {
      if (/%(?![0-9a-fA-F]{2})/.test(path))
        return answer(400, 'Bad request\n', { 'Content-Type': 'text/plain; charset=utf-8' });
      exchange.body = await readBody(request);
      const { router, plugins } = await this.snapshot();
      match = router.match({
        method: request.method ?? 'GET',
        host: request.headers.host ?? '',
        path,
        headers: request.headers,
        sni: (socket as { servername?: string }).servername || undefined,
        secure,
      });
      if (!match) return answer(404, { message: 'no Route matched with those values' });
      const protocols = (match.route.protocols ?? []) as string[];
      if (!secure && !protocols.includes('http')) return this.redirect(match, request, answer);
      if (!match.service) return answer(503, { message: 'no Service found with those values' });
      const refused = await this.runPlugins(exchange, match, plugins);
      if (refused) return answer(refused.status, refused.raw ?? refused.body, refused.headers);
      await this.forward(exchange, match, response, { path, secure, start });
    } catch (error) {
      process.stderr.write(`[error] proxy: ${(error as Error).stack}\n`);
      if (!response.headersSent) answer(500, { message: 'An unexpected error occurred' });
      else response.destroy();
    } finally {
      count(match?.service?.name, match?.route.name, response.statusCode);
    }
  }

  /** 3.4 writes its own error bodies with line breaks, 2.8 without (recorded: 52 against 48 bytes). */
  private message(body: Entity): string {
    if (this.settings.release === '2.8.5') return JSON.stringify(body);
    return `{\n${Object.entries(body)
      .map(([key, value]) => `  ${JSON.stringify(key)}:${JSON.stringify(value)}`)
      .join(',\n')}\n}`;
  }

  private redirect(
    match: Match,
    request: IncomingMessage,
    answer: (status: number, body: unknown, headers?: Record<string, string>) => void,
  ): void {
    const status = Number(match.route.https_redirect_status_code);
    if (status === 426)
      return answer(
        426,
        { message: 'Please use HTTPS protocol' },
        { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' },
      );
    const title =
      { 301: '301 Moved Permanently', 302: '302 Found', 307: '307 Temporary Redirect', 308: '308 Permanent Redirect' }[
        status
      ] ?? String(status);
    return answer(status, nginxPage(title), {
      'Content-Type': 'text/html',
      Location: `https://${(request.headers.host ?? '').replace(/:\d+$/, '')}${request.url}`,
    });
  }

  /** Runs what applies by priority: of each plugin the most specific row for route, service and consumer. */
  private async runPlugins(exchange: Exchange, match: Match, rows: readonly PluginRow[]) {
    const idOf = (value: unknown): unknown => (isObject(value) ? value.id : undefined);
    const skipped = new Set<string>();
    const names = new Set(rows.map(({ name }) => name));
    const pick = (name: string): PluginRow | undefined => {
      const fits = (reference: unknown, id: unknown): boolean =>
        reference === null || (id !== undefined && idOf(reference) === id);
      const weight = (row: PluginRow): number =>
        Number(row.consumer !== null) * 4 + Number(row.route !== null) * 2 + Number(row.service !== null);
      return rows
        .filter(
          (row) =>
            row.name === name &&
            fits(row.route, match.route.id) &&
            fits(row.service, match.service?.id) &&
            fits(row.consumer, idOf(exchange.consumer)),
        )
        .sort((a, b) => weight(b) - weight(a))[0];
    };
    for (const name of names) if (!EXECUTED.has(name) && pick(name)) skipped.add(name);
    if (skipped.size > 0) exchange.responseHeaders['X-Kong-Stand-In-Not-Executed'] = [...skipped].sort().join(', ');
    for (const { name, run } of PLUGINS) {
      const row = names.has(name) ? pick(name) : undefined;
      const refused = row && (await run(exchange, row));
      if (refused) return refused;
    }
    return undefined;
  }

  private async forward(
    exchange: Exchange,
    match: Match,
    response: ServerResponse,
    { path, secure, start }: { path: string; secure: boolean; start: number },
  ): Promise<void> {
    const { request } = exchange;
    const service = match.service ?? {};
    const host = String(service.host);
    const upstream = this.balancer.upstream(host);
    const targets: readonly Target[] = upstream ? this.balancer.choose(host) : [{ host, port: Number(service.port) }];
    const url = match.upstreamPath + (exchange.query === undefined ? '' : `?${exchange.query}`);
    const headers: Record<string, string | string[] | undefined> = { ...exchange.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    const forwarded = (request.headers.host ?? '').replace(/:\d+$/, '');
    Object.assign(headers, {
      'x-forwarded-for': [request.headers['x-forwarded-for'], exchange.clientAddress].filter(Boolean).join(', '),
      'x-forwarded-proto': secure ? 'https' : 'http',
      'x-forwarded-host': forwarded,
      'x-forwarded-port': String(request.socket.localPort),
      'x-forwarded-path': path,
      ...(match.prefix === undefined ? {} : { 'x-forwarded-prefix': match.prefix }),
      'x-real-ip': exchange.clientAddress,
      connection: 'keep-alive',
    });
    if (exchange.body && exchange.body.length > 0) headers['content-length'] = String(exchange.body.length);
    const sent = Date.now();
    for (let attempt = 0; attempt <= Number(service.retries ?? 5); attempt++) {
      const target = targets[attempt % targets.length];
      if (target === undefined) break;
      const name = upstream && typeof upstream.host_header === 'string' ? upstream.host_header : target.host;
      const usual = service.protocol === 'https' ? 443 : 80;
      headers.host =
        match.route.preserve_host === true
          ? String(request.headers.host ?? '')
          : target.port === usual
            ? name
            : `${name}:${target.port}`;
      const answer = await this.ask(service, target, request.method ?? 'GET', url, headers, exchange.body).catch(
        (error: Error) => error,
      );
      if (answer instanceof Error) {
        // Sent and perhaps executed: only what may be repeated is sent again.
        if (answer instanceof NotSent || ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].includes(request.method ?? ''))
          continue;
        break;
      }
      return this.relay(exchange, match, answer, response, sent - start, Date.now() - sent);
    }
    response.writeHead(502, {
      ...exchange.responseHeaders,
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': String(Buffer.byteLength(BAD_GATEWAY)),
      ...this.latencies(sent - start, Date.now() - sent),
    });
    response.end(BAD_GATEWAY);
  }

  private latencies(proxy: number, upstream: number): Record<string, string> {
    return {
      'X-Kong-Upstream-Latency': String(upstream),
      'X-Kong-Proxy-Latency': String(proxy),
      Via: `kong-stand-in/${this.settings.release}`,
    };
  }

  private ask(
    service: Entity,
    target: Target,
    method: string,
    path: string,
    headers: Record<string, string | string[] | undefined>,
    body: Buffer | undefined,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const secure = service.protocol === 'https';
      const options = {
        host: target.host,
        port: target.port,
        method,
        path,
        headers,
        timeout: Number(service.read_timeout ?? 60_000),
      };
      const outgoing = secure
        ? sendSecure({ ...options, rejectUnauthorized: service.tls_verify === true }, resolve)
        : send({ ...options, agent: this.agent }, resolve);
      outgoing.on('timeout', () => outgoing.destroy(new Error('upstream timeout')));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        reject(outgoing.reusedSocket || error.code === 'ECONNREFUSED' ? new NotSent(error.message) : error);
      });
      outgoing.end(body && body.length > 0 ? body : undefined);
    });
  }

  private async relay(
    exchange: Exchange,
    match: Match,
    answer: IncomingMessage,
    response: ServerResponse,
    proxy: number,
    upstream: number,
  ): Promise<void> {
    const headers: Record<string, string | string[] | undefined> = { ...answer.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    Object.assign(headers, exchange.responseHeaders, this.latencies(proxy, upstream));
    if (this.settings.debugHeader && exchange.request.headers['kong-debug'] === '1') {
      const { route, service } = match;
      const names = {
        'Kong-Route-Id': route.id,
        'Kong-Route-Name': route.name,
        'Kong-Service-Id': service?.id,
        'Kong-Service-Name': service?.name,
      };
      for (const [name, value] of Object.entries(names)) if (typeof value === 'string') headers[name] = value;
    }
    const rewriting = exchange.onResponse.length > 0;
    let body = rewriting ? await readBody(answer) : undefined;
    for (const change of exchange.onResponse) body = change(headers, body ?? Buffer.alloc(0));
    if (body !== undefined) headers['content-length'] = String(body.length);
    response.writeHead(answer.statusCode ?? 502, headers as Record<string, string>);
    if (body !== undefined) response.end(exchange.request.method === 'HEAD' ? undefined : body);
    else {
      answer.on('error', () => response.destroy());
      answer.pipe(response);
      await new Promise((resolve) => response.on('close', resolve));
    }
  }
}
