import type { Gateway } from './gateway';
import type { ProbeRequest } from './configuration';

/** A gentle stream of requests through the load balancer while the demo works; blue must not notice green. */
export class Load {
  sent = 0;
  failed = 0;
  /** The first failures, for the summary. */
  readonly failures: string[] = [];
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(gateway: Gateway, requests: readonly ProbeRequest[], expectedStatus: number, pauseMilliseconds = 20) {
    this.running = (async () => {
      for (let n = 0; !this.stopped; n = (n + 1) % requests.length) {
        const request = requests[n];
        if (request === undefined) return;
        this.sent += 1;
        try {
          const answer = await gateway.send(request);
          if (answer.status !== expectedStatus)
            this.note(`${request.name}: ${answer.status} ${answer.body.slice(0, 80)}`);
        } catch (error) {
          this.note(`${request.name}: ${String(error)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
      }
    })();
  }

  private note(failure: string): void {
    this.failed += 1;
    if (this.failures.length < 5) this.failures.push(failure);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }
}
