import type { CapacityReading } from '../deployed/capacity';
import { capacityShort, nodesOf } from '../deployed/capacity';
import { KongDualClusterError } from '../errors';
import type { RouterReading, TrafficRouter } from '../routers/router';
import {
  alarmGate,
  overall,
  requestGate,
  type AlarmReading,
  type GateResult,
  type RequestCounts,
} from '../traffic/gates';
import { after, doing, pending, weightsOfStage, type Pending, type ShiftState } from '../traffic/shift';
import type { HeldBy, JournalLine, ShiftEvent } from '../traffic/shift-events';
import type { Slot } from '../traffic/weights';
import type { Lease } from './lock';

/** Everything a shift touches, so that a test can put virtual time and a broken world in its place. */
export interface ShiftParts {
  readonly router: TrafficRouter;
  readonly lease: Pick<Lease, 'beat' | 'silence' | 'answered'>;
  readonly journal: { append(event: ShiftEvent, at: Date): Promise<JournalLine> };
  /** Writes the state where other machines read it; after the journal, and never in its way. */
  publish(state: ShiftState): Promise<void>;
  capacity(slot: Slot): Promise<CapacityReading>;
  /** Raises the autoscaling floor of a slot to a number of nodes. */
  pinFloor(reading: CapacityReading, nodes: number): Promise<void>;
  alarms(names: readonly string[]): Promise<AlarmReading[]>;
  counts(from: Date, to: Date): Promise<RequestCounts>;
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** credentials: they ended; passing: AWS may answer again (throttling, network); lasting: it will not by itself. */
  kindOf(error: unknown): 'credentials' | 'passing' | 'lasting';
  /** Whether a person asked this process to end. */
  interrupted(): boolean;
  readonly told: ShiftListener;
}

export interface ShiftListener {
  event(line: JournalLine, state: ShiftState): void;
  /** While a stage is watched. @param elapsed and @param bakeSeconds in seconds */
  watching(
    state: ShiftState,
    elapsed: number,
    bakeSeconds: number,
    gates: readonly GateResult[],
    counts: RequestCounts,
  ): void;
  waiting(state: ShiftState, why: string): void;
}

const NO_COUNTS: RequestCounts = { blue: undefined, green: undefined };
/** Seconds between two looks; shorter only where a stage is. */
const LOOK_SECONDS = 2;
/** Seconds that a change of a rule may take to reach every node of the load balancer; requests before it are not counted. */
const SETTLE_SECONDS = 1;
/** Attempts of a rollback, with 1, 2, 4 … s between them. */
const ROLLBACK_ATTEMPTS = 6;
/** A rollback is written without asking the lock only when it was ours this short a time ago, milliseconds. */
const LOCK_TRUSTED_MS = 20_000;

/**
 * Runs a shift from where its state stands to where nothing is to be done without a person. The state is the only
 * memory; every event is in the journal before the next effect begins.
 * @throws KongDualClusterError LOCK_LOST (exit 5): nothing was written after the lock was lost
 */
export async function runShift(state: ShiftState, parts: ShiftParts): Promise<ShiftState> {
  return new Run(state, parts).toTheEnd();
}

class Run {
  /** When the look began that found the reason for a rollback. */
  private breachAt: number | undefined;
  /** Of the stage under way, as far as they were read. */
  private counts: RequestCounts = NO_COUNTS;

  constructor(
    private state: ShiftState,
    private readonly parts: ShiftParts,
  ) {}

