import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { generate } from 'selfsigned';
import type { Forwarder } from './forwarder';
import { socketPort } from './ports';
import type { ListenerRoutes, Routes } from './routes';

interface Open {
  /** Address, port and certificate: what cannot be changed on a bound socket. Rules are not part of it. */
  readonly identity: string;
  readonly server: Promise<Server>;
}

/** One socket per listener. Rules change underneath a socket; it is bound again only when its own data changes. */
export class Sockets {
  private readonly open = new Map<string, Open>();

  constructor(
    private readonly forwarder: Forwarder,
    private readonly canBindLow: boolean,
    private readonly log: (line: string) => void,
  ) {}

  /** Binds what is new and lets go of what is gone: its socket at once, its requests when they are answered. */
  apply(routes: Routes): void {
    for (const [arn, { identity, server }] of this.open) {
      const route = routes.listeners.get(arn);
      if (route !== undefined && identityOf(route) === identity) continue;
      this.open.delete(arn);
      void server.then(close, () => undefined);
    }
    for (const [arn, route] of routes.listeners) {
      if (this.open.has(arn)) continue;
      const server = this.bind(arn, route);
      this.open.set(arn, { identity: identityOf(route), server });
      // Not bound, for example because the listener that it replaces is just closing: the next `apply` tries again.
      server.catch((error: Error) => {
        this.log(`cannot serve ${arn}: ${error.message}`);
        if (this.open.get(arn)?.server === server) this.open.delete(arn);
      });
    }
  }

  private async bind(arn: string, { loadBalancer, listener }: ListenerRoutes): Promise<Server> {
    const server =
      listener.protocol === 'HTTPS' ? createSecureServer(await certificate(loadBalancer.address)) : createServer();
    const idle = Number(loadBalancer.attributes['idle_timeout.timeout_seconds'] ?? 60) * 1000;
    server.keepAliveTimeout = idle;
    server.headersTimeout = idle + 1000;
    server.requestTimeout = 0;
    server.on('request', (request, response) => this.forwarder.handle(arn, request, response));
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.forwarder.handleUpgrade(arn, request, socket, head);
    });
    const port = socketPort(listener.port, this.canBindLow);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, loadBalancer.address, 1024, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.log(`${listener.protocol} ${loadBalancer.address}:${port} serves ${loadBalancer.name}:${listener.port}`);
    return server;
  }
}

function identityOf({ loadBalancer, listener }: ListenerRoutes): string {
  return [loadBalancer.address, listener.port, listener.protocol, listener.certificateArn].join(' ');
}

function close(server: Server): void {
  server.close();
  server.closeIdleConnections();
}

/** A self-signed certificate of its own for each listener; nobody is meant to trust it. */
async function certificate(address: string): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: address }] }],
  });
  return { key: made.private, cert: made.cert };
}
