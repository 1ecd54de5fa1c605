import type { CapacityReading } from '../deployed/capacity';
import type { TrafficRouter } from '../routers/router';
import type { AlarmReading, GateResult, RequestCounts } from '../traffic/gates';
import type { ShiftState } from '../traffic/shift';
import type { MinuteSource } from '../traffic/minutes';
import type { JournalLine, ShiftEvent } from '../traffic/shift-events';
import type { Slot } from '../traffic/weights';
import type { DeadMan } from './dead-man';
import type { Lease } from './lock';

/** Everything a shift touches, so that a test can put virtual time and a broken world in its place. */
export interface ShiftParts {
  readonly router: TrafficRouter;
  readonly lease: Pick<Lease, 'beat' | 'silence' | 'answered'>;
  readonly journal: {
    /** Every line so far, those that were appended in this run too. */
    readonly lines: readonly JournalLine[];
    append(event: ShiftEvent, at: Date): Promise<JournalLine>;
  };
  /** Writes the state where other machines read it; after the journal, and never in its way. */
  publish(state: ShiftState): Promise<void>;
  capacity(slot: Slot): Promise<CapacityReading>;
  /** Raises the autoscaling floor of a slot to a number of nodes. */
  pinFloor(reading: CapacityReading, nodes: number): Promise<void>;
  alarms(names: readonly string[]): Promise<AlarmReading[]>;
  counts(from: Date, to: Date): Promise<RequestCounts>;
  /** Where requests and bad answers by slot and minute are known from; none when no gate asks for them. */
  readonly minutes: readonly MinuteSource[];
  /** Brings the old slot back when this process gives no sign of life any more; absent when it is off. */
  readonly deadMan?: DeadMan;
  /** Tells people elsewhere; returns at once and never fails. */
  notice?(line: JournalLine, state: ShiftState): void;
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