  async toTheEnd(): Promise<ShiftState> {
    for (;;) {
      const next = pending(this.state);
      if (next.do === 'nothing') return this.state;
      if (next.do === 'wait' && !(await this.waited())) return this.state;
      try {
        if (next.do === 'raise') await this.raise(next);
        else if (next.do === 'bake') await this.bake(next);
        else if (next.do === 'finish') await this.commit({ type: 'done' });
        else if (next.do === 'roll back') await this.rollBack();
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  private async raise({ stage, expected, to }: Extract<Pending, { do: 'raise' }>): Promise<void> {
    const { parts } = this;
    if (parts.interrupted()) return this.hold('interrupt', 'a person interrupted the command');
    await this.asked();
    if (pending(this.state).do !== 'raise') return;
    const gate = await this.alarms();
    if (gate.verdict === 'FAIL') return this.breach(stage, gate);
    if (!(await this.capacityIsEnough())) return;
    await this.commit({ type: 'raising', stage, weights: to });
    await parts.lease.beat(doing(this.state));
    await parts.router.apply({ expected, to });
    await this.commit({ type: 'raised', stage, weights: to });
  }

  /** The rising slot must have as many healthy nodes as the other one runs; it gets time to grow to that. */
  private async capacityIsEnough(): Promise<boolean> {
    const { parts } = this;
    const { from, to, maxExtensionSeconds } = this.state.start;
    const end = parts.now() + maxExtensionSeconds * 1000;
    for (;;) {
      const [rising, other] = [await parts.capacity(to), await parts.capacity(from)];
      const short = capacityShort(rising, other);
      if (short === undefined) return true;
      await parts.pinFloor(rising, nodesOf(other));
      if (parts.interrupted()) await this.hold('interrupt', 'a person interrupted the command');
      else if (parts.now() >= end) await this.hold('capacity', short);
      else {
        parts.told.waiting(this.state, short);
        await this.asked();
      }
      if (pending(this.state).do !== 'raise') return false;
      await parts.sleep(this.lookMs(maxExtensionSeconds));
    }
  }

  private async bake({ stage, seconds, weights }: Extract<Pending, { do: 'bake' }>): Promise<void> {
    const { parts } = this;
    const { to, minRequests, maxExtensionSeconds } = this.state.start;
    const begun = parts.now();
    const from = new Date(begun + SETTLE_SECONDS * 1000);
    this.counts = NO_COUNTS;
    let told = '';
    for (;;) {
      if (parts.interrupted()) return this.hold('interrupt', 'a person interrupted the command');
      await parts.sleep(this.lookMs(seconds));
      const elapsed = (parts.now() - begun) / 1000;
      const look = await this.look(async () => {
        await this.asked();
        if (pending(this.state).do !== 'bake') return [];
        await this.refuseForeign(weights);
        this.counts = await parts.counts(from, new Date(parts.now()));
        return [await this.alarms(), requestGate(this.counts, to, minRequests)];
      });
      if (pending(this.state).do !== 'bake') return;
      const verdict = overall(look);
      // Before the bake is over, missing data is what one expects.
      const worthTelling = verdict === 'FAIL' || (verdict === 'INCONCLUSIVE' && elapsed >= seconds);
      const now = JSON.stringify(look.map((gate) => gate.verdict));
      if (worthTelling && now !== told) await this.commit({ type: 'looked', stage, verdict, gates: look });
      if (worthTelling) told = now;
      if (verdict === 'FAIL')
        return this.breach(
          stage,
          look.find((gate) => gate.verdict === 'FAIL')!,
        );
      parts.told.watching(this.state, elapsed, seconds, look, this.counts);
      if (elapsed < seconds) continue;
      if (verdict === 'PASS') {
        return this.commit({ type: 'passed', stage, counts: this.counts, gates: look });
      }
      if (elapsed >= seconds + maxExtensionSeconds) {
        const why = look.filter((gate) => gate.verdict !== 'PASS').map(({ reason }) => reason);
        return this.hold('gates', `no verdict after ${Math.round(elapsed)} s: ${why.join('; ')}`);
      }
    }
  }

  /** A look that AWS did not let us have is no verdict; the next one may be. */
  private async look(gates: () => Promise<GateResult[]>): Promise<GateResult[]> {
    this.breachAt = this.parts.now();
    try {
      return await gates();
    } catch (error) {
      if (error instanceof KongDualClusterError || this.parts.kindOf(error) !== 'passing') throw error;
      return [{ gate: 'aws', verdict: 'INCONCLUSIVE', reason: `AWS did not answer: ${(error as Error).message}` }];
    }
  }

  private async alarms(): Promise<GateResult> {
    this.breachAt = this.parts.now();
    return alarmGate(await this.parts.alarms(this.state.start.alarms));
  }

  private async refuseForeign(weights: ReturnType<typeof weightsOfStage>): Promise<void> {
    const { holds, differences } = await this.parts.router.verify(weights);
    if (holds) return;
    throw new KongDualClusterError('ROUTER_CONFLICT', 'somebody else changed the weights', {
      found: differences.join('; '),
      remedy: 'shift abort',
    });
  }

  private async breach(stage: number, gate: GateResult): Promise<void> {
    if (this.state.phase === 'planned') await this.commit({ type: 'looked', stage, verdict: 'FAIL', gates: [gate] });
    await this.commit({ type: 'rolling back', why: gate.reason, counts: this.counts });
  }

  /** One jump to the weights before the shift: no gate, no capacity, no approval stands before it. */
  private async rollBack(): Promise<void> {
    const { parts } = this;
    const begun = this.breachAt ?? parts.now();
    const reading = this.state.start.reading as RouterReading;
    let last: unknown;
    for (let attempt = 0; attempt < ROLLBACK_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await parts.sleep(1000 * 2 ** (attempt - 1));
      try {
        await this.mayWrite();
        await parts.router.restore(reading);
        const { holds, differences } = await parts.router.verify(this.state.start.weightsBefore);
        if (!holds) throw new Error(differences.join('; '));
        const seconds = Math.round((parts.now() - begun) / 10) / 100;
        return await this.commit({ type: 'rolled back', seconds, by: 'gates' });
      } catch (error) {
        if (error instanceof KongDualClusterError && error.code === 'LOCK_LOST') throw error;
        last = error;
      }
    }
    await this.commit({ type: 'rollback failed', why: last instanceof Error ? last.message : String(last) });
  }

  /** The lock's table may be out of reach at the moment of a rollback; a lock that is surely lost is another matter. */
  private async mayWrite(): Promise<void> {
    try {
      await this.parts.lease.beat(doing(this.state));
    } catch (error) {
      if (error instanceof KongDualClusterError || this.parts.lease.silence > LOCK_TRUSTED_MS) throw error;
    }
  }

  /** A sign of life, and what somebody asks for. */
  private async asked(): Promise<void> {
    const { lease } = this.parts;
    const request = await lease.beat(doing(this.state));
    if (request === undefined) return;
    if (request.what === 'pause' && this.state.phase !== 'held') await this.hold('person', `paused by ${request.by}`);
    if (request.what === 'resume' && this.state.phase === 'held')
      await this.commit({ type: 'resumed', by: request.by });
    await lease.answered();
  }

  /** Held by a person, the process waits and goes on watching; held by anything else, it ends. */
  private async waited(): Promise<boolean> {
    const { parts } = this;
    if (this.state.phase !== 'held' || this.state.heldBy !== 'person') return false;
    if (parts.interrupted()) return false;
    parts.told.waiting(this.state, this.state.reason ?? '');
    await parts.sleep(this.lookMs(LOOK_SECONDS * 20));
    await this.look(async () => {
      await this.asked();
      if (this.state.phase !== 'held') return [];
      const gate = await this.alarms();
      if (gate.verdict === 'FAIL') await this.breach(this.state.stage, gate);
      return [gate];
    });
    return true;
  }

  private async failed(error: unknown): Promise<void> {
    if (error instanceof KongDualClusterError) {
      if (!/^ROUTER_(CONFLICT|RULE_)/.test(error.code)) throw error;
      return this.commit({ type: 'conflict', found: error.found ?? error.problem });
    }
    const kind = this.parts.kindOf(error);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (this.state.phase === 'rolling back') return this.commit({ type: 'rollback failed', why: text });
    return this.hold(kind === 'credentials' ? 'credentials' : 'error', text);
  }

  private async hold(by: HeldBy, why: string): Promise<void> {
    await this.commit({ type: 'held', by, why, counts: this.counts });
  }

  private async commit(event: ShiftEvent): Promise<void> {
    const line = await this.parts.journal.append(event, new Date(this.parts.now()));
    const before = this.state.phase;
    this.state = after(this.state, event);
    this.parts.told.event(line, this.state);
    if (this.state.phase === before && event.type !== 'raising' && event.type !== 'passed') return;
    try {
      await this.parts.publish(this.state);
    } catch (error) {
      // The journal has it. A lost lock is found by the next beat.
      this.parts.told.waiting(this.state, `the edge's table was not written: ${(error as Error).message}`);
    }
  }

  private lookMs(stageSeconds: number): number {
    return Math.max(200, Math.min(LOOK_SECONDS, stageSeconds / 5) * 1000);
  }
}
