import { capacityShort, nodesOf } from '../deployed/capacity';
import { KongDualClusterError } from '../errors';
import type { RouterReading } from '../routers/router';
import { alarmGate, overall, requestGate, type GateResult, type RequestCounts } from '../traffic/gates';
import { after, doing, knownWeights, pending, weightsOfStage, type Pending, type ShiftState } from '../traffic/shift';
import type { HeldBy, JournalLine, ShiftEvent } from '../traffic/shift-events';
import { sameShare, type Weights } from '../traffic/weights';
import { foreign, isConflict, isLockLost, isLost, told } from './failures';
import type { ShiftParts } from './shift-parts';

const NO_COUNTS: RequestCounts = { blue: undefined, green: undefined };
/** Seconds between two looks; shorter only where a stage is. */
const LOOK_SECONDS = 2;
/** Seconds that a change of a rule may take to reach every node of the load balancer; requests before it are not counted. */
const SETTLE_SECONDS = 1;
/** Attempts of a rollback, with 1, 2, 4 … s between them. */
const ROLLBACK_ATTEMPTS = 6;
/** A rollback is written without asking the lock only when it was ours this short a time ago, milliseconds. */
const LOCK_TRUSTED_MS = 20_000;

/** How long a rollback waits to hear whether anybody is there to go back to, milliseconds. */
const CAPACITY_ANSWER_MS = 1000;

