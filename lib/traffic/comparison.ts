import type { GateResult } from './gates';

/** What one slot did in one minute. */
export interface MinuteCount {
  readonly requests: number;
  /** Of these the bad ones: 5xx, connection errors, slow ones, or the 4xx that are compared. */
  readonly events: number;
}

/** One minute of both slots: where the traffic comes from, and where it goes to. */
export interface MinutePair {
  readonly from: MinuteCount;
  readonly to: MinuteCount;
}

export interface ComparisonOptions {
  /** Chance of a false FAIL over the whole shift, however often it is looked (@default 0.01). */
  readonly alpha?: number;
  /** Chance of a false PASS (@default 0.05). */
  readonly beta?: number;
  /** Rate ratio that is still as good as alike (@default 1.25). */
  readonly tolerated?: number;
  /** Rate ratio that must be ruled out before PASS (@default 2.5). */
  readonly harmful?: number;
  /** Share of bad events that is acceptable whatever the other slot does, 0-1 (@default 0.001). */
  readonly objective?: number;
  /** Dispersion ≥ 1 of counts that come in bursts, measured beforehand on one slot against itself (@default 1). */
  readonly dispersion?: number;
  /** For 4xx: fewer events on `to` are as bad as more (a gateway that lets everybody in answers no 401). @default false */
  readonly twoSided?: boolean;
}

export interface Comparison extends GateResult {
  /** Natural logarithms of the evidence for FAIL and for PASS, and what each must reach. */
  readonly evidence: { readonly fail: number; readonly failAt: number; readonly pass: number; readonly passAt: number };
}

/** What a stage has to work with. */
export interface StageTraffic {
  /** Of both slots together. */
  readonly requestsPerMinute: number;
  /** Of the new slot, 0-1, both ends excluded. */
  readonly share: number;
  /** Share of bad events on the old slot, 0-1. */
  readonly rate: number;
}

/**
 * Minutes until a verdict is to be expected: PASS of a slot that is like the other, and FAIL of one with `ratio` times
 * the bad events. Infinity where the traffic tells nothing, however long one waits.
 */
export function minutesNeeded(
  { requestsPerMinute, share, rate }: StageTraffic,
  options: ComparisonOptions & { readonly ratio?: number } = {},
): { readonly pass: number; readonly fail: number } {
  const { alpha = 0.01, beta = 0.05, tolerated = 1.25, harmful = 2.5, objective = 0.001, dispersion = 1 } = options;
  const to = requestsPerMinute * share;
  const from = requestsPerMinute - to;
  /** Expected evidence a minute, for the alternative that gathers most, when the truth is `ratio`. */
  const gain = (ratio: number, none: number, alternatives: readonly number[]): number => {
    const minute = {
      from: { requests: from, events: from * rate },
      to: { requests: to, events: to * Math.min(1, rate * ratio) },
    };
    return Math.max(
      ...alternatives.map((alternative) => {
        const process = new EProcess(none, [alternative], dispersion);
        process.add(minute);
        return process.logE();
      }),
    );
  };
  const minutes = (evidence: number, perMinute: number): number => (perMinute > 0 ? evidence / perMinute : Infinity);
  const clean = rate === 0 && to > 0 ? Math.log(20) / objective / to : Infinity;
  return {
    pass: Math.min(clean, minutes(Math.log(ALIKE.length / beta), gain(1, harmful, ALIKE))),
    fail: minutes(Math.log(WORSE.length / alpha), gain(options.ratio ?? 10, tolerated, WORSE)),
  };
}

/** Rate ratios that FAIL is weighed against; the first is just above what is tolerated, the last is a broken gateway. */
const WORSE = [1.6, 2.5, 5, 10, 25, 100];
/** Rate ratios that PASS is weighed against. */
const ALIKE = [1.25, 1, 0.75, 0.5];

/**
 * Compares the bad events of two slots minute by minute. Given the total of a minute, how many of them fall on `to` is
 * binomial with s(ψ) = ψ·n_to / (ψ·n_to + n_from): the total itself drops out, so that errors which rise or fall with the
 * day on both slots say nothing. The likelihood ratios multiply over minutes; their mean over a grid of ψ is an e-process,
 * which passes 1/α with a chance of α at most, however often one looks (Ville's inequality; Lindon and Malek 2022;
 * Turner and Grünwald 2023 for strata).
 */
