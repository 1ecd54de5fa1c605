import { compare, sum, type ComparedStage, type Comparison, type MinuteCount } from './comparison';
import { countOf, minutesBySpan, pairOf, tells } from './counted';
import { REFUSALS, type Counted, type Minute, type MinuteReading } from './minutes';
import { lastGap, type Gap } from './gaps';
import type { GatePolicy } from './gate-policy';
import type { GateResult, GateUse } from './gates';
import type { Stage } from './plan';
import { sampleRatio } from './sample-ratio';
import { objectiveAt } from './stage-objective';
import type { StageSpan } from './stage-span';
import { shareOf, type Slot } from './weights';

export interface GateQuestion {
  /** All sources, each from an hour before the first span (the reference of the soak) until now. */
  readonly readings: readonly MinuteReading[];
  readonly policy: GatePolicy;
  readonly from: Slot;
  readonly to: Slot;
  /** Of the whole plan. */
  readonly stages: readonly Pick<Stage, 'share'>[];
  /** The one under way last. */
  readonly spans: readonly StageSpan[];
  /** Share (0–1) that a sticky router or one of DNS may be off (@default 0). */
  readonly shareTolerance?: number;
}

/** Gates that are asked of counts, in the order in which they are told. */
const GATES = ['errors', 'slow', 'refusals', 'sampleRatio'] as const;
type CountGate = (typeof GATES)[number];
const COUNTS: Readonly<Record<CountGate, readonly Counted[]>> = {
  errors: ['errors'],
  slow: ['slow'],
  refusals: REFUSALS,
  sampleRatio: ['errors'],
};
/** Parts of the chance of a false FAIL, among the gates that are not off; `refusals` shares its part over three statuses. */
const ALPHA_PARTS = { errors: 2, slow: 1, refusals: 1 } as const;

/**
 * What the counts say of the stage under way. Of several sources that tell the same thing the one is asked that knows more:
 * fresh before stale, then more settled periods with both slots, then more requests; never are two added up. A source that
 * is late lets nothing pass, but what it has counted may fail.
 */
export function gatesOf(asked: GateQuestion): GateResult[] {
  const known = { ...asked, sources: ranked(asked) };
  return GATES.flatMap((gate) => {
    const use = asked.policy[gate];
    return use === 'off' ? [] : [{ ...answer(gate, known), gate, use }];
  });
}

/** A source, and its settled periods by span. */
interface Source {
  readonly reading: MinuteReading;
  readonly minutes: readonly (readonly Minute[])[];
}

/** A question with its sources, the one first that knows most. */
type Known = GateQuestion & { readonly sources: readonly Source[] };

function ranked({ readings, spans, from, to }: GateQuestion): Source[] {
  const all = readings.map((reading) => {
    const minutes = minutesBySpan(reading, spans);
    const both = minutes.flat().filter(({ slots }) => slots[from] && slots[to]);
    const requests = both.reduce((total, { slots }) => total + slots[from]!.requests + slots[to]!.requests, 0);
    const isFresh = reading.staleSeconds === undefined ? 1 : 0;
    return { reading, minutes, rank: [isFresh, both.length * reading.periodSeconds, requests] };
  });
  const before = (a: readonly number[], b: readonly number[]): number => {
    const differs = a.findIndex((value, index) => value !== b[index]);
    return differs < 0 ? 0 : b[differs]! - a[differs]!;
  };
  return all.sort((a, b) => before(a.rank, b.rank));
}

/** A gate that no source can tell: against a start where it gates, worth a note where it is watched. */
export interface UntoldGate {
  readonly gate: CountGate;
  readonly use: Exclude<GateUse, 'off'>;
  readonly reason: string;
}

/** Gates that none of the sources can tell, from what they counted before the shift. */
export function untold(readings: readonly MinuteReading[], policy: GatePolicy): UntoldGate[] {
  return GATES.flatMap((gate) => {
    const use = policy[gate];
    const isTold = COUNTS[gate].every((counted) => readings.some((reading) => tells(reading, counted)));
    return use === 'off' || isTold ? [] : [{ gate, use, reason: nobodyTells(gate, readings) }];
  });
}

/** Chance of a false FAIL that one kind of event may use up, so that all together keep to the policy's. */
export function alphaOf(counted: Counted, policy: GatePolicy): number {
  const { alpha = 0.01 } = policy.comparison;
  const inUse = (['errors', 'slow', 'refusals'] as const).filter((gate) => policy[gate] !== 'off');
  const all = inUse.reduce((total, gate) => total + ALPHA_PARTS[gate], 0) || 1;
  if (counted === 'errors' || counted === 'slow') return (alpha * ALPHA_PARTS[counted]) / all;
  return (alpha * ALPHA_PARTS.refusals) / all / REFUSALS.length;
}

