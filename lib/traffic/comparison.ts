import type { GateResult } from './gates';
import { logSum, RestartedMixture } from './restarted-mixture';
import { StageStarts } from './stage-starts';

/** What one slot did in one period. */
export interface MinuteCount {
  readonly requests: number;
  /** Of these the bad ones: 5xx, connection errors, slow ones, or the 4xx that are compared. */
  readonly events: number;
}

/** One period of both slots: where the traffic comes from, and where it goes to. */
export interface MinutePair {
  readonly from: MinuteCount;
  readonly to: MinuteCount;
}

/** The settled periods of one stage; a stage that was held and resumed stands twice. */
export interface ComparedStage {
  /** Index into the plan's stages, from 0. */
  readonly stage: number;
  readonly minutes: readonly MinutePair[];
  /**
   * Where the old slot gets nothing any more: `from` is one of its periods from before, each used once. Without it a stage
   * of that kind is judged by the absolute bound alone.
   */
  readonly reference?: readonly MinutePair[];
}

export interface ComparisonOptions {
  /** Chance of a false FAIL over the whole shift, however often it is looked (@default 0.01). */
  readonly alpha?: number;
  /** Chance of a false PASS of a stage, however often it is looked (@default 0.05). */
  readonly beta?: number;
  /** Rate ratio that is still as good as alike (@default 1.25). */
  readonly tolerated?: number;
  /** Rate ratio that must be ruled out before PASS (@default 2.5). */
  readonly harmful?: number;
  /** Share of bad events that is acceptable whatever the other slot does, 0-1 (@default 0.001). */
  readonly objective?: number;
  /** Dispersion ≥ 1 of counts that come in bursts, measured beforehand on one slot against itself (@default 1). */
  readonly dispersion?: number;
  /** The same where the old slot's periods are from before: what both slots have together does not drop out (@default `dispersion`). */
  readonly dispersionInTime?: number;
  /** For 4xx: fewer events on `to` are as bad as more (a gateway that lets everybody in answers no 401). @default false */
  readonly twoSided?: boolean;
}

/** What the shift is, which must not depend on what was seen. */
export interface ComparedPlan {
  /** Shares of all stages of the plan (@default one stage). */
  readonly shares?: readonly number[];
  /** Seconds of a period (@default 60). */
  readonly periodSeconds?: number;
}

export interface Comparison extends GateResult {
  /** Natural logarithms of the evidence for FAIL (the highest so far) and for PASS, and what each must reach. */
  readonly evidence: { readonly fail: number; readonly failAt: number; readonly pass: number; readonly passAt: number };
  /** Counts of the stage under way. */
  readonly seen: MinutePair;
  /** Periods until PASS is to be expected of a slot that is like the other; absent where the traffic tells nothing. */
  readonly needsPeriods?: number;
}

/** Rate ratios that FAIL is weighed against, in multiples of what is tolerated, with their prior: 1.6 to 100 at 1.25. */
const WORSE = [
  { times: 1.28, prior: 0.15 },
  { times: 2, prior: 0.2 },
  { times: 4, prior: 0.25 },
  { times: 8, prior: 0.25 },
  { times: 20, prior: 0.1 },
  { times: 80, prior: 0.05 },
] as const;
const WORSE_PRIOR = WORSE.map(({ prior }) => prior);

/** What PASS is weighed by: rate ratios below the harmful one, and shares below the objective, in multiples of it. */
const alike = (harmful: number) => [
  { ratio: 1, prior: 0.35 },
  { ratio: Math.sqrt(harmful), prior: 0.06 },
  { ratio: 0.75, prior: 0.08 },
  { ratio: 0.5, prior: 0.06 },
];
const CLEAN = [
  { times: 0, prior: 0.35 },
  { times: 0.25, prior: 0.05 },
  { times: 0.5, prior: 0.05 },
] as const;

