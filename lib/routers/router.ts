import type { Weights, WeightScale } from '../traffic/weights';

export type RouterName = 'alb' | 'nlb' | 'route53' | 'nginx' | 'f5' | 'kongUpstream' | 'kongCanary';

/** What a router can do; a plan that needs more is refused before anything is written. One implementation a folder. */
export interface RouterCapabilities {
  readonly name: RouterName;
  /** Its range of weights, and what a share is rounded to. */
  readonly scale: WeightScale;
  /** What one weighted choice is made for. */
  readonly splits: 'requests' | 'connections' | 'lookups';
  /** Whether a write can be made conditional on what is there; else the write is between two reads. */
  readonly compareAndSet: boolean;
  /** Seconds that a written weight may take until new requests follow it. */
  readonly settleSeconds: number;
  /** For people, in `plan` and the docs: what is atomic, what is sticky, what drains. */
  readonly notes: { readonly atomic: string; readonly sticky: string; readonly drains: string };
}

/** One place that holds weights: a listener rule, a record set, a node's file, a pool, an upstream. */
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
  /**
   * Writes the weights of the reading, whatever is there; needs nothing but the reading.
   * @throws KongDualClusterError WEIGHTS_ALL_ZERO when they give nobody anything: nothing is written
   */
  restore(reading: RouterReading, mayWrite?: MayWrite): Promise<Receipt>;
  /**
   * A reading with these weights made of the settings alone, for a way back when not every place can be read. Absent where a
   * place cannot be written without what was in it.
   */
  readingAt?(weights: Weights): RouterReading;
}
