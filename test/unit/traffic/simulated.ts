import { compare, type ComparedStage, type Comparison, type MinutePair } from '../../../lib/traffic/comparison';

// Looked up once: a global of jest's sandbox is slow, and it is asked some ten million times.
const { cos, exp, floor, imul, log, max, min, PI, round, sqrt } = Math;

/** Deterministic chance: mulberry32. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = sqrt(-2 * log(random() || 1e-12)) * cos(2 * PI * random());
    return max(0, round(mean + sqrt(mean) * normal));
  }
  const limit = exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

export interface Traffic {
  readonly perMinute: number;
  readonly share: (minute: number) => number;
  /** Share of bad events on the old slot in this minute. */
  readonly rate: (minute: number, random: () => number) => number;
  /** Rate ratio of the new slot in this minute. */
  readonly ratio: (minute: number) => number;
  /** Bad events come in clusters of a size from 1 to this, each equally likely, on one slot each (a client that retries). */
  readonly cluster?: number;
}

/** Bad events with a mean, in clusters. */
export function events(mean: number, cluster: number, random: () => number): number {
  if (cluster === 1) return poisson(mean, random);
  let total = 0;
  for (let left = poisson(mean / ((1 + cluster) / 2), random); left > 0; left -= 1)
    total += 1 + floor(random() * cluster);
  return total;
}

export function minute(index: number, traffic: Traffic, random: () => number): MinutePair {
  const { perMinute, share, rate, ratio, cluster = 1 } = traffic;
  const to = poisson(perMinute * share(index), random);
  const from = poisson(perMinute * (1 - share(index)), random);
  const bad = rate(index, random);
  return {
    from: { requests: from, events: min(from, events(from * bad, cluster, random)) },
    to: { requests: to, events: min(to, events(to * min(1, bad * ratio(index)), cluster, random)) },
  };
}

/** The ramp of the laws: 5, 25 and 50 % for 80 minutes each, 240 looks. */
export const RAMP = [0.05, 0.25, 0.5];
export const RAMP_MINUTES = 80;
export const ramp = (index: number): number => RAMP[floor(index / RAMP_MINUTES)] ?? 0.5;

/** Minutes of the ramp by stage. */
export const staged = (minutes: readonly MinutePair[]): ComparedStage[] =>
  RAMP.flatMap((_, stage) => {
    const own = minutes.slice(stage * RAMP_MINUTES, (stage + 1) * RAMP_MINUTES);
    return own.length === 0 ? [] : [{ stage, minutes: own }];
  });

/** One stage alone. */
export const one = (minutes: readonly MinutePair[]): ComparedStage[] => [{ stage: 0, minutes }];

/** Minutes until a verdict is there, looked at each minute; `limit` + 1 without one. */
export function minutesUntil(
  wanted: Comparison['verdict'],
  limit: number,
  next: (index: number) => MinutePair,
  judge: (minutes: readonly MinutePair[]) => Comparison = (minutes) => compare(one(minutes)),
): number {
  const minutes: MinutePair[] = [];
  while (minutes.length < limit) {
    minutes.push(next(minutes.length));
    if (judge(minutes).verdict === wanted) return minutes.length;
  }
  return limit + 1;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[floor(values.length / 2)] ?? NaN;

/** Settings of the shift that the laws are about. */
export const PLANNED = { shares: RAMP };