type Answer = Omit<GateResult, 'gate' | 'use'>;

function answer(gate: CountGate, asked: Known): Answer {
  if (gate === 'sampleRatio') return shares(asked);
  const answers = COUNTS[gate].map((counted) => compared(counted, gate, asked));
  const [only] = answers;
  if (answers.length === 1 && only) return only;
  const verdicts = answers.map(({ verdict }) => verdict);
  const verdict = verdicts.includes('FAIL') ? 'FAIL' : verdicts.includes('INCONCLUSIVE') ? 'INCONCLUSIVE' : 'PASS';
  const deciding = answers.filter((each) => each.verdict === verdict);
  const needs = deciding.map(({ needsSeconds }) => needsSeconds);
  return {
    verdict,
    reason: [...new Set(deciding.map(({ reason }) => reason))].join('; '),
    ...(verdict === 'INCONCLUSIVE' &&
      needs.every((seconds) => seconds !== undefined) && { needsSeconds: Math.max(...needs) }),
  };
}

function compared(counted: Counted, gate: CountGate, asked: Known): Answer {
  const { policy, from, to, spans, stages } = asked;
  const source = knowing(counted, asked);
  if (source === undefined) return inconclusive(nobodyTells(gate, asked.readings));
  const { reading } = source;
  const { stages: all, gap } = comparedStages(source, counted, asked);
  const { dispersion = policy.dispersion?.[counted] ?? 1, ...limits } = policy.comparison;
  const dispersionInTime = policy.comparison.dispersion ?? policy.dispersionInTime?.[counted] ?? dispersion;
  const twoSided = counted !== 'errors' && counted !== 'slow';
  // A gateway that lets everybody in harms at any share.
  const objective = twoSided ? limits.objective : objectiveAt(stages, spans.at(-1)?.stage ?? 0, limits.objective);
  const result = compare(
    all,
    {
      ...limits,
      ...(objective !== undefined && { objective }),
      dispersion,
      dispersionInTime,
      alpha: alphaOf(counted, policy),
      twoSided,
    },
    { shares: stages.map(({ share }) => share), periodSeconds: reading.periodSeconds },
  );
  const what = `${NAMES[counted](policy)} ${ratesOf(result, all.at(-1), from, to)}`;
  if (result.verdict === 'FAIL') return { verdict: 'FAIL', reason: `${what}: not by chance (${reading.source})` };
  const missing = missingIn(source, counted, asked);
  if (missing !== undefined) return inconclusive(missing);
  if (result.verdict === 'PASS') return { verdict: 'PASS', reason: `${what} (${reading.source})` };
  const needsSeconds = result.needsPeriods === undefined ? undefined : result.needsPeriods * reading.periodSeconds;
  const time = needsSeconds === undefined ? 'too few to tell' : `needs ${about(needsSeconds)}`;
  const since =
    gap === undefined ? '' : ` (since a gap of ${about(gap.periods * reading.periodSeconds)} on ${gap.slot})`;
  return {
    ...inconclusive(`${what}: ${time}${since}`),
    ...(needsSeconds !== undefined && { needsSeconds }),
  };
}

const NAMES: Readonly<Record<Counted, (policy: GatePolicy) => string>> = {
  errors: () => 'errors:',
  slow: ({ slowSeconds }) => `slower than ${slowSeconds} s:`,
  '401': () => '401:',
  '403': () => '403:',
  '429': () => '429:',
};

function shares(asked: Known): Answer {
  const { to, spans, shareTolerance: tolerance } = asked;
  const span = spans.at(-1);
  const source = knowing('errors', asked);
  if (source === undefined) return inconclusive(nobodyTells('sampleRatio', asked.readings));
  const missing = missingIn(source, 'errors', asked);
  if (span === undefined || missing !== undefined) return inconclusive(missing ?? 'no stage is under way');
  const { minutes = [] } = comparedStages(source, 'errors', asked).stages.at(-1) ?? {};
  // The first one may hold the weights before: a clock may be up to a minute off the source's.
  const seen = sum(minutes.length > 1 ? minutes.slice(1) : minutes);
  const { gate: _, ...rest } = sampleRatio({
    requests: { from: seen.from.requests, to: seen.to.requests },
    set: shareOf(span.weights, to),
    ...(tolerance !== undefined && { tolerance }),
    to,
  });
  return rest;
}

/** The source that knows most of a kind of event; undefined where none tells it. */
const knowing = (counted: Counted, { sources }: Known): Source | undefined =>
  sources.find(({ reading }) => tells(reading, counted));

/**
 * The stages as they are compared. One with a gap stands twice, like one that was held and resumed: it passes by what came
 * after the gap alone, since nobody knows what a slot did in it. Where the old slot gets nothing, its newest minutes from
 * before stand for it, each once.
 */
