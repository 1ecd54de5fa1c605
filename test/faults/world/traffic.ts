import type { Slot, Weights } from '../../../lib/traffic/weights';
import { SLOTS, shareOf } from '../../../lib/traffic/weights';
import type { Random } from './random';

/** Nodes of a slot and what they do with a request; rates are fractions (0–1) at a time in seconds since the start. */
export interface SlotCondition {
  /** Targets registered, those of them that pass their health checks, and those that really answer. */
  registered: number;
  healthy: number;
  answering: number;
  /** Requests a second that one node can serve; what is beyond that fails. */
  perNode: number;
  errors: (at: number) => number;
  slow: (at: number) => number;
  /** 401s in beyond the ordinary ones. */
  refused: (at: number) => number;
}

/** What happened in a while, or in a period. */
export interface Tally {
  requests: number;
  errors: number;
  slow: number;
  refused: number;
}
const none = (): Tally => ({ requests: 0, errors: 0, slow: 0, refused: 0 });

export interface Period {
  readonly slots: Readonly<Record<Slot, Tally>>;
  /** Answered by the load balancer itself, because there was no target to ask. */
  unanswered: number;
  /** Unhealthy nodes at any time of it. */
  readonly unhealthy: Record<Slot, number>;
}

/** How clients are. The parts add up to at most 1; the rest is asked anew for every request. */
export interface Clients {
  /** Part that stays with the slot it was given, and for how long, seconds. */
  sticky: number;
  stickySeconds: number;
  /** Part that never asks again where to go (a resolver that keeps an address for ever). */
  pinned: number;
  /** Part that comes from one address and is decided once for all of it, anew at each change of weights. */
  lump: number;
  /** How many times a failed request is sent again. */
  retries: number;
}

/**
 * Requests routed by the live weights and the state of the nodes, drawn from a seed. Counts are Poisson; nothing is routed one
 * by one. What it models of a load balancer: a group without a healthy target is asked all the same (ALB fails open); without a
 * registered one, and with all weights 0, the load balancer answers 503 itself.
 */
export class Traffic {
  /** Requests a second. */
  rate: (at: number) => number;
  /** Fraction of errors that both slots have whatever one does. */
  background: (at: number) => number;
  /** Fraction of ordinary 401, 403 and 429. */
  refusals = 0.01;
  readonly clients: Clients = { sticky: 0, stickySeconds: 0, pinned: 0, lump: 0, retries: 0 };
  /** Weights of the rules that split, each gets the same part of the requests. */
  weights: () => readonly (Weights | undefined)[] = () => [];
  /** Instead of the share that the weights mean: of a write that has no effect. @default - the weights' */
  effective: ((share: number) => number) | undefined;
  readonly periods = new Map<number, Period>();
  sent = 0;
  /** Failed for another reason than the background. */
  lost = 0;
  private pinnedShare: number | undefined;
  private stuckShare: number | undefined;
  private lumpShare: { readonly of: number; readonly isOnGreen: boolean } | undefined;
  /** Part (0–1) of the latest requests that failed. */
  private failing = 0;

  constructor(
    private readonly random: Random,
    readonly periodSeconds: number,
    readonly slots: Readonly<Record<Slot, SlotCondition>>,
    rate: (at: number) => number,
    background: (at: number) => number,
  ) {
    this.rate = rate;
    this.background = background;
  }

  /** @param from and @param to in seconds since the start */
  flow(from: number, to: number): void {
    for (let at = from; at < to;) {
      const end = Math.min(to, (Math.floor(at / this.periodSeconds + 1e-9) + 1) * this.periodSeconds);
      this.piece(at, end - at);
      at = end;
    }
  }

  /** The share (0–1) of green that the rules mean together; undefined when no rule has any weight. */
  shareSet(): number | undefined {
    const all = this.weights();
    const open = all.filter((each) => each !== undefined && each.blue + each.green > 0) as Weights[];
    if (open.length === 0) return undefined;
    return open.reduce((sum, each) => sum + shareOf(each, 'green'), 0) / open.length;
  }

  private piece(at: number, seconds: number): void {
    const period = this.periodAt(at);
    for (const slot of SLOTS)
      period.unhealthy[slot] = Math.max(period.unhealthy[slot], this.slots[slot].registered - this.slots[slot].healthy);
    let again = 1;
    for (let round = 1; round <= this.clients.retries; round += 1) again += this.failing ** round;
    const rate = this.rate(at) * again;
    const before = this.sent;
    const all = this.weights();
    const shut = all.filter((each) => each === undefined || each.blue + each.green === 0).length / all.length;
    const set = this.shareSet();
    let failed = 0;
    if (shut > 0) {
      const count = this.random.poisson(rate * seconds * shut);
      this.sent += count;
      this.lost += count;
      period.unanswered += count;
      failed += count;
    }
    if (set !== undefined) {
      const green = this.seen(this.effective?.(set) ?? set, seconds);
      for (const slot of SLOTS)
        failed += this.served(slot, rate * (1 - shut) * (slot === 'green' ? green : 1 - green), at, seconds, period);
    }
    this.failing = this.sent > before ? failed / (this.sent - before) : 0;
  }

  /** The share of green that clients make of the share that is set. */
  private seen(set: number, seconds: number): number {
    const { sticky, stickySeconds, pinned, lump } = this.clients;
    this.pinnedShare ??= set;
    this.stuckShare ??= set;
    this.stuckShare += (set - this.stuckShare) * (1 - Math.exp(-seconds / Math.max(1, stickySeconds / 2)));
    if (this.lumpShare?.of !== set) this.lumpShare = { of: set, isOnGreen: this.random.next() < set };
    const rest = Math.max(0, 1 - sticky - pinned - lump);
    return (
      rest * set + sticky * this.stuckShare + pinned * this.pinnedShare + lump * (this.lumpShare.isOnGreen ? 1 : 0)
    );
  }

  /** @returns how many failed */
  private served(slot: Slot, rate: number, at: number, seconds: number, period: Period): number {
    if (rate <= 0) return 0;
    const condition = this.slots[slot];
    const requests = this.random.poisson(rate * seconds);
    if (requests === 0) return 0;
    this.sent += requests;
    if (condition.registered === 0) {
      period.unanswered += requests;
      this.lost += requests;
      return requests;
    }
    const asked = condition.healthy > 0 ? condition.healthy : condition.registered;
    const dead = Math.max(0, asked - condition.answering) / asked;
    const room = Math.min(asked, condition.answering) * condition.perNode;
    const excess = rate > room ? (1 - room / rate) * (1 - dead) : 0;
    const harm = Math.min(1, condition.errors(at) + dead + excess);
    const harmed = Math.min(requests, this.random.poisson(requests * harm));
    const ordinary = Math.min(requests - harmed, this.random.poisson((requests - harmed) * this.background(at)));
    const refusedToo = Math.min(requests - harmed, this.random.poisson((requests - harmed) * condition.refused(at)));
    const tally = period.slots[slot];
    tally.requests += requests;
    tally.errors += harmed + ordinary;
    tally.slow += Math.min(requests, this.random.poisson(requests * condition.slow(at)));
    tally.refused += refusedToo + this.random.poisson(requests * this.refusals);
    this.lost += harmed + refusedToo;
    return harmed + ordinary;
  }

  periodAt(at: number): Period {
    const index = Math.floor(at / this.periodSeconds + 1e-9);
    let period = this.periods.get(index);
    if (period === undefined) {
      period = { slots: { blue: none(), green: none() }, unanswered: 0, unhealthy: { blue: 0, green: 0 } };
      this.periods.set(index, period);
    }
    return period;
  }
}