export function compare(minutes: readonly MinutePair[], options: ComparisonOptions = {}): Comparison {
  const { alpha = 0.01, beta = 0.05, tolerated = 1.25, harmful = 2.5, objective = 0.001, dispersion = 1 } = options;
  const failAt = Math.log((options.twoSided ? 2 : 1) / alpha);
  const passAt = Math.log(1 / beta);
  const worse = new EProcess(tolerated, WORSE, dispersion);
  const fewer = new EProcess(
    1 / tolerated,
    WORSE.map((ratio) => 1 / ratio),
    dispersion,
  );
  const alike = new EProcess(harmful, ALIKE, dispersion);
  const notFewer = new EProcess(
    1 / harmful,
    ALIKE.map((ratio) => 1 / ratio),
    dispersion,
  );
  const seen = { from: { requests: 0, events: 0 }, to: { requests: 0, events: 0 } };
  let highest = -Infinity;
  for (const minute of minutes) {
    for (const slot of ['from', 'to'] as const) {
      seen[slot].requests += minute[slot].requests;
      seen[slot].events += minute[slot].events;
    }
    for (const process of [worse, alike, ...(options.twoSided ? [fewer, notFewer] : [])]) process.add(minute);
    highest = Math.max(highest, worse.logE(), options.twoSided ? fewer.logE() : -Infinity);
  }
  const pass = options.twoSided ? Math.min(alike.logE(), notFewer.logE()) : alike.logE();
  const evidence = { fail: highest, failAt, pass, passAt };
  const gate = 'comparison';
  const rates = `${rate(seen.to)} on the new slot, ${rate(seen.from)} on the old`;
  if (highest >= failAt) return { gate, verdict: 'FAIL', reason: `${rates}: not by chance`, evidence };
  if (seen.to.requests === 0) return { gate, verdict: 'INCONCLUSIVE', reason: 'no requests on the new slot', evidence };
  if (pass >= passAt)
    return { gate, verdict: 'PASS', reason: `${rates}: a ratio of ${harmful} is ruled out`, evidence };
  // With no event in n requests, 3/n bounds the share at 95 %; it says nothing of events that should be there.
  const clean = Math.log(20) / objective;
  if (!options.twoSided && seen.to.events === 0 && seen.to.requests >= clean)
    return { gate, verdict: 'PASS', reason: `none in ${seen.to.requests} requests on the new slot`, evidence };
  return { gate, verdict: 'INCONCLUSIVE', reason: `${rates}: too few to tell`, evidence };
}

const rate = ({ requests, events }: MinuteCount): string => `${events} of ${requests}`;

/** The running evidence against "the rate ratio is `null` or beyond it", for a grid of alternatives. */
class EProcess {
  private readonly sums: number[];

  constructor(
    private readonly none: number,
    private readonly ratios: readonly number[],
    private readonly dispersion: number,
  ) {
    this.sums = ratios.map(() => 0);
  }

  add({ from, to }: MinutePair): void {
    // A minute in which one slot had nothing to do compares nothing.
    if (from.requests <= 0 || to.requests <= 0) return;
    this.ratios.forEach((ratio, index) => {
      const more = Math.log(part(ratio, to, from) / part(this.none, to, from));
      const less = Math.log((1 - part(ratio, to, from)) / (1 - part(this.none, to, from)));
      this.sums[index] = (this.sums[index] ?? 0) + (to.events * more + from.events * less) / this.dispersion;
    });
  }

  /** Natural logarithm of the mean over the grid. */
  logE(): number {
    const highest = Math.max(...this.sums);
    return highest + Math.log(this.sums.reduce((sum, value) => sum + Math.exp(value - highest), 0) / this.sums.length);
  }
}

const part = (ratio: number, to: MinuteCount, from: MinuteCount): number =>
  (ratio * to.requests) / (ratio * to.requests + from.requests);
