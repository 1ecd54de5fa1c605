import type { AlarmReading, RequestCounts } from '../../../lib/traffic/gates';
import type { Minute, MinuteReading, SlotMinute } from '../../../lib/traffic/minutes';
import { SLOTS, type Slot } from '../../../lib/traffic/weights';
import type { Random } from './random';
import type { Period, Traffic } from './traffic';

/**
 * What is published of the traffic, period by period, as CloudWatch does: some time after the period has ended, a slot without
 * requests not at all, counts that are not zero only. A period may come late, twice (first half of it) or never.
 */
export class Metrics {
  /** Seconds after its end at which a period is whole; drawn a period. */
  readonly longestDelay: number;
  /** Fraction of the periods that are never published. */
  gaps = 0;
  /** Nothing that ended after this is published, seconds since the start. */
  staleFrom = Infinity;
  /** Whether a slot is published at all. */
  publishes: (slot: Slot) => boolean = () => true;
  /** Answers of the Prometheus of the nodes: 401, 403 and 429 told apart. */
  tellsRefusals = true;
  private readonly delays = new Map<number, number>();
  private readonly dropped = new Set<number>();
  /** Periods to which nothing is added any more, as they are told. */
  private readonly whole = new Map<number, Minute>();
  private readonly drawn = new Set<number>();

  constructor(
    private readonly random: Random,
    private readonly traffic: Traffic,
    private readonly seconds: () => number,
    private readonly dateOf: (seconds: number) => Date,
  ) {
    this.longestDelay = Math.round(traffic.periodSeconds * random.between(0.3, 1.5));
  }

  private get period(): number {
    return this.traffic.periodSeconds;
  }

  /** Seconds at which a period is whole; Infinity for never. */
  private wholeAt(index: number): number {
    const end = (index + 1) * this.period;
    if (end > this.staleFrom) return Infinity;
    if (!this.drawn.has(index)) {
      this.drawn.add(index);
      this.delays.set(index, this.random.between(0, this.longestDelay));
      if (this.random.chance(this.gaps)) this.dropped.add(index);
    }
    return this.dropped.has(index) ? Infinity : end + this.delays.get(index)!;
  }

  /** Seconds since the start of the newest period that was whole by now; undefined without any. */
  newest(): number | undefined {
    const now = this.seconds();
    for (let i = Math.floor(now / this.period) - 1; i >= 0 && i > now / this.period - 60; i -= 1)
      if (this.wholeAt(i) <= now && this.traffic.periods.has(i)) return (i + 1) * this.period;
    return undefined;
  }

  /** Periods that begin at or after `from` and end by `to`, as far as they are published by now. */
  private published(
    from: number,
    to: number,
  ): { readonly index: number; readonly period: Period; readonly part: number }[] {
    const now = this.seconds();
    const found = [];
    for (let index = Math.ceil(from / this.period - 1e-9); (index + 1) * this.period <= to + 1e-9; index += 1) {
      const period = this.traffic.periods.get(index);
      const whole = this.wholeAt(index);
      if (period === undefined || whole === Infinity) continue;
      // Half of its delay before it is whole, a part of it can be seen already.
      const end = (index + 1) * this.period;
      if (whole <= now) found.push({ index, period, part: 1 });
      else if (end + (whole - end) / 2 <= now) found.push({ index, period, part: 0.6 });
    }
    return found;
  }

  counts(from: number, to: number): RequestCounts {
    const sums: Record<Slot, number | undefined> = { blue: undefined, green: undefined };
    for (const { period, part } of this.published(from, to))
      for (const slot of SLOTS) {
        const count = Math.floor(period.slots[slot].requests * part);
        if (count > 0 && this.publishes(slot)) sums[slot] = (sums[slot] ?? 0) + count;
      }
    return sums;
  }

  minutes(from: number, to: number): MinuteReading {
    const now = this.seconds();
    const minutes = this.published(from, to).map(({ index, period, part }): Minute => {
      const settled = now >= (index + 1 + SETTLED_PERIODS) * this.period;
      const known = this.whole.get(index);
      if (known && settled) return known;
      const slots: Partial<Record<Slot, SlotMinute>> = {};
      for (const slot of SLOTS) {
        const tally = period.slots[slot];
        const requests = Math.floor(tally.requests * part);
        if (requests === 0 || !this.publishes(slot)) continue;
        // Of a period that is not whole the errors are the last to come.
        slots[slot] = {
          requests,
          errors: part < 1 ? 0 : tally.errors,
          slow: part < 1 ? 0 : tally.slow,
          ...(this.tellsRefusals && { refusals: { '401': part < 1 ? 0 : tally.refused, '403': 0, '429': 0 } }),
        };
      }
      const minute = { at: this.dateOf(index * this.period).toISOString(), settled, slots };
      if (settled && part === 1) this.whole.set(index, minute);
      return minute;
    });
    // Before the shift, what is there of the time before.
    const last = minutes.at(-1);
    const past = last && (Date.parse(last.at) - this.dateOf(0).getTime()) / 1000 + this.period;
    const age = now - (this.newest() ?? past ?? from);
    return {
      source: 'CloudWatch',
      periodSeconds: this.period,
      minutes,
      ...(age > (SETTLED_PERIODS + 1) * this.period && { staleSeconds: Math.round(age) }),
    };
  }

  /** Three bad ones of the last five periods that should be published by now (lib/aws-cdk/alarms.ts). */
  alarm(name: string): AlarmReading {
    const now = this.seconds();
    const last = Math.floor((now - this.longestDelay) / this.period) - 1;
    let [seen, bad] = [0, 0];
    for (let index = Math.max(0, last - 4); index <= last; index += 1) {
      const period = this.traffic.periods.get(index);
      if (period === undefined || this.wholeAt(index) > now) continue;
      const value = this.valueOf(name, period);
      if (value === undefined) continue;
      seen += 1;
      if (value) bad += 1;
    }
    if (bad >= 3) return { name, state: 'ALARM', reason: `${bad} of ${seen} data points above the threshold` };
    if (seen === 0 && !name.includes('LoadBalancer')) return { name, state: 'INSUFFICIENT_DATA' };
    return { name, state: 'OK' };
  }

  /** Whether a period is bad for an alarm; undefined where there is nothing to judge. */
  private valueOf(name: string, { slots, unanswered, unhealthy }: Period): boolean | undefined {
    if (name.includes('LoadBalancer')) {
      const all = slots.blue.requests + slots.green.requests + unanswered;
      return all > 0 && unanswered / all > ERROR_SHARE;
    }
    const slot: Slot = name.includes('green') ? 'green' : 'blue';
    if (!this.publishes(slot)) return undefined;
    if (name.endsWith('UnhealthyNodes')) return unhealthy[slot] > 0;
    const { requests, errors, slow } = slots[slot];
    if (requests === 0) return undefined;
    return name.endsWith('P99') ? slow / requests > 0.01 : errors / requests > ERROR_SHARE;
  }
}

/** Periods after its end at which nothing more is added to one (lib/metrics: 120 s on AWS). */
export const SETTLED_PERIODS = 2;

/** Threshold of the error alarms, a share of the requests (the settings' default is in lib/settings/schema.ts). */
const ERROR_SHARE = 0.01;

/** The alarms of an edge: of the rising slot and of the load balancer. */
export const alarmsOf = (to: Slot): string[] => [
  `kong-edge-${to}ErrorShare`,
  `kong-edge-${to}P99`,
  `kong-edge-${to}UnhealthyNodes`,
  'kong-edge-LoadBalancerErrors',
];
