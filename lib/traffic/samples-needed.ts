import { minutesNeeded } from './comparison';
import { type Counted, REFUSALS } from './minutes';
import { durationOf } from './duration';
import type { GatePolicy } from './gate-policy';
import { about, alphaOf } from './gates-of';
import { percent, type Stage } from './plan';
import { limitsOf, type ShiftLimits } from './stage-policy';
import { objectiveAt } from './stage-objective';
import type { TrafficNow } from './traffic-now';

export interface SamplePlan {
  readonly stages: readonly Stage[];
  readonly traffic: TrafficNow;
  readonly policy: GatePolicy;
  readonly shift: ShiftLimits;
  /** Seconds until a period's counts are settled (@default 0). */
  readonly delaySeconds?: number;
}

/** What a stage needs before its gates can have a verdict. */
export interface StageNeeds {
  /** From 1. */
  readonly stage: number;
  /** Requests on the rising slot, and minutes in which they come; null where no time is enough. */
  readonly requests: number | null;
  readonly minutes: number | null;
  /** Share (0–1) of bad answers that should fail, and the minutes in which it is caught; null where the traffic cannot tell. */
  readonly fault: number;
  readonly caughtMinutes: number | null;
  /** Where the verdict lies. */
  readonly within: 'bake' | 'extension' | 'never';
  /** For people: the longest-waiting gate, and what to do where it is too long. */
  readonly text: string;
  readonly advice: readonly string[];
}

/** What a fault is that a stage should catch, in multiples of the old slot's errors or, where they are more, of the objective. */
const FAULT = 10;
/** Objectives that are proposed, rising. */
export const OBJECTIVES = [0.002, 0.005, 0.01, 0.02, 0.05];
/** Dispersion of the errors from which on it is said. */
const BURSTY = 2;
/** The longest bake that is proposed, minutes. */
const LONGEST_BAKE = 24 * 60;

/** Of each stage, whether its gates can have a verdict at this traffic in the time it has, and what to do when not. */
export function samplesNeeded(plan: SamplePlan): StageNeeds[] {
  return plan.stages.map((_, index) => needsOf(plan, index));
}

/** Whether a stage's gates can have a verdict in the time it has. @param index from 0 */
export function canTell(plan: SamplePlan, index: number): boolean {
  const { needed, limit } = timeOf(plan, index);
  return needed <= limit;
}

/** Minutes that a stage needs for a verdict, and that it has. */
function timeOf(plan: SamplePlan, index: number) {
  const { stages, traffic, shift, delaySeconds = 0 } = plan;
  const stage = stages[index]!;
  const { maxExtensionSeconds, minRequests, whenInconclusive } = limitsOf(stage, shift);
  const delay = delaySeconds / 60;
  const bake = stage.bakeSeconds / 60;
  const limit = whenInconclusive === 'extend' ? Infinity : bake + maxExtensionSeconds / 60;
  const gates = gatesOfPlan(plan);
  const minutesAt = (share: number, objective?: number): number => {
    const forMinimum = minRequests === 0 ? 0 : minRequests / (traffic.requestsPerMinute * share);
    const passes = gates.map((counted) => minutes(plan, index, { counted, share, objective }).pass);
    return Math.max(forMinimum, ...passes) + delay;
  };
  const isAsked = gates.length > 0 || minRequests > 0;
  return { needed: isAsked ? minutesAt(stage.share) : 0, limit, bake, delay, isAsked, minutesAt };
}

function needsOf(plan: SamplePlan, index: number): StageNeeds {
  const { stages, traffic, policy, shift } = plan;
  const stage = stages[index]!;
  const { maxExtensionSeconds } = limitsOf(stage, shift);
  const { needed, limit, bake, delay, isAsked, minutesAt } = timeOf(plan, index);
  const toPerMinute = traffic.requestsPerMinute * stage.share;
  const caught = policy.errors === 'off' ? Infinity : minutes(plan, index, { counted: 'errors' }).fail + delay;
  const within = needed <= bake ? 'bake' : needed <= limit ? 'extension' : 'never';
  const requests = isAsked ? Math.ceil((needed - delay) * toPerMinute) : 0;
  const fault = faultOf(policy, traffic.errorRate);
  const catches = Number.isFinite(caught)
    ? `${percent(fault)} errors are caught in ${about(Math.max(1, Math.ceil(caught)) * 60)}`
    : `${percent(fault)} errors would not be noticed`;
  const time = !isAsked
    ? 'no gate waits for counts'
    : Number.isFinite(needed)
      ? `needs ${requests} requests on the new slot, ${about(Math.ceil(needed) * 60)}`
      : 'no time is enough for a verdict';
  const limitText = `${durationOf(stage.bakeSeconds)}${maxExtensionSeconds > 0 ? ` and ${durationOf(maxExtensionSeconds)} more` : ''}`;
  return {
    stage: index + 1,
    requests: Number.isFinite(needed) ? requests : null,
    minutes: Number.isFinite(needed) ? Math.ceil(needed) : null,
    fault,
    caughtMinutes: Number.isFinite(caught) ? Math.ceil(caught) : null,
    within,
    text:
      within === 'never'
        ? `${time}; it has ${limitText}: no verdict to be expected`
        : [time, ...(policy.errors === 'off' ? [] : [catches])].join('; '),
    advice: within === 'never' ? adviceOf(plan, index, { needed, limit, minutesAt }) : [],
  };
}

