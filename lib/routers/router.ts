import type { Weights } from '../traffic/weights';

/**
 * What a router can do; a plan that needs more is refused before anything is written. One implementation a folder:
 * `alb/` now; NLB, Route 53, NGINX, F5 BIG-IP and Kong upstreams are to come.
 */
export interface RouterCapabilities {
  readonly name: string;
  /** Smallest share (0–1) above 0 that it can hold. */
  readonly smallestShare: number;
  /** What one weighted choice is made for. */
  readonly splits: 'requests' | 'connections' | 'lookups';
  /** Whether a write can be made conditional on what is there; else the write is between two reads. */
  readonly compareAndSet: boolean;
}

/** One place that holds weights: of an ALB a listener rule. */
export interface PlaceReading {
  readonly id: string;
  readonly weights: Weights;
  /** Everything needed to restore it, as the router gave it. */
  readonly verbatim: unknown;
}

export interface RouterReading {
  readonly router: string;
  /** Places that split the traffic: after a partial write they differ. */
  readonly places: readonly PlaceReading[];
  /** Places that are never split and follow when all traffic is on one slot (of the ALB: the Admin API's rule). */
  readonly followers: readonly PlaceReading[];
  /** Seconds that a client may stay with its slot whatever the weights; 0 when nothing is sticky. */
  readonly stickySeconds: number;
}

export interface WeightChange {
  /** Weights that the places may have now: any other is a foreign change and nothing is written. */
  readonly expected: readonly Weights[];
  readonly to: Weights;
  readonly mayWrite?: MayWrite;
}

/** Asked before each few places are written: when it throws, nothing more is written. */
export type MayWrite = () => Promise<void>;

export interface Receipt {
  /** Places that were written; those that already had the weights are not. */
  readonly written: readonly string[];
}

export interface Verification {
  readonly holds: boolean;
  readonly reading: RouterReading;
  /** What was found instead, in words. */
  readonly differences: readonly string[];
}

export interface TrafficRouter {
  readonly capabilities: RouterCapabilities;
  read(): Promise<RouterReading>;
  /** @throws KongDualClusterError ROUTER_CONFLICT (exit 6) when a place has other weights than expected: nothing is written */
  apply(change: WeightChange): Promise<Receipt>;
  verify(weights: Weights): Promise<Verification>;
  /** Writes the weights of the reading, whatever is there; needs nothing but the reading. */
  restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt>;
}
