import { KongDualClusterError } from '../errors';
import type { GateResult, RequestCounts } from '../traffic/gates';
import { after, doing, type ShiftState } from '../traffic/shift';
import type { HeldBy, JournalLine, ShiftEvent } from '../traffic/shift-events';
import { isConflict, isLockLost, told } from './failures';
import type { ShiftParts } from './shift-parts';

export const NO_COUNTS: RequestCounts = { blue: undefined, green: undefined };
/** Seconds between two looks; shorter only where a stage is. */
export const LOOK_SECONDS = 2;
/** A rollback that could not read the weights trusts a lock that was ours this short a time ago, milliseconds. */
const LOCK_TRUSTED_MS = 20_000;
/** Events of a rollback: it goes on although the journal cannot be written. */
const ROLLBACK_EVENTS: ReadonlySet<ShiftEvent['type']> = new Set(['rolling back', 'rolled back', 'rollback failed']);

/** A shift under way: its state, and the ways to change it. Every change is in the journal before the next effect begins. */
export class Run {
  /** When the look began that found the reason for a rollback. */
  breachAt: number | undefined;
  /** Requests of the stage under way, as far as they were read. */
  counts: RequestCounts = NO_COUNTS;
  /** Errors of the stage under way by slot, where a source tells them. */
  errors: Partial<RequestCounts> | undefined;
  /** Writes of the shared record, one after the other. */
  private published: Promise<void> = Promise.resolve();

  constructor(
    private now: ShiftState,
    readonly parts: ShiftParts,
  ) {}

  /** What a look has counted, for the journal. */
  get seen(): { readonly counts: RequestCounts; readonly errors?: Partial<RequestCounts> } {
    return { counts: this.counts, ...(this.errors && { errors: this.errors }) };
  }

  get state(): ShiftState {
    return this.now;
  }

  async commit(event: ShiftEvent): Promise<void> {
    const line = await this.written(event);
    const before = this.state.phase;
    this.now = after(this.state, line);
    this.parts.told.event(line, this.state);
    this.parts.notice?.(line, this.state);
    if (this.state.phase === before && event.type !== 'raising' && event.type !== 'passed') return;
    const publishing = this.publish(this.state);
    // A rollback does not wait for the table.
    if (event.type !== 'rolling back') await publishing;
    else publishing.catch(() => undefined);
  }

  async hold(by: HeldBy, why: string): Promise<void> {
    await this.commit({ type: 'held', by, why, counts: this.counts });
  }

  /** Goes back: the gate has failed. */
  async breach(gate: GateResult, gates: readonly GateResult[]): Promise<void> {
    await this.commit({ type: 'looked', stage: this.state.stage, verdict: 'FAIL', gates, ...this.seen });
    await this.commit({ type: 'rolling back', why: gate.reason, counts: this.counts });
  }

  /** @throws KongDualClusterError LOCK_LOST */
  async stillOurs(): Promise<void> {
    await this.parts.lease.beat(doing(this.state));
  }

  /**
   * The lock's table may be out of reach at the moment of a rollback; a lock that is surely lost is another matter. After a
   * long silence somebody else could hold it. Who does has other weights, or the same ones: then they see the old slot with
   * everything, and stop.
   * @param isSeen whether every place has just been seen with weights of this run
   */
  async mayWrite(isSeen: boolean): Promise<void> {
    try {
      await this.stillOurs();
    } catch (error) {
      if (isLockLost(error) || (!isSeen && this.parts.lease.silence > LOCK_TRUSTED_MS)) throw error;
    }
  }

  /** A sign of life, and what somebody asks for. */
  async asked(): Promise<void> {
    const { lease } = this.parts;
    const request = await lease.beat(doing(this.state));
    if (request === undefined) return;
    if (request.what === 'pause' && this.state.phase !== 'held') await this.hold('person', `paused by ${request.by}`);
    if (request.what === 'resume' && this.state.phase === 'held')
      await this.commit({ type: 'resumed', by: request.by });
    await lease.answered(request);
  }

  /** What an error makes of the shift. @throws the error when nothing may be written any more */
  async failed(error: unknown): Promise<void> {
    if (isLockLost(error)) throw error;
    if (isConflict(error)) return this.commit({ type: 'conflict', found: error.found ?? error.problem });
    if (this.state.phase === 'rolling back') return this.commit({ type: 'rollback failed', why: told(error) });
    const ours = error instanceof KongDualClusterError;
    return this.hold(!ours && this.parts.kindOf(error) === 'credentials' ? 'credentials' : 'error', told(error));
  }

  isPassing(error: unknown): boolean {
    // A node of a router that gave no answer may give one at the next look.
    if (error instanceof KongDualClusterError) return error.code === 'ROUTER_NODE_SILENT';
    return this.parts.kindOf(error) === 'passing';
  }

  lookMs(stageSeconds: number): number {
    return Math.max(200, Math.min(LOOK_SECONDS, stageSeconds / 5) * 1000);
  }

  /** A rollback does not wait for room on the disk either: the edge's table says what became of it. */
  private async written(event: ShiftEvent): Promise<JournalLine> {
    const at = new Date(this.parts.now());
    try {
      return await this.parts.journal.append(event, at);
    } catch (error) {
      // A look is a note: who ends because of it watches no more, and what fails next stays.
      if (isLockLost(error) || (event.type !== 'looked' && !ROLLBACK_EVENTS.has(event.type))) throw error;
      this.parts.told.waiting(this.state, `the journal was not written: ${told(error)}`);
      return { n: 0, at: at.toISOString(), ...event };
    }
  }

  /** @throws KongDualClusterError LOCK_LOST: what another command wrote there is not written over */
  private publish(state: ShiftState): Promise<void> {
    this.published = this.published
      .catch(() => undefined)
      .then(async () => {
        try {
          await this.parts.lease.beat(doing(state));
          await this.parts.publish(state);
        } catch (error) {
          if (isLockLost(error)) throw error;
          // The journal has it.
          this.parts.told.waiting(state, `the edge's table was not written: ${told(error)}`);
        }
      });
    return this.published;
  }
}