function adviceOf(
  { stages, traffic, policy }: SamplePlan,
  index: number,
  {
    needed,
    limit,
    minutesAt,
  }: { needed: number; limit: number; minutesAt: (share: number, objective?: number) => number },
): string[] {
  const stage = stages[index]!;
  if (traffic.requestsPerMinute === 0) return ['send traffic first: without requests nothing can be told'];
  const next = stages[index + 1]?.share ?? 1;
  const hundredths = Array.from({ length: 100 }, (_, i) => (i + 1) / 100);
  const share = hundredths.find((each) => each > stage.share && each < 1 && minutesAt(each) <= limit);
  const { objective: now = 0.001 } = policy.comparison;
  const objective = OBJECTIVES.find((each) => each > now && minutesAt(stage.share, each) <= limit);
  const bakeMinutes = Math.ceil(needed);
  const measured = policy.comparison.dispersion ?? policy.dispersion?.errors ?? 1;
  const bursty =
    measured >= BURSTY
      ? `errors come in bursts, so that it takes ${Math.round(measured)} times as many requests; where both slots have them in the same minutes (an upstream), shift.gates.dispersion: 1`
      : undefined;
  return [
    ...(share === undefined
      ? []
      : [share < next ? `give it ${percent(share)} instead of ${percent(stage.share)}` : `leave this stage out`]),
    ...(bakeMinutes <= LONGEST_BAKE ? [`bake it ${durationOf(bakeMinutes * 60)}`] : []),
    ...(objective === undefined
      ? []
      : [`accept more: shift.gates.objective: ${objective} (${percent(objective)} bad answers)`]),
    ...(bursty === undefined ? [] : [bursty]),
    'watch instead of gate (shift.gates.errors: watch): the stage then ends without a verdict, a FAIL still rolls back',
  ];
}

/** Share of bad answers that a stage should catch. */
const faultOf = ({ comparison: { objective = 0.001 } }: GatePolicy, rate: number): number =>
  Math.min(1, FAULT * Math.max(rate, objective));

/** What a stage must have a verdict of, as far as its rate is known. */
function gatesOfPlan({ policy, traffic }: SamplePlan): Counted[] {
  return [
    ...(policy.errors === 'gate' ? (['errors'] as const) : []),
    ...(policy.slow === 'gate' && traffic.slowRate !== undefined ? (['slow'] as const) : []),
    ...(policy.refusals === 'gate' && traffic.refusalRates !== undefined ? REFUSALS : []),
  ];
}

function minutes(
  { stages, traffic, policy }: SamplePlan,
  index: number,
  {
    counted,
    share = stages[index]!.share,
    objective,
  }: { counted: Counted; share?: number; objective?: number | undefined },
): { readonly pass: number; readonly fail: number } {
  const { requestsPerMinute, errorRate, slowRate = 0, refusalRates } = traffic;
  const rate = counted === 'errors' ? errorRate : counted === 'slow' ? slowRate : (refusalRates?.[counted] ?? 0);
  const { dispersion = policy.dispersion?.[counted] ?? 1, ...limits } = policy.comparison;
  const twoSided = counted !== 'errors' && counted !== 'slow';
  const asked = objective ?? limits.objective;
  const bound = twoSided ? asked : objectiveAt(stages, index, asked);
  return minutesNeeded(
    { requestsPerMinute, share, rate, fault: faultOf(policy, rate) },
    {
      ...limits,
      ...(bound !== undefined && { objective: bound }),
      dispersion,
      alpha: alphaOf(counted, policy),
      twoSided,
    },
    { shares: stages.map((stage) => stage.share) },
    index,
  );
}