/**
 * Compares the bad events of two slots period by period. Given the total of a period, how many of them fall on `to` is
 * binomial with s(ψ) = ψ·n_to / (ψ·n_to + n_from): the total itself drops out, so that errors which rise or fall with the
 * day on both slots say nothing. The likelihood ratios multiply over periods (Lindon and Malek 2022; Turner and Grünwald
 * 2023 for strata).
 *
 * FAIL: the evidence against "the rate ratio is at most `tolerated`" reaches 1/α at any look since the start. It is a mean
 * over the moments at which a fault may begin (`StageStarts`), so that one that begins in a late stage is not hidden behind
 * the hours before. α is the chance of a false one over the whole shift, all looks and stages together.
 *
 * PASS: the evidence of the stage under way alone, against "the rate ratio is at least `harmful` and the share of bad
 * events at least `objective`", is 1/β or more now. It is one mean of both ways to rule that out, so that β is the chance
 * of a false one over all looks at the stage together: with none in n requests it passes at n = 3946 at the defaults (ln(1/(0.35·β)) / objective is just
 * above it), or with a few when their share is well below the objective.
 *
 * With the old slot at 0 (`reference`): FAIL only when the ratio to its earlier periods is above `harmful` (the time of day
 * no longer drops out) and the share is above the objective, each surely.
 */
export function compare(
  stages: readonly ComparedStage[],
  options: ComparisonOptions = {},
  { shares = [0.5], periodSeconds = 60 }: ComparedPlan = {},
): Comparison {
  const { alpha = 0.01, beta = 0.05, harmful = 2.5, twoSided = false } = options;
  const failAt = Math.log((twoSided ? 2 : 1) / alpha);
  const passAt = Math.log(1 / beta);
  const last = stages.at(-1);
  const fail = Math.max(
    failEvidence(stages, options, { shares, periodSeconds }, 'more'),
    twoSided ? failEvidence(stages, options, { shares, periodSeconds }, 'fewer') : -Infinity,
  );
  const seen = sum(last?.minutes ?? []);
  const { pass, needsPeriods } = passEvidence(last, options);
  const rest = { evidence: { fail, failAt, pass, passAt }, seen };
  const gate = 'comparison';
  const rates = told(seen, last);
  if (fail >= failAt) return { gate, verdict: 'FAIL', reason: `${rates}: not by chance`, ...rest };
  if (seen.to.requests === 0) return { gate, verdict: 'INCONCLUSIVE', reason: 'no requests on the new slot', ...rest };
  if (pass >= passAt) {
    const clean = seen.to.events === 0 && !twoSided;
    const why = clean
      ? `none in ${seen.to.requests} requests on the new slot`
      : `${rates}: ${harmful} times is ruled out`;
    return { gate, verdict: 'PASS', reason: why, ...rest };
  }
  return {
    gate,
    verdict: 'INCONCLUSIVE',
    reason: `${rates}: too few to tell`,
    ...rest,
    ...(needsPeriods !== undefined && { needsPeriods }),
  };
}

/** The highest that the evidence against "at most `tolerated` times as many" (or as few) ever was. */
function failEvidence(
  stages: readonly ComparedStage[],
  {
    tolerated = 1.25,
    harmful = 2.5,
    objective = 0.001,
    dispersion = 1,
    dispersionInTime = dispersion,
  }: ComparisonOptions,
  { shares, periodSeconds }: Required<ComparedPlan>,
  side: 'more' | 'fewer',
): number {
  const turned = (ratio: number): number => (side === 'more' ? ratio : 1 / ratio);
  /** Gains of a period by alternative, for a null that is not yet harmful. */
  const gainsBeyond = (none: number, divisor: number) => {
    const gains = WORSE.map(({ times }) => ratioGain(turned(none), turned(none * times)));
    return (pair: MinutePair): number[] => gains.map((gain) => gain(pair) / divisor);
  };
  const beyondTolerated = gainsBeyond(tolerated, dispersion);
  const beyondHarmful = gainsBeyond(harmful, dispersionInTime);
  const aboveObjective = WORSE.map(({ times }) =>
    shareGain(objective, Math.min((1 + objective) / 2, objective * times)),
  );
  const starts = new StageStarts(shares, periodSeconds);
  const soak = stages.find(({ reference }) => reference !== undefined)?.stage;
  const soakMass = soak === undefined ? 0 : starts.massOf(soak);
  const direct = new RestartedMixture(WORSE_PRIOR);
  const against = new RestartedMixture(WORSE_PRIOR);
  const above = new RestartedMixture(WORSE_PRIOR);
  let highest = 0;
  for (const { stage, minutes, reference } of stages) {
    for (const pair of reference ?? minutes) {
      const start = starts.next(stage);
      // Fewer than on the old slot can only be bad where the old slot had more than nobody cares about.
      const many = side === 'more' ? pair.to : pair.from;
      if (reference === undefined) direct.add(start / (1 - soakMass), beyondTolerated(pair));
      else {
        against.add(start / soakMass, beyondHarmful(pair));
        above.add(
          start / soakMass,
          aboveObjective.map((gain) => gain(many) / dispersionInTime),
        );
      }
      // Without an event on the side that is too many, the evidence can only fall.
      if (many.events > 0) highest = Math.max(highest, mixed());
    }
  }
  return highest;

  function mixed(): number {
    if (soakMass === 0) return direct.logE();
    // The smaller of two is evidence against "either of the two holds".
    const late = Math.log(soakMass) + Math.min(against.logE(), above.logE());
    return soakMass === 1 ? late : logSum([Math.log(1 - soakMass) + direct.logE(), late]);
  }
}

