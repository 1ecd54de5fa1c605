import { createServer } from 'node:net';

const LOW_PORTS_END = 1024;
const SHIFT = 8000;

/**
 * The port that a listener's socket is bound to: its own, or, below 1024 where this process may not bind one, its own
 * + 8000 (80 becomes 8080, 443 becomes 8443).
 */
export function socketPort(port: number, canBindLow: boolean): number {
  return port < LOW_PORTS_END && !canBindLow ? port + SHIFT : port;
}

/** Whether this process may bind ports below 1024, found by binding one on a loopback address that nothing else uses. */
export function canBindLowPorts(): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EACCES'));
    probe.listen(1, '127.3.255.254', () => probe.close(() => resolve(true)));
  });
}