function comparedStages(
  source: Source,
  counted: Counted,
  { from, to, spans }: GateQuestion,
): { readonly stages: readonly ComparedStage[]; readonly gap: Gap | undefined } {
  const { minutes } = source;
  const gap = gapIn(source, counted, { from, to, spans });
  const before = referenceFor(source, counted, { from, spans });
  let used = 0;
  const stages = spans.flatMap((span, index): ComparedStage[] => {
    const all = minutes[index] ?? [];
    const parts = index === spans.length - 1 && gap ? [all.slice(0, gap.end), all.slice(gap.end)] : [all];
    const isWhole = span.weights[from] === 0;
    return parts.map((part) => {
      const pairs = part.flatMap((minute) => pairOf(minute, from, to, counted, isWhole) ?? []);
      if (!isWhole) return { stage: span.stage, minutes: pairs };
      const own = before.slice(used, used + pairs.length);
      used += own.length;
      return { stage: span.stage, minutes: pairs, reference: own.map((old, i) => ({ from: old, to: pairs[i]!.to })) };
    });
  });
  return { stages, gap };
}

/** What the old slot did before it got nothing, the newest first. */
function referenceFor(
  { reading }: Source,
  counted: Counted,
  { from, spans }: Pick<GateQuestion, 'from' | 'spans'>,
): MinuteCount[] {
  const whole = spans.find(({ weights }) => weights[from] === 0);
  if (whole === undefined) return [];
  const end = Date.parse(whole.from) - reading.periodSeconds * 1000;
  return reading.minutes
    .filter(({ at, settled }) => settled && Date.parse(at) <= end)
    .flatMap((minute) => countOf(minute, from, counted) ?? [])
    .filter(({ requests }) => requests > 0)
    .reverse();
}

/** The gap of the stage under way that ended last, of any slot that should have had requests. */
function gapIn(
  { reading, minutes }: Source,
  counted: Counted,
  { from, to, spans }: Pick<GateQuestion, 'from' | 'to' | 'spans'>,
): Gap | undefined {
  const slots = spans.at(-1)?.weights[from] === 0 ? [to] : [to, from];
  const gaps = slots.flatMap((slot) => lastGap(minutes.at(-1) ?? [], slot, counted, reading.periodSeconds) ?? []);
  return gaps.sort((a, b) => b.end - a.end)[0];
}

/** Why a source that tells a kind of event cannot let this stage pass; undefined when it can. */
function missingIn(
  { reading, minutes: bySpan }: Source,
  counted: Counted,
  { spans, from, to }: GateQuestion,
): string | undefined {
  const span = spans.at(-1);
  const { source, staleSeconds } = reading;
  if (span === undefined) return 'no stage is under way';
  if (staleSeconds !== undefined) return `${source} is late: its newest point is ${about(staleSeconds)} old`;
  const minutes = bySpan.at(-1) ?? [];
  if (minutes.length === 0) return `${source} has no settled minute of this stage yet`;
  for (const slot of span.weights[from] === 0 ? [to] : [to, from]) {
    if (minutes.every((minute) => countOf(minute, slot, counted) === undefined))
      return `${source} has no requests of ${slot} in this stage`;
    const gap = lastGap(minutes, slot, counted, reading.periodSeconds);
    if (gap?.end === minutes.length)
      return `${slot} has published nothing for ${about(gap.periods * reading.periodSeconds)} (${source})`;
  }
  return undefined;
}

function ratesOf({ seen, verdict }: Comparison, stage: ComparedStage | undefined, from: Slot, to: Slot): string {
  const old = stage?.reference ? sum(stage.reference).from : seen.from;
  const isClean = verdict === 'PASS' && seen.to.events === 0;
  return isClean
    ? `none of ${seen.to.requests} on ${to}`
    : `${seen.to.events} of ${seen.to.requests} on ${to}, ${old.events} of ${old.requests} on ${from}${stage?.reference ? ' before' : ''}`;
}

function nobodyTells(gate: CountGate, readings: readonly MinuteReading[]): string {
  if (readings.length === 0) return 'no source has answered';
  const what = {
    errors: 'errors',
    slow: 'slow requests',
    refusals: '401, 403 and 429 apart',
    sampleRatio: 'requests by slot',
  };
  const asked = readings.map(({ source }) => source);
  return `no source tells ${what[gate]} (asked: ${asked.join(', ')})`;
}

const inconclusive = (reason: string): Answer => ({ verdict: 'INCONCLUSIVE', reason });

/** `~40 s`, `~3 min`, `~2.2 h`. */
export function about(seconds: number): string {
  if (seconds < 90) return `~${Math.ceil(seconds)} s`;
  if (seconds < 7200) return `~${Math.ceil(seconds / 60)} min`;
  return `~${Math.ceil(seconds / 360) / 10} h`;
}
