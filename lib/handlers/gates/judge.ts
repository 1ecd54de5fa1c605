import type { CapacityReading } from '../../deployed/capacity';
import { nodeGate } from '../../runner/look';
import { minuteGates } from '../../runner/minute-gates';
import { alarmGate, requestGate, type AlarmReading, type GateResult, type RequestCounts } from '../../traffic/gates';
import type { MinuteSource } from '../../traffic/minutes';
import type { JournalLine, ShiftStart } from '../../traffic/shift-events';
import { afterLook, limitsOf, type StageDecision } from '../../traffic/stage-policy';
import { SLOTS, type Slot } from '../../traffic/weights';

/** What the shift machine asks at each look of a stage. */
export interface GatesQuestion {
  readonly start: Omit<ShiftStart, 'reading'>;
  /** Index into the plan's stages, from 0, and since when it has its weights, milliseconds since the epoch. */
  readonly stage: number;
  readonly sinceMs: number;
  /** Raises of this execution so far. */
  readonly lines: readonly JournalLine[];
  /** As the machine has just read them. */
  readonly alarms: readonly AlarmReading[];
}

export interface GatesAnswer {
  readonly gates: readonly GateResult[];
  readonly counts: RequestCounts;
  readonly decision: StageDecision;
}

/** What the gates are judged by, read by whoever asks. */
export interface GatesWorld {
  readonly minutes: MinuteSource;
  counts(from: Date, to: Date): Promise<RequestCounts>;
  capacity(slot: Slot): Promise<CapacityReading>;
  now(): number;
}

/** A weight that was written holds for every new request after this long, seconds (lib/routers/alb: settleSeconds). */
const SETTLE_SECONDS = 1;
/** Periods before the first raise that the gates are given (lib/runner/look.ts). */
const BEFORE_PERIODS = 60;

/** One look at a stage with the runner's own gates; what does not answer is no verdict. */
export async function judge(
  { start, stage, sinceMs, lines, alarms }: GatesQuestion,
  world: GatesWorld,
): Promise<GatesAnswer> {
  const { to, from, periodSeconds = 60, gates: policy } = start;
  const now = new Date(world.now());
  const first = Date.parse(lines.find(({ type }) => type === 'raised')?.at ?? '') || sinceMs;
  const [minutes, counted, capacity] = await Promise.allSettled([
    policy ? world.minutes(new Date(first - BEFORE_PERIODS * periodSeconds * 1000), now) : undefined,
    world.counts(new Date(sinceMs + SETTLE_SECONDS * 1000), now),
    Promise.all(SLOTS.map((slot) => world.capacity(slot))),
  ]);
  const counts = counted.status === 'fulfilled' ? counted.value : { blue: undefined, green: undefined };
  const nodes = (slot: Slot) =>
    capacity.status === 'fulfilled' ? capacity.value.find((each) => each.slot === slot) : undefined;
  const [rising, old] = [nodes(to), nodes(from)];
  const shift = { ...start, ...(policy && { whenInconclusive: policy.whenInconclusive }) };
  const asked = start.stages[stage]!;
  const gates: GateResult[] = [
    { ...alarmGate(alarms, start.onlyBreaches), ...(policy && policy.alarms !== 'off' && { use: policy.alarms }) },
    ...(counted.status === 'fulfilled' ? [requestGate(counts, to, limitsOf(asked, shift).minRequests)] : []),
    ...(rising && old ? [nodeGate(rising, old)] : []),
    ...minuteGates(
      { ...start, reading: undefined },
      {
        lines,
        readings: minutes.status === 'fulfilled' && minutes.value ? [minutes.value] : [],
        silent: minutes.status === 'rejected' ? [String(minutes.reason)] : [],
        settleSeconds: SETTLE_SECONDS,
      },
    ),
    ...[counted, capacity].flatMap((part) =>
      part.status === 'rejected'
        ? [{ gate: 'aws', verdict: 'INCONCLUSIVE' as const, reason: `AWS did not answer: ${String(part.reason)}` }]
        : [],
    ),
  ];
  const elapsedSeconds = (world.now() - sinceMs) / 1000;
  return { gates, counts, decision: afterLook({ gates, elapsedSeconds, stage: asked, shift }) };
}
