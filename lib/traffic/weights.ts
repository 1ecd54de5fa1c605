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
 * Weights that give a slot a share (0–1) of the requests: of a hundred where that is exact, else of a thousand, rounded.
 * A share above 0 never becomes weight 0, and one below 1 never everything.
 */
export function weightsFor(share: number, slot: Slot): Weights {
  if (share === 0 || share === 1) return pair(slot, share * 100, 100);
  const percent = Math.round(share * 100);
  const exact = Math.abs(share * 100 - percent) < 1e-6 && percent > 0 && percent < 100;
  if (exact) return pair(slot, percent, 100);
  return pair(slot, Math.min(999, Math.max(1, Math.round(share * 1000))), 1000);
}

const pair = (slot: Slot, weight: number, of: number): Weights =>
  slot === 'blue' ? { blue: weight, green: of - weight } : { blue: of - weight, green: weight };

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
