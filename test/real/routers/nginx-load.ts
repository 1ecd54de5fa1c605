import { Agent, get } from 'node:http';
import type { Slot } from '../../../lib/traffic/weights';

export interface Counted {
  readonly blue: number;
  readonly green: number;
  readonly failed: number;
}

/**
 * Clients that send one request after the other, to one node after the other. Half of them with a connection for each
 * request; half keep theirs, as most do, and send a request again when the kept connection was closed before an answer came
 * (RFC 9112, 9.3.1: nginx closes idle connections when a worker ends, which may meet a request on its way).
 */
export class Load {
  private counted = { blue: 0, green: 0, failed: 0 };
  sentAgain = 0;
  readonly failures: string[] = [];
  private running = true;
  private readonly clients: Promise<void>[];
  private readonly kept = new Agent({ keepAlive: true });
  private readonly single = new Agent({ keepAlive: false });

  constructor(
    private readonly urls: readonly string[],
    clients: number,
    private readonly pauseMs: number,
  ) {
    this.clients = Array.from({ length: clients }, (_, i) => this.client(i));
  }

  /** What was counted since the last call. */
  take(): Counted {
    const { counted } = this;
    this.counted = { blue: 0, green: 0, failed: 0 };
    return counted;
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.clients);
    this.kept.destroy();
    this.single.destroy();
  }

  private async client(i: number): Promise<void> {
    const agent = i % 2 === 0 ? this.single : this.kept;
    for (let n = i; this.running; n += 1) {
      const { counted } = this;
      try {
        counted[await this.ask(this.urls[n % this.urls.length]!, agent)] += 1;
      } catch (error) {
        counted.failed += 1;
        this.failures.push((error as Error).message);
      }
      await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }

  private ask(url: string, agent: Agent): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent, timeout: 10_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200 && (text === 'blue' || text === 'green')) resolve(text);
          else reject(new Error(`${response.statusCode} ${text.slice(0, 80)}`));
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer in 10 s')));
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (!request.reusedSocket || error.code !== 'ECONNRESET') return reject(error);
        this.sentAgain += 1;
        this.ask(url, agent).then(resolve, reject);
      });
    });
  }
}