/** Evidence for PASS from one stage, and how many more periods like those seen it would take. */
function passEvidence(
  stage: ComparedStage | undefined,
  {
    beta = 0.05,
    harmful = 2.5,
    objective = 0.001,
    dispersion = 1,
    dispersionInTime = dispersion,
    twoSided = false,
  }: ComparisonOptions,
): { readonly pass: number; readonly needsPeriods?: number } {
  const minutes = stage?.minutes ?? [];
  const compared = stage?.reference ?? minutes;
  const own = sum(minutes);
  /** Several ways to rule something out: the weight of each, what was gathered, and what a period adds. */
  const divisor = stage?.reference === undefined ? dispersion : dispersionInTime;
  const ways = passWays({ harmful, objective, dispersion: divisor, twoSided });
  const gathered = ways.map(({ gain, of }) => {
    const pairs = of === 'clean' ? [own] : compared;
    return Math.min(...gain.map((each) => pairs.reduce((total, pair) => total + each(pair), 0)));
  });
  const pass = logSum(ways.map(({ prior }, index) => Math.log(prior) + gathered[index]!));
  const typical = typicalPeriod(compared === minutes ? minutes : compared, own, minutes.length);
  const left = typical && periodsUntil(ways, Math.log(1 / beta), typical, gathered);
  return { pass, ...(left !== undefined && Number.isFinite(left) && { needsPeriods: Math.max(1, Math.ceil(left)) }) };
}

interface Way {
  readonly of: 'alike' | 'clean';
  readonly prior: number;
  /** All of them must be gathered: the smallest counts. */
  readonly gain: readonly ((pair: MinutePair) => number)[];
}

function passWays({
  harmful,
  objective,
  dispersion,
  twoSided,
}: Required<Pick<ComparisonOptions, 'harmful' | 'objective' | 'dispersion' | 'twoSided'>>): Way[] {
  const scaled = (gain: (pair: MinutePair) => number) => (pair: MinutePair) => gain(pair) / dispersion;
  const clean = CLEAN.map(({ times, prior }) => ({ prior, gain: shareGain(objective, objective * times) }));
  return [
    ...alike(harmful).map(({ ratio, prior }) => ({
      of: 'alike' as const,
      prior,
      gain: [scaled(ratioGain(harmful, ratio)), ...(twoSided ? [scaled(ratioGain(1 / harmful, 1 / ratio))] : [])],
    })),
    ...clean.map(({ prior, gain }) => ({
      of: 'clean' as const,
      prior,
      gain: [scaled(({ to }) => gain(to)), ...(twoSided ? [scaled(({ from }: MinutePair) => gain(from))] : [])],
    })),
  ];
}

/** Periods like `typical` until one of the ways alone has enough. */
const periodsUntil = (
  ways: readonly Way[],
  enough: number,
  typical: MinutePair,
  gathered: readonly number[] = ways.map(() => 0),
): number =>
  Math.min(
    ...ways.map(({ prior, gain }, index) => {
      const perPeriod = Math.min(...gain.map((each) => each(typical)));
      return perPeriod > 0 ? (enough - Math.log(prior) - gathered[index]!) / perPeriod : Infinity;
    }),
  );

