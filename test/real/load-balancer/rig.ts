import { spawn, type ChildProcess } from 'node:child_process';
import {
  createServer,
  request,
  type Agent,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LoadBalancerState, TargetGroup, TargetHealth } from '../../../local/load-balancer/state';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * A stand-in for the local AWS as the load balancer sees it:
 * - `GET /_local/load-balancers` answers `state` as it is now, with 200;
 * - `POST /_local/target-health` keeps the document in `health` and answers 204;
 * - any other POST is a CloudWatch call: its raw body is kept in `metricCalls`, answered 200 with an empty result.
 */
export class FakeGateway {
  state: LoadBalancerState = { loadBalancers: [], targetGroups: [] };
  health: Record<string, TargetHealth[]> = {};
  readonly metricCalls: { headers: IncomingHttpHeaders; body: string }[] = [];
  readonly server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks).toString('latin1');
      if (incoming.url === '/_local/load-balancers') return response.end(JSON.stringify(this.state));
      if (incoming.url === '/_local/target-health') {
        this.health = JSON.parse(body) as Record<string, TargetHealth[]>;
        return response.writeHead(204).end();
      }
      this.metricCalls.push({ headers: incoming.headers, body });
      return response.writeHead(200, { 'Content-Type': incoming.headers['content-type'] ?? '' }).end();
    });
  });

  healthOf(groupArn: string): string[] {
    return (this.health[groupArn] ?? []).map(({ state, reason }) =>
      reason === undefined ? state : `${state} ${reason}`,
    );
  }
}

export async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** A gateway, targets and the real load balancer process; `end` leaves nothing behind. */
export class Rig {
  readonly gateway = new FakeGateway();
  readonly output: string[] = [];
  private process: ChildProcess | undefined;
  private readonly servers: Server[] = [];

  async start(environment: Record<string, string> = {}): Promise<void> {
    const port = await listen(this.gateway.server);
    this.process = spawn(process.execPath, [join(__dirname, '../../../dist/local/load-balancer/main.js')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        GATEWAY: `http://127.0.0.1:${port}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        ...environment,
      },
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.output.push(chunk.toString()));
    }
  }

  async target(listener: RequestListener, host = '127.0.0.1'): Promise<{ id: string; port: number; server: Server }> {
    const server = createServer(listener);
    this.servers.push(server);
    return { id: host, port: await listen(server, host), server };
  }

  /** Closes standard input and answers the exit code. */
  async closeStdin(): Promise<number | null> {
    const { process: child } = this;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    return exited;
  }

  async end(): Promise<void> {
    await this.closeStdin();
    for (const server of [...this.servers, this.gateway.server]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

export function targetGroup(name: string, change: Partial<TargetGroup> = {}): TargetGroup {
  return {
    arn: `arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/${name}/0123456789abcdef`,
    name,
    protocol: 'HTTP',
    port: 8000,
    attributes: {},
    targets: [],
    ...change,
    healthCheck: {
      protocol: 'HTTP',
      port: 'traffic-port',
      path: '/status',
      intervalSeconds: 0.2,
      timeoutSeconds: 1,
      healthyCount: 2,
      unhealthyCount: 2,
      successCodes: '200',
      ...change.healthCheck,
    },
  };
}

export interface Ask {
  readonly address: string;
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly secure?: boolean;
  /** Keeps connections; without it each request has its own. */
  readonly agent?: Agent;
}

export function ask({
  address,
  port,
  path = '/',
  method = 'GET',
  headers = {},
  body,
  secure = false,
  agent,
}: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      method,
      headers,
      agent: agent ?? false,
      rejectUnauthorized: false,
    } as const;
    const sent = (secure ? secureRequest : request)(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      if (await holds()) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > end) throw new Error(`did not become true in ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
