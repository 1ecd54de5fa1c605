import type { FakeTable } from '../../unit/runner/fake-table';
import type { Clock } from './clock';

/** One each time: a promise that all waited for would keep every world that ever was. */
const never = (): Promise<never> => new Promise(() => undefined);

/** Attempts of a call that is throttled (lib/cli/system.ts). */
const ATTEMPTS = 6;

/** Where a call is: before it has an effect, or after it had and before its answer arrives. */
export type When = 'before' | 'after';

/** What can go wrong with a call; throws, waits, or lets it be. */
export type Fault = (operation: string, when: When, process: Process) => void | Promise<void>;

/** What happens to a process from outside. */
export interface Fate {
  readonly faults: readonly Fault[];
  /** Called at each point, a moment before or after something that others can see. @returns true to kill it there */
  point(name: string): boolean;
}

/**
 * A process of a machine: it can be killed at any moment, and then nothing of it goes on; whatever it waits for never comes.
 * Its clock may differ from the others'.
 */
export class Process {
  isAlive = true;
  /** Settles when it is killed. */
  readonly death: Promise<void>;
  private die: () => void = () => undefined;

  constructor(
    readonly pid: number,
    readonly host: string,
    private readonly clock: Clock,
    private readonly fate: Fate,
    private readonly skewMs: number,
    private readonly latencyMs: () => number,
  ) {
    this.death = new Promise((resolve) => (this.die = resolve));
  }

  kill(): void {
    this.isAlive = false;
    this.die();
  }

  readonly now = (): number => this.clock.now + this.skewMs;

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (this.isAlive) this.clock.in(milliseconds, () => this.isAlive && resolve());
    });

  /** A moment at which it may be killed. */
  point(name: string): Promise<void> | void {
    if (this.isAlive && this.fate.point(name)) this.kill();
    if (!this.isAlive) return never();
  }

  /** Something that others can see, with a point on either side. */
  async seen<T>(name: string, effect: () => T | Promise<T>): Promise<T> {
    await this.point(`before ${name}`);
    const result = await effect();
    await this.point(`after ${name}`);
    return result;
  }

  /** A call over the network: it takes time, and the world may have its way with it. What is throttled is tried again, as the SDK does. */
  async call<T>(operation: string, effect: () => T | Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(operation, effect);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof Error) || error.name !== 'ThrottlingException') throw error;
        await this.sleep(50 * 2 ** attempt);
      }
    }
  }

  private async attempt<T>(operation: string, effect: () => T | Promise<T>): Promise<T> {
    await this.sleep(this.latencyMs());
    for (const fault of this.fate.faults) await fault(operation, 'before', this);
    if (!this.isAlive) return never();
    const result = await effect();
    for (const fault of this.fate.faults) await fault(operation, 'after', this);
    return this.isAlive ? result : never();
  }

  /** The table of the edge as this process reaches it. */
  table(table: FakeTable) {
    return {
      acquire: (...args: Parameters<FakeTable['acquire']>) => this.call('table acquire', () => table.acquire(...args)),
      renew: (...args: Parameters<FakeTable['renew']>) => this.call('table renew', () => table.renew(...args)),
      release: (...args: Parameters<FakeTable['release']>) => this.call('table release', () => table.release(...args)),
      clearRequest: (...args: Parameters<FakeTable['clearRequest']>) =>
        this.call('table clearRequest', () => table.clearRequest(...args)),
      ask: (...args: Parameters<FakeTable['ask']>) => this.call('table ask', () => table.ask(...args)),
      fenceOff: () => this.call('table fenceOff', () => table.fenceOff()),
      readLock: () => this.call('table readLock', () => table.readLock()),
      readShift: () => this.call('table readShift', () => table.readShift()),
      writeShift: (...args: Parameters<FakeTable['writeShift']>) =>
        this.call('table writeShift', () => table.writeShift(...args)),
    };
  }
}