/** Events of a rollback: it goes on although the journal cannot be written. */
const ROLLBACK_EVENTS: ReadonlySet<ShiftEvent['type']> = new Set(['rolling back', 'rolled back', 'rollback failed']);

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
  /** Writes of the shared record, one after the other. */
  private published: Promise<void> = Promise.resolve();

  constructor(
    private state: ShiftState,
    private readonly parts: ShiftParts,
  ) {}

  async toTheEnd(): Promise<ShiftState> {
    for (;;) {
      const next = pending(this.state);
      if (next.do === 'nothing') return this.state;
      try {
        if (next.do === 'raise') await this.patiently(() => this.raise());
        else if (next.do === 'bake') await this.bake(next);
        else if (next.do === 'finish') await this.patiently(() => this.finish());
        else if (next.do === 'roll back') await this.rollBack();
        else if (!(await this.waited())) return this.state;
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  /** Again and again while AWS does not answer, as long as a stage may wait for data. */
  private async patiently(act: () => Promise<void>): Promise<void> {
    const { parts } = this;
    const { maxExtensionSeconds } = this.state.start;
    for (const end = parts.now() + maxExtensionSeconds * 1000; ;) {
      try {
        return await act();
      } catch (error) {
        if (!this.isPassing(error) || parts.interrupted() || parts.now() >= end) throw error;
        parts.told.waiting(this.state, `AWS did not answer: ${(error as Error).message}`);
        await parts.sleep(this.lookMs(maxExtensionSeconds));
      }
    }
  }

  private async raise(): Promise<void> {
    const { parts } = this;
    if (parts.interrupted()) return this.hold('interrupt', 'a person interrupted the command');
    if (await this.breached()) return;
    await this.asked();
    if (pending(this.state).do !== 'raise' || !(await this.capacityIsEnough())) return;
    const next = pending(this.state);
    if (next.do !== 'raise') return;
    const { stage, expected, to } = next;
    await this.stillOurs();
    await this.commit({ type: 'raising', stage, weights: to });
    await parts.router.apply({ expected, to, mayWrite: () => this.stillOurs() });
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
        // Nodes that went away are a reason for alarms too.
        if (!(await this.breached())) await this.asked();
      }
      if (pending(this.state).do !== 'raise') return false;
      await parts.sleep(this.lookMs(maxExtensionSeconds));
    }
  }

  private async bake({ stage, seconds, weights }: Extract<Pending, { do: 'bake' }>): Promise<void> {
    const { parts } = this;
    const { maxExtensionSeconds } = this.state.start;
    const begun = parts.now();
    const from = new Date(begun + SETTLE_SECONDS * 1000);
    this.counts = NO_COUNTS;
    let told = '';
    for (;;) {
      if (parts.interrupted()) return this.hold('interrupt', 'a person interrupted the command');
      await parts.sleep(this.lookMs(seconds));
      const elapsed = (parts.now() - begun) / 1000;
      const look = await this.look(weights, from);
      if (pending(this.state).do !== 'bake') return;
      const verdict = overall(look);
      // Before the bake is over, missing data is what one expects.
      const worthTelling = verdict === 'FAIL' || (verdict === 'INCONCLUSIVE' && elapsed >= seconds);
      const now = JSON.stringify(look.map((gate) => gate.verdict));
      const failed = look.find((gate) => gate.verdict === 'FAIL');
      if (failed) return this.breach(failed, look);
      if (worthTelling && now !== told) await this.commit({ type: 'looked', stage, verdict, gates: look });
      if (worthTelling) told = now;
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

  /**
   * One look at everything. Each part is asked whatever becomes of the others: counts that are throttled, or a lock that
   * cannot be renewed, must not hide an alarm. What AWS did not answer is no verdict; the next look may have it.
   */
  private async look(weights: Weights, from: Date): Promise<GateResult[]> {
    const { parts } = this;
    const { to, minRequests } = this.state.start;
    const counted = parts.counts(from, new Date(parts.now())).then((seen) => (this.counts = seen));
    const others = Promise.allSettled([this.refuseForeign(weights), counted]);
    const [lock, alarms] = await Promise.allSettled([this.asked(), this.alarms()]);
    if (isLost(lock)) throw lock.reason;
    // A breach waits for nothing else; whether the weights are ours is looked at again before they are written.
    if (alarms.status === 'fulfilled' && alarms.value.verdict === 'FAIL') return [alarms.value];
    if (pending(this.state).do !== 'bake') return [];
    const [rules, counts] = await others;
    if (rules.status === 'rejected' && isConflict(rules.reason)) throw rules.reason;
    const silent = [lock, rules, alarms, counts].flatMap((part) =>
      part.status === 'rejected' ? [part.reason as unknown] : [],
    );
    const lasting = silent.find((error) => !this.isPassing(error));
    if (lasting !== undefined) throw lasting as Error;
    return [
      ...(alarms.status === 'fulfilled' ? [alarms.value] : []),
      ...(counts.status === 'fulfilled' ? [requestGate(counts.value, to, minRequests)] : []),
      ...silent.map((error) => ({
        gate: 'aws',
        verdict: 'INCONCLUSIVE' as const,
        reason: `AWS did not answer: ${(error as Error).message}`,
      })),
    ];
  }

  private async alarms(): Promise<GateResult> {
    this.breachAt = this.parts.now();
    return alarmGate(await this.parts.alarms(this.state.start.alarms));
  }

  /** Looks at the alarms. @returns true when one breaches: then the shift is rolling back */
  private async breached(): Promise<boolean> {
    const gate = await this.alarms();
    if (gate.verdict === 'FAIL') await this.breach(gate, [gate]);
    return gate.verdict === 'FAIL';
  }

  private async refuseForeign(weights: Weights): Promise<void> {
    const { holds, differences } = await this.parts.router.verify(weights);
    if (!holds) throw foreign(differences.join('; '));
  }

  private async breach(gate: GateResult, gates: readonly GateResult[]): Promise<void> {
    await this.commit({ type: 'looked', stage: this.state.stage, verdict: 'FAIL', gates });
    await this.commit({ type: 'rolling back', why: gate.reason, counts: this.counts });
  }

  /** What passed long ago, before a kill, may not be so any more. */
  private async finish(): Promise<void> {
    await this.stillOurs();
    await this.refuseForeign(weightsOfStage(this.state.start, this.state.stage));
    await this.commit({ type: 'done' });
  }

  /** One jump to the weights before the shift: no gate, no capacity, no approval stands before it. */
  private async rollBack(): Promise<void> {
    const { parts } = this;
    const begun = this.breachAt ?? parts.now();
    if (await this.nobodyThere()) return;
    const reading = this.state.start.reading as RouterReading;
    let last: unknown;
    for (let attempt = 0; attempt < ROLLBACK_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await parts.sleep(1000 * 2 ** (attempt - 1));
      try {
        await this.refuseUnknown();
        await parts.router.restore(reading, () => this.mayWrite());
        const { holds, differences } = await parts.router.verify(this.state.start.weightsBefore);
        if (!holds) throw new Error(differences.join('; '));
        last = undefined;
        break;
      } catch (error) {
        if (isLockLost(error) || isConflict(error)) throw error;
        last = error;
      }
    }
    if (last !== undefined) return this.commit({ type: 'rollback failed', why: told(last) });
    const seconds = Math.round((parts.now() - begun) / 10) / 100;
    return this.commit({ type: 'rolled back', seconds, by: 'gates' });
  }

  /**
   * Going back to a slot without a healthy node would take everybody's answers away: then it holds, and says so. Asked
   * for a moment only, and only a certain zero counts: a rollback does not wait for metrics.
   */
  private async nobodyThere(): Promise<boolean> {
    const { parts } = this;
    const { from, to } = this.state.start;
    const silence = parts.sleep(CAPACITY_ANSWER_MS).then(() => undefined);
    const both = Promise.all([parts.capacity(from), parts.capacity(to)]).catch(() => undefined);
    const [old, rising] = (await Promise.race([both, silence])) ?? [];
    if (old?.healthy !== 0 || !rising || rising.healthy === 0) return false;
    await this.hold(
      'capacity',
      `${this.state.reason ?? 'a gate failed'}, and ${from} has no healthy node to go back to, ${to} has ${rising.healthy}: bring ${from} back, then shift abort`,
    );
    return true;
  }

  /** Weights that no stage of this shift has set are somebody else's: not even a rollback writes over them. */
  private async refuseUnknown(): Promise<void> {
    const known = knownWeights(this.state);
    const reading = await this.parts.router.read().catch((error: unknown) => {
      if (isConflict(error)) throw error;
      // Going back needs nothing but the reading from before.
      return undefined;
    });
    const others = reading?.places.filter(({ weights }) => !known.some((each) => sameShare(each, weights))) ?? [];
    if (others.length === 0) return;
    throw foreign(others.map(({ id, weights }) => `${id} has blue ${weights.blue}, green ${weights.green}`).join('; '));
  }

  /** @throws KongDualClusterError LOCK_LOST */
  private async stillOurs(): Promise<void> {
    await this.parts.lease.beat(doing(this.state));
  }

  /** The lock's table may be out of reach at the moment of a rollback; a lock that is surely lost is another matter. */
  private async mayWrite(): Promise<void> {
    try {
      await this.stillOurs();
    } catch (error) {
      if (isLockLost(error) || this.parts.lease.silence > LOCK_TRUSTED_MS) throw error;
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
    await lease.answered(request);
  }

  /** Held by a person, the process waits and goes on watching; held by anything else, it ends. */
  private async waited(): Promise<boolean> {
    const { parts } = this;
    if (this.state.phase !== 'held' || this.state.heldBy !== 'person') return false;
    if (parts.interrupted()) return false;
    parts.told.waiting(this.state, this.state.reason ?? '');
    await parts.sleep(LOOK_SECONDS * 1000);
    const [lock] = await Promise.allSettled([this.asked()]);
    if (isLost(lock)) throw lock.reason;
    if (this.state.phase !== 'held') return true;
    const [alarms] = await Promise.allSettled([this.breached()]);
    const lasting = [lock, alarms].find((part) => part.status === 'rejected' && !this.isPassing(part.reason));
    if (lasting?.status === 'rejected') throw lasting.reason as Error;
    return true;
  }

  private async failed(error: unknown): Promise<void> {
    if (isLockLost(error)) throw error;
    if (isConflict(error)) return this.commit({ type: 'conflict', found: error.found ?? error.problem });
    if (this.state.phase === 'rolling back') return this.commit({ type: 'rollback failed', why: told(error) });
    const ours = error instanceof KongDualClusterError;
    return this.hold(!ours && this.parts.kindOf(error) === 'credentials' ? 'credentials' : 'error', told(error));
  }

  private async hold(by: HeldBy, why: string): Promise<void> {
    await this.commit({ type: 'held', by, why, counts: this.counts });
  }

  private isPassing(error: unknown): boolean {
    return !(error instanceof KongDualClusterError) && this.parts.kindOf(error) === 'passing';
  }

  private async commit(event: ShiftEvent): Promise<void> {
    const line = await this.written(event);
    const before = this.state.phase;
    this.state = after(this.state, event);
    this.parts.told.event(line, this.state);
    if (this.state.phase === before && event.type !== 'raising' && event.type !== 'passed') return;
    const publishing = this.publish(this.state);
    // A rollback does not wait for the table.
    if (event.type !== 'rolling back') await publishing;
    else publishing.catch(() => undefined);
  }

  /** A rollback does not wait for room on the disk either: the edge's table says what became of it. */
  private async written(event: ShiftEvent): Promise<JournalLine> {
    const at = new Date(this.parts.now());
    try {
      return await this.parts.journal.append(event, at);
    } catch (error) {
      const breach = event.type === 'looked' && event.verdict === 'FAIL';
      if (!breach && !ROLLBACK_EVENTS.has(event.type)) throw error;
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

  private lookMs(stageSeconds: number): number {
    return Math.max(200, Math.min(LOOK_SECONDS, stageSeconds / 5) * 1000);
  }
}
