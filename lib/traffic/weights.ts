import { KongDualClusterError } from '../errors';

/** A fixed place behind the router with its own target group. Slots alternate: the next upgrade goes green to blue. */
export type Slot = 'blue' | 'green';
export const SLOTS: readonly Slot[] = ['blue', 'green'];
export const otherSlot = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');

/** Whole numbers per slot as the router holds them, 0–999 each (AWS ELBv2 API, `TargetGroupTuple.Weight`). */
export type Weights = Readonly<Record<Slot, number>>;

export const MAX_WEIGHT = 999;

/** All traffic on one slot, in the hundred scale the runner writes. */
export const allOn = (slot: Slot): Weights => ({ blue: slot === 'blue' ? 100 : 0, green: slot === 'green' ? 100 : 0 });

/**
 * How finely a router splits. `total`: both weights add up to one of the totals, tried in order until one holds the share
 * exactly, else the last one, rounded. `oldStays`: the old slot's weight never changes until it goes to 0 at the end, so
 * that a step is one write (Kong upstream targets).
 */
export type WeightScale =
  | { readonly kind: 'total'; readonly totals: readonly number[]; readonly max: number }
  | { readonly kind: 'oldStays'; readonly weight: number; readonly max: number };

/** ALB and NLB target groups: 0–999 each (AWS ELBv2 API, `TargetGroupTuple.Weight`). */
export const ELB_SCALE: WeightScale = { kind: 'total', totals: [100, 1000], max: MAX_WEIGHT };

/**
 * Weights that give a slot a share (0–1) of the requests, rounded to what the router's scale holds. A share above 0 never
 * becomes weight 0, and one below 1 never everything.
 */
export function weightsFor(share: number, slot: Slot, scale: WeightScale = ELB_SCALE): Weights {
  if (scale.kind === 'oldStays') {
    const old = scale.weight;
    if (share === 0) return pair(slot, 0, old);
    if (share === 1) return pair(slot, old, 0);
    return pair(slot, Math.min(scale.max, Math.max(1, Math.round((old * share) / (1 - share)))), old);
  }
  if (share === 0 || share === 1) return pair(slot, share * 100, 100 - share * 100);
  for (const total of scale.totals) {
    const weight = Math.round(share * total);
    if (Math.abs(share * total - weight) < 1e-6 && weight > 0 && weight < total && total - weight <= scale.max)
      return pair(slot, weight, total - weight);
  }
  const total = scale.totals.at(-1) ?? 100;
  const least = Math.max(1, total - scale.max);
  const weight = Math.min(total - least, scale.max, Math.max(least, Math.round(share * total)));
  return pair(slot, weight, total - weight);
}

/** Share (0–1) that a router really holds when it is asked for one: Route 53 holds 1/256 = 0.39 % at the least. */
export const shareHeld = (share: number, scale: WeightScale): number =>
  shareOf(weightsFor(share, 'green', scale), 'green');

/** Smallest share (0–1) above 0 that a scale can hold. */
export const smallestShare = (scale: WeightScale): number => shareHeld(Number.MIN_VALUE, scale);

const pair = (slot: Slot, weight: number, other: number): Weights =>
  slot === 'blue' ? { blue: weight, green: other } : { blue: other, green: weight };

/** Equal in what they mean: 1 : 0 is 100 : 0, and 10 : 30 is 25 : 75. */
export const sameShare = (a: Weights, b: Weights): boolean =>
  a.blue + a.green > 0 === b.blue + b.green > 0 && a.blue * b.green === b.blue * a.green && a.blue > 0 === b.blue > 0;

/** Fraction (0–1) of requests that the weights give to a slot. */
export function shareOf(weights: Weights, slot: Slot): number {
  return weights[slot] / (weights.blue + weights.green);
}

/** The slot that takes most of the traffic; undefined on an even split, where no role can be derived. */
export function liveSlot(weights: Weights): Slot | undefined {
  if (weights.blue === weights.green) return undefined;
  return weights.blue > weights.green ? 'blue' : 'green';
}

/**
 * Refuses weights that a router would take and regret: `ListenerAction.weightedForward` of aws-cdk-lib accepts −5 and
 * 5000 at synth, and an all-zero rule answers 503.
 * @throws KongDualClusterError WEIGHTS_OUT_OF_RANGE, WEIGHTS_ALL_ZERO
 */
export function validateWeights(weights: Weights): Weights {
  for (const slot of SLOTS) {
    const weight = weights[slot];
    if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT) {
      throw new KongDualClusterError(
        'WEIGHTS_OUT_OF_RANGE',
        `the weight of ${slot} must be a whole number from 0 to ${MAX_WEIGHT}`,
        {
          found: String(weight),
          remedy: `set weights.${slot} to a whole number from 0 to ${MAX_WEIGHT}`,
        },
      );
    }
  }
  if (weights.blue + weights.green === 0) {
    throw new KongDualClusterError('WEIGHTS_ALL_ZERO', 'at least one slot must have a weight above 0', {
      found: 'blue 0, green 0',
      remedy: 'give the live slot a weight, for example blue 100 and green 0',
    });
  }
  return weights;
}
