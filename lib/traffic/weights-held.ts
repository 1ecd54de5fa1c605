import { percent } from './plan';
import { shareHeld, smallestShare, weightsFor, type Slot, type Weights, type WeightScale } from './weights';

/** What a router makes of a share. */
export interface HeldWeights {
  readonly weights: Weights;
  /** Share (0–1) that was asked for, and that the weights give. */
  readonly share: number;
  readonly held: number;
  /** For people, where the two differ: `asked 2 %, held 1.96 %`. */
  readonly note?: string;
}

/** Name of a router as people write it. */
const TITLES: Readonly<Record<string, string>> = {
  alb: 'the load balancer',
  nlb: 'the load balancer',
  route53: 'Route 53',
  nginx: 'nginx',
  f5: 'the F5',
  kongUpstream: "Kong's upstream",
  kongCanary: 'the Canary plugin',
};

/** The weights that a router's scale holds for a share of the rising slot, and what is rounded. */
export function weightsHeld(share: number, to: Slot, scale: WeightScale, router = 'alb'): HeldWeights {
  const weights = weightsFor(share, to, scale);
  const held = shareHeld(share, scale);
  const note = noteOf(share, held, weights[to], scale, TITLES[router] ?? router);
  return { weights, share, held, ...(note !== undefined && { note }) };
}

function noteOf(share: number, held: number, weight: number, scale: WeightScale, title: string): string | undefined {
  if (share < smallestShare(scale)) {
    const total = Math.round(weight / held);
    return `asked ${percent(share)}: ${title} holds ${weight}/${total} = ${percent(held)} at the least`;
  }
  return percent(share) === percent(held) ? undefined : `asked ${percent(share)}, held ${percent(held)}`;
}
