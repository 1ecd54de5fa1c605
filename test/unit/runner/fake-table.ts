import type { Held, LockHolder, LockReading, LockRequest } from '../../../lib/deployed/shift-table';
import type { ShiftRecord } from '../../../lib/traffic/shift-record';

/**
 * The edge's table in memory, call by call what lib/deployed/shift-table.ts promises (its conditions are tested against
 * the local DynamoDB in test/real/local-aws/shift-table.test.ts):
 * - acquire succeeds when nobody holds the lock, or instead of a holder whose fence and beat are still as they were read;
 *   each new holder gets a higher fence, and requests are taken off
 * - renew, release, clearRequest and writeShift with a proof succeed only for the run and fence that hold the lock
 * - fenceOff ends every holder; the fence grows and is kept when the lock is given back
 * - writeShift without a proof always succeeds
 * - `failures` are thrown before the next calls of an operation; `lostAnswers` after the call has had its effect
 */
export class FakeTable {
  lock: LockReading | undefined;
  record: ShiftRecord | undefined;
  fence = 0;
  readonly failures: { readonly operation: string; readonly error: Error }[] = [];
  readonly lostAnswers: { readonly operation: string; readonly error: Error }[] = [];
  /** Called before every operation. */
  before: (operation: string) => void = () => undefined;

  acquire(holder: LockHolder, now: number, instead?: LockReading): Promise<Held | undefined> {
    return this.act('acquire', () => {
      const free = instead
        ? this.lock?.fence === instead.fence && this.lock.beat === instead.beat
        : this.lock === undefined;
      if (!free) return undefined;
      this.fence += 1;
      this.lock = { ...holder, beat: now, fence: this.fence };
      return { run: holder.run, fence: this.fence };
    });
  }

  renew(held: Held, now: number, doing: string): Promise<LockReading | undefined> {
    return this.act('renew', () => {
      if (!this.holds(held)) return undefined;
      this.lock = { ...this.lock!, beat: now, doing };
      return this.lock;
    });
  }

  release(held: Held): Promise<void> {
    return this.act('release', () => {
      if (this.holds(held)) this.lock = undefined;
    });
  }

  clearRequest(held: Held): Promise<void> {
    return this.act('clearRequest', () => {
      if (!this.holds(held)) return;
      const { request: _, ...rest } = this.lock!;
      this.lock = rest;
    });
  }

  ask(request: LockRequest): Promise<boolean> {
    return this.act('ask', () => {
      if (this.lock === undefined) return false;
      this.lock = { ...this.lock, request };
      return true;
    });
  }

  fenceOff(): Promise<void> {
    return this.act('fenceOff', () => {
      this.fence += 1;
      this.lock = undefined;
    });
  }

  readLock(): Promise<LockReading | undefined> {
    return this.act('readLock', () => this.lock);
  }

  readShift(): Promise<ShiftRecord | undefined> {
    return this.act('readShift', () => this.record);
  }

  writeShift(record: ShiftRecord): Promise<void> {
    return this.act('writeShift', () => {
      this.record = structuredClone(record);
    });
  }

  private holds(held: Held): boolean {
    return this.lock?.run === held.run && this.lock.fence === held.fence;
  }

  private act<T>(operation: string, effect: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.before(operation);
      take(this.failures, operation);
      const result = effect();
      take(this.lostAnswers, operation);
      resolve(structuredClone(result));
    });
  }
}

function take(planned: { readonly operation: string; readonly error: Error }[], operation: string): void {
  const index = planned.findIndex((each) => each.operation === operation);
  if (index >= 0) throw planned.splice(index, 1)[0]!.error;
}