/** The mean period, with the bad events spread as they would be if the slots were alike. */
function typicalPeriod(compared: readonly MinutePair[], own: MinutePair, periods: number): MinutePair | undefined {
  const all = sum(compared);
  const to = own.to.requests / periods;
  const from = compared.length === 0 ? 0 : all.from.requests / compared.length;
  if (!(to > 0)) return undefined;
  const rate =
    from > 0
      ? (all.from.events + all.to.events) / (all.from.requests + all.to.requests)
      : own.to.events / own.to.requests;
  return { from: { requests: from, events: from * rate }, to: { requests: to, events: to * rate } };
}

/** What a stage has to work with. */
export interface StageTraffic {
  /** Of both slots together. */
  readonly requestsPerMinute: number;
  /** Of the new slot, above 0 to 1; with 1 the old slot's minutes from before are as many as the new slot's. */
  readonly share: number;
  /** Share of bad events on the old slot, 0-1. */
  readonly rate: number;
  /** Share of bad events on a new slot that should fail, 0-1 (@default ten times `rate`). */
  readonly fault?: number;
}

/**
 * Minutes until a verdict is to be expected: PASS of a slot that is like the other, and FAIL of one that has had so many
 * bad events since its stage began. Infinity where the traffic tells nothing, however long one
 * waits.
 * @param stage index of the stage, for FAIL: later stages have a smaller prior
 */
export function minutesNeeded(
  { requestsPerMinute, share, rate, fault = 10 * rate }: StageTraffic,
  options: ComparisonOptions = {},
  { shares = [share], periodSeconds = 60 }: ComparedPlan = {},
  stage = 0,
): { readonly pass: number; readonly fail: number } {
  const { alpha = 0.01, beta = 0.05, tolerated = 1.25, harmful = 2.5, objective = 0.001, dispersion = 1 } = options;
  const { twoSided = false } = options;
  const to = requestsPerMinute * share;
  const from = share === 1 ? requestsPerMinute : requestsPerMinute - to;
  const minuteOf = (badly: number): MinutePair => ({
    from: { requests: from, events: from * rate },
    to: { requests: to, events: to * Math.min(1, badly) },
  });
  const none = share === 1 ? harmful : tolerated;
  const failAt = Math.log((twoSided ? 2 : 1) / alpha) - Math.log(new StageStarts(shares, periodSeconds).atOnce(stage));
  const fail = Math.min(
    ...WORSE.map(({ times, prior }) => {
      const perMinute = ratioGain(none, none * times)(minuteOf(fault)) / dispersion;
      return perMinute > 0 ? (failAt - Math.log(prior)) / perMinute : Infinity;
    }),
  );
  const pass = periodsUntil(passWays({ harmful, objective, dispersion, twoSided }), Math.log(1 / beta), minuteOf(rate));
  return { pass: to > 0 ? pass : Infinity, fail };
}

/** Log-likelihood ratio of a period, given its total: the rate ratio is `other` against it is `none`. */
function ratioGain(none: number, other: number): (pair: MinutePair) => number {
  const more = Math.log(other / none);
  return ({ from, to }) => {
    // A period in which one slot had nothing to do compares nothing.
    if (from.requests <= 0 || to.requests <= 0) return 0;
    const total = Math.log((none * to.requests + from.requests) / (other * to.requests + from.requests));
    return to.events * more + (to.events + from.events) * total;
  };
}

/** Log-likelihood ratio of a period of one slot: the share of bad events is `other` against it is `none`. */
function shareGain(none: number, other: number): (count: MinuteCount) => number {
  const more = Math.log(other / none);
  const less = Math.log((1 - other) / (1 - none));
  return ({ requests, events }) => {
    const bad = Math.min(events, requests);
    if (other === 0 && bad > 0) return -Infinity;
    return (bad === 0 ? 0 : bad * more) + (requests - bad) * less;
  };
}

/** Both slots over several periods. */
export function sum(minutes: readonly MinutePair[]): MinutePair {
  const total = (slot: 'from' | 'to'): MinuteCount => ({
    requests: minutes.reduce((all, pair) => all + pair[slot].requests, 0),
    events: minutes.reduce((all, pair) => all + pair[slot].events, 0),
  });
  return { from: total('from'), to: total('to') };
}

function told({ from, to }: MinutePair, stage: ComparedStage | undefined): string {
  const old = stage?.reference && sum(stage.reference).from;
  return `${rate(to)} on the new slot, ${old ? `${rate(old)} on the old one before` : `${rate(from)} on the old`}`;
}

const rate = ({ requests, events }: MinuteCount): string => `${events} of ${requests}`;
