import { randomBytes } from 'node:crypto';
import { Agent, ServerResponse, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { ProxyServer } from 'httpxy' with { 'resolution-mode': 'import' };
import { authenticateAnswer, errorAnswer, fixedAnswer, redirectAnswer, type Answer } from './answers';
import { chooseGroup, chooseTarget, forwardGroups, routableTargets, stickinessCookie, stickyGroup } from './choice';
import type { RequestFacts } from './conditions';
import { forwardedHeaders } from './headers';
import type { HealthChecker } from './health-checker';
import type { MetricsFold } from './metrics';
import type { ListenerRoutes, Routes } from './routes';
import type { Action, Target, TargetGroup } from './state';

/** What is known about one request on its way to a target. */
interface Journey {
  readonly loadBalancerArn: string;
  readonly group: TargetGroup;
  readonly target: Target;
  readonly headers: Record<string, string>;
  readonly timeoutMs: number;
  readonly cookie: string | undefined;
  /** The socket of an upgrade, when it is one. */
  readonly socket?: Duplex;
  sentAt: number;
  proxyRequest?: ClientRequest;
  connected: boolean;
  /** Whether TLS was agreed on; true without TLS. */
  secured: boolean;
  timedOut: boolean;
  answered: boolean;
  retried: boolean;
}

const NO_BODY_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const STALE = new Set(['ECONNRESET', 'EPIPE']);

/** Answers requests by the routes of the moment: makes the answer itself, or hands the request to a target. */
export class Forwarder {
  private readonly journeys = new WeakMap<IncomingMessage, Journey>();
  private readonly turns = new Map<string, number>();
  /** Connections to targets are kept; idle ones for 60 s, the default idle timeout, or less if the target says so. */
  private readonly agents = {
    HTTP: new Agent({ keepAlive: true, maxFreeSockets: 256, timeout: 60_000 }),
    HTTPS: new SecureAgent({ keepAlive: true, maxFreeSockets: 256, timeout: 60_000, rejectUnauthorized: false }),
  };

  constructor(
    private readonly proxy: ProxyServer,
    private readonly health: HealthChecker,
    private readonly metrics: MetricsFold,
    private readonly routes: () => Routes,
  ) {
    proxy.on('proxyReq', (proxyRequest, request) => this.watch(proxyRequest, request));
    proxy.on('proxyReqWs', (proxyRequest, request) => this.watch(proxyRequest, request));
    proxy.on('proxyRes', (proxyResponse, request) => this.onAnswer(proxyResponse, request));
    proxy.on('error', (error, request, response) => this.onError(error, request, response));
  }

  /** An ordinary request. */
  handle(listenerArn: string, request: IncomingMessage, response: ServerResponse): void {
    const route = this.routes().listeners.get(listenerArn);
    if (route === undefined) return write(response, errorAnswer(503));
    const facts = factsOf(request);
    const decision = this.decide(route, facts, request);
    if ('status' in decision) return write(response, decision);
    this.journeys.set(request, decision);
    this.send(decision, request, response, this.agents[agentOf(decision.group)]);
  }

  /** A request to upgrade to websocket; an answer that is not an upgrade closes the connection. */
  handleUpgrade(listenerArn: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const route = this.routes().listeners.get(listenerArn);
    const decision = route === undefined ? errorAnswer(503) : this.decide(route, factsOf(request), request);
    if ('status' in decision) return writeRaw(socket, decision);
    const journey: Journey = { ...decision, socket };
    this.journeys.set(request, journey);
    const { group, target, headers, timeoutMs } = journey;
    void this.proxy.ws(
      request,
      socket as Socket,
      { target: addressOf(group, target), headers, secure: false, upgradeTimeout: timeoutMs },
      head,
    );
  }

  private send(journey: Journey, request: IncomingMessage, response: ServerResponse, agent: Agent | false): void {
    const { group, target, headers, timeoutMs: proxyTimeout } = journey;
    journey.sentAt = performance.now();
    journey.connected = false;
    journey.secured = false;
    void this.proxy.web(request, response, {
      target: addressOf(group, target),
      agent,
      headers: { ...headers, connection: 'keep-alive' },
      proxyTimeout,
      secure: false,
    });
  }

  /** The answer that the rules make, or the journey to a target that they choose. */
  private decide(route: ListenerRoutes, facts: RequestFacts, request: IncomingMessage): Answer | Journey {
    const { loadBalancer, listener, match } = route;
    const protocol = listener.protocol === 'HTTPS' ? 'https' : 'http';
    for (const action of match(facts).actions) {
      switch (action.Type) {
        case 'authenticate-cognito':
        case 'authenticate-oidc': {
          const answer = authenticateAnswer(action, facts);
          if (answer !== undefined) return answer;
          break;
        }
        case 'fixed-response':
          return fixedAnswer(action);
        case 'redirect':
          return redirectAnswer(action, facts, protocol, listener.port);
        case 'forward': {
          const chosen = this.choose(action, facts);
          if (chosen === undefined) return this.fail(loadBalancer.arn, 503);
          this.metrics.request(loadBalancer.arn, chosen.group.arn);
          const connection = { sourceIp: facts.sourceIp, protocol, port: listener.port } as const;
          return {
            ...chosen,
            loadBalancerArn: loadBalancer.arn,
            headers: forwardedHeaders(request.headers, connection, Date.now(), randomBytes(12).toString('hex')),
            timeoutMs: Number(loadBalancer.attributes['idle_timeout.timeout_seconds'] ?? 60) * 1000,
            sentAt: performance.now(),
            connected: false,
            secured: false,
            timedOut: false,
            answered: false,
            retried: false,
          };
        }
      }
    }
    return this.fail(loadBalancer.arn, 503);
  }

  private choose(action: Action, facts: RequestFacts): Pick<Journey, 'group' | 'target' | 'cookie'> | undefined {
    const groups = forwardGroups(action);
    const stickiness = action.ForwardConfig?.TargetGroupStickinessConfig;
    const sticky = stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 3600) : undefined;
    const now = Date.now();
    const cookies = facts.headers['cookie'];
    const arn =
      (sticky === undefined ? undefined : stickyGroup(cookies?.toString(), groups, now)) ??
      chooseGroup(groups, Math.random());
    const group = arn === undefined ? undefined : this.routes().targetGroups.get(arn);
    if (group === undefined) return undefined;
    const turn = this.turns.get(group.arn) ?? 0;
    const targets = routableTargets(group.targets, (target) => this.health.isHealthy(group.arn, target));
    const target = chooseTarget(targets, turn);
    if (target === undefined) return undefined;
    this.turns.set(group.arn, (turn + 1) % Number.MAX_SAFE_INTEGER);
    return { group, target, cookie: sticky === undefined ? undefined : stickinessCookie(group.arn, sticky, now) };
  }

  private watch(proxyRequest: ClientRequest, request: IncomingMessage): void {
    const journey = this.journeys.get(request);
    if (journey === undefined) return;
    journey.proxyRequest = proxyRequest;
    proxyRequest.once('timeout', () => (journey.timedOut = true));
    proxyRequest.once('upgrade', () => (journey.answered = true));
    const connected = (socket: Socket): void => {
      if (socket.connecting) socket.once('connect', () => (journey.connected = true));
      else journey.connected = true;
      if (socket instanceof TLSSocket && !isSecured(socket))
        socket.once('secureConnect', () => (journey.secured = true));
      else journey.secured = true;
    };
    if (proxyRequest.socket !== null) connected(proxyRequest.socket);
    else proxyRequest.once('socket', connected);
  }

  private onAnswer(answer: IncomingMessage, request: IncomingMessage): void {
    const journey = this.journeys.get(request);
    if (journey === undefined) return;
    journey.answered = true;
    const seconds = (performance.now() - journey.sentAt) / 1000;
    this.metrics.targetAnswer(journey.loadBalancerArn, journey.group.arn, answer.statusCode ?? 0, seconds);
    // Hop by hop (RFC 9110, 7.6.1): whether the target keeps its connection says nothing about the client's.
    delete answer.headers.connection;
    delete answer.headers['keep-alive'];
    if (journey.cookie !== undefined) {
      answer.headers['set-cookie'] = [...(answer.headers['set-cookie'] ?? []), journey.cookie];
    }
  }

  private onError(error: NodeJS.ErrnoException, request?: IncomingMessage, response?: ServerResponse | Socket): void {
    const journey = request === undefined ? undefined : this.journeys.get(request);
    if (request === undefined || journey === undefined || journey.answered) return;
    const web = response instanceof ServerResponse ? response : undefined;
    if (web !== undefined && (web.headersSent || web.destroyed || (request.destroyed && !request.complete))) return;
    if (web !== undefined && mayRetry(error, request, journey)) {
      journey.retried = true;
      this.send(journey, request, web, false);
      return;
    }
    journey.answered = true;
    const status = journey.timedOut || error.code === 'ERR_UPSTREAM_UPGRADE_TIMEOUT' ? 504 : 502;
    if (!journey.connected && error.code !== 'ERR_UPSTREAM_UPGRADE_TIMEOUT') {
      this.metrics.connectionError(journey.loadBalancerArn, journey.group.arn);
    } else if (!journey.secured && journey.group.protocol === 'HTTPS') {
      this.metrics.negotiationError(journey.loadBalancerArn, journey.group.arn);
    }
    const answer = this.fail(journey.loadBalancerArn, status);
    if (web !== undefined) write(web, answer);
    else if (journey.socket !== undefined) writeRaw(journey.socket, answer);
  }

  private fail(loadBalancerArn: string, status: number): Answer {
    this.metrics.loadBalancerError(loadBalancerArn, status);
    return errorAnswer(status);
  }
}

