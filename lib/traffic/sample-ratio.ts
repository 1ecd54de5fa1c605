import type { GateResult } from './gates';
import { percent } from './plan';

/** Standard deviations that the share seen may lie from the share set: 0.3 % of looks by chance. */
const SIGMAS = 3;
/** Requests under way while a weight changes, and weights that are rounded inside the router: at most this share. */
const FLOOR = 0.005;
/** Requests that must be expected on the slot before its share means anything. */
const LEAST_EXPECTED = 10;

export interface SharesSeen {
  /** Requests of both slots over settled periods that lie wholly in the stage. */
  readonly requests: { readonly from: number; readonly to: number };
  /** Share (0–1) that the weights give to the rising slot. */
  readonly set: number;
  /** Share that a sticky router or one of DNS may be off besides (@default 0). */
  readonly tolerance?: number;
  /** Names for people. */
  readonly to: string;
}

/** How far the share seen may lie from the share set after so many requests. */
export function shareTolerance(requests: number, set: number, told = 0): number {
  const chance = (SIGMAS * Math.sqrt(requests * set * (1 - set)) + 0.5) / requests;
  return chance + Math.max(told, Math.min(FLOOR, set / 4));
}

/**
 * The share seen against the share set. A share that is off is no reason to roll back: it says that the other gates look
 * at other traffic than they think, and holds.
 */
export function sampleRatio({ requests, set, tolerance, to }: SharesSeen): GateResult {
  const gate = 'sampleRatio';
  const all = requests.from + requests.to;
  if (all * set < LEAST_EXPECTED) {
    return {
      gate,
      verdict: 'INCONCLUSIVE',
      reason: `${requests.to} of ${all} requests on ${to}: too few to tell the share`,
    };
  }
  const seen = requests.to / all;
  const words = `${percent(seen)} of ${all} requests on ${to}, ${percent(set)} set`;
  if (Math.abs(seen - set) <= shareTolerance(all, set, tolerance)) return { gate, verdict: 'PASS', reason: words };
  const causes =
    seen < set
      ? `clients that stay with their slot, DNS caches, or nodes of ${to} that do not take their part`
      : `one big client behind one address, or nodes of the other slot that fail over to ${to}`;
  return { gate, verdict: 'INCONCLUSIVE', reason: `${words}: ${causes}` };
}