/** A kept connection is; a new one has no cipher yet. */
const isSecured = (socket: TLSSocket): boolean => !socket.connecting && socket.getCipher()?.name !== undefined;

/**
 * Once more, on a new connection, only where nothing can happen twice: a request without a body, of a safe method, on a
 * kept connection that the target had closed before it read the request (RFC 9112, 9.3.1).
 */
function mayRetry(error: NodeJS.ErrnoException, request: IncomingMessage, journey: Journey): boolean {
  return (
    !journey.retried &&
    !journey.timedOut &&
    journey.proxyRequest?.reusedSocket === true &&
    STALE.has(error.code ?? '') &&
    NO_BODY_METHODS.has(request.method ?? '') &&
    request.headers['content-length'] === undefined &&
    request.headers['transfer-encoding'] === undefined
  );
}

const agentOf = (group: TargetGroup): 'HTTP' | 'HTTPS' => (group.protocol === 'HTTPS' ? 'HTTPS' : 'HTTP');
const addressOf = (group: TargetGroup, { id, port }: Target): { protocol: string; host: string; port: number } => ({
  protocol: `${agentOf(group).toLowerCase()}:`,
  host: id,
  port,
});

function factsOf(request: IncomingMessage): RequestFacts {
  const url = request.url ?? '/';
  const cut = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    host: (request.headers.host ?? '').replace(/:\d+$/, ''),
    path: cut === -1 ? url : url.slice(0, cut),
    query: cut === -1 ? '' : url.slice(cut + 1),
    headers: request.headers,
    sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

function writeRaw(socket: Duplex, { status, headers, body }: Answer): void {
  if (!socket.writable) return;
  const lines = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' });
  socket.end(`HTTP/1.1 ${status} \r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}
