import type { KongUpstreamSettings } from '../../settings/router-schema';
import { allOn, SLOTS, type Slot, type Weights, type WeightScale } from '../../traffic/weights';
import { changed, type Json } from '../kong/kong-admin';

/** Targets of one upstream and what they weigh; pure. */

/** Kong schema, `targets.weight`: 0–65535. */
export const MAX_TARGET_WEIGHT = 65_535;
/** Weight of the old slot for as long as it has traffic: the new one's least is then 1 in 1001. */
export const OLD_WEIGHT = 1000;

export interface Target {
  readonly name: string;
  readonly slot: Slot;
  readonly weight: number;
  /** Addresses that the node has for it: each gets the whole weight (`GET /upstreams/U/health`, `data.addresses`). */
  readonly addresses: number;
  /** Weight that the node's balancer has in memory; undefined where it does not say. */
  readonly followed: number | undefined;
  /** Whether the node's health checks hold every address of it for unhealthy: it gets nothing, whatever its weight. */
  readonly down: boolean;
}

/** Sums of addresses of a slot's targets. */
export type Counts = Readonly<Record<Slot, number>>;

/** `targets` of the settings and of Kong, which adds the port 8000 where none is given. */
const named = (name: string): string => (/:\d+$/.test(name) ? name : `${name}:8000`).toLowerCase();

/** @throws KongDualClusterError ROUTER_RULE_CHANGED (exit 6) */
export function targetsOf(
  id: string,
  targets: readonly Json[],
  health: readonly Json[],
  { targets: names }: Pick<KongUpstreamSettings, 'targets'>,
): Target[] {
  const slotOf = (name: string): Slot | undefined => SLOTS.find((slot) => names[slot].map(named).includes(name));
  const found = targets.map(({ target, weight }) => ({ name: named(String(target)), weight: Number(weight) }));
  const unlisted = found.filter(({ name, weight }) => slotOf(name) === undefined && weight > 0);
  if (unlisted.length > 0)
    throw changed(
      `upstream ${id}`,
      `target ${unlisted.map(({ name, weight }) => `${name} with weight ${weight}`).join(', ')} is of neither slot`,
      'name it under targets of its slot in the settings, or set its weight to 0',
    );
  const absent = SLOTS.flatMap((slot) => names[slot]).filter(
    (name) => !found.some((each) => each.name === named(name)),
  );
  if (absent.length > 0)
    throw changed(`upstream ${id}`, `there is no target ${absent.join(', ')}`, 'add it with weight 0');
  return found.flatMap(({ name, weight }) => {
    const slot = slotOf(name);
    if (slot === undefined) return [];
    const { data } = (health.find(({ target }) => named(String(target)) === name) ?? {}) as { data?: TargetHealth };
    // Of none Kong makes an empty object.
    const addresses = (Array.isArray(data?.addresses) ? data.addresses : []) as readonly Address[];
    const own = addresses.find(({ weight: its }) => its !== data?.nodeWeight);
    // An address of SRV records is a name, and another one than the target's.
    const isSrv = data?.dns === 'SRV' && addresses.some(({ ip }) => ip !== undefined && ip !== data.host);
    if (own || isSrv)
      throw changed(
        `upstream ${id}`,
        `${name} has weight ${(own ?? addresses[0])?.weight} in the balancer and not its own, as with SRV records or a TTL of 0`,
        'name the target by addresses, or by a name with A records that have a TTL',
      );
    const down = addresses.length > 0 && addresses.every(({ health: told }) => told === 'UNHEALTHY');
    return [{ name, slot, weight, addresses: addresses.length, followed: data?.nodeWeight, down }];
  });
}

interface Address {
  readonly weight: number;
  readonly ip?: string;
  readonly health?: string;
}
interface TargetHealth {
  readonly host?: string;
  /** A, AAAA or SRV; or why it has no address. */
  readonly dns?: string;
  readonly addresses?: unknown;
  readonly nodeWeight?: number;
}

export const countsOf = (targets: readonly Target[]): Counts => {
  const of = (slot: Slot): number =>
    targets.filter((target) => target.slot === slot).reduce((sum, { addresses }) => sum + addresses, 0);
  return { blue: of('blue'), green: of('green') };
};

/** The old slot stays; the new one goes as far as a target's weight does. */
export function upstreamScale(counts: Counts): WeightScale {
  const { blue, green } = reduced(counts);
  return { kind: 'oldStays', weight: OLD_WEIGHT, max: Math.floor(MAX_TARGET_WEIGHT / Math.max(blue, green)) };
}

/** What the slots weigh with all their addresses, in units of the scale where it holds them. */
export function weightsOf(targets: readonly Target[]): Weights {
  const of = (slot: Slot): number =>
    targets.filter((target) => target.slot === slot).reduce((sum, each) => sum + each.weight * each.addresses, 0);
  const sums = { blue: of('blue'), green: of('green') };
  if (sums.blue === 0 && sums.green === 0) return sums;
  if (sums.blue === 0 || sums.green === 0) return allOn(sums.blue === 0 ? 'green' : 'blue');
  const counts = countsOf(targets);
  const unit = (counts.blue * counts.green) / divisor(counts.blue, counts.green);
  const [blue, green] = [sums.blue / unit, sums.green / unit];
  if (Number.isInteger(blue) && Number.isInteger(green)) return { blue, green };
  return reduced(sums);
}

/** Weight of each target of a slot: the other slot's addresses make up for its own, so that the share is right. */
export function targetWeights(weights: Weights, counts: Counts): Weights {
  const { blue, green } = reduced(counts);
  return {
    blue: Math.min(MAX_TARGET_WEIGHT, weights.blue * green),
    green: Math.min(MAX_TARGET_WEIGHT, weights.green * blue),
  };
}

export interface TargetWrite {
  readonly name: string;
  readonly weight: number;
}

/**
 * What is written, in order: nobody is without a target on the way, and the share goes only where it is sent. While one
 * slot has everything its own weights may change first, without effect; then what rises, then what falls.
 */
export function writesFor(targets: readonly Target[], to: Weights): TargetWrite[] {
  const counts = countsOf(targets);
  const wanted = targetWeights(inScale(to), counts);
  const live = weightsOf(targets);
  const own = (slot: Slot): TargetWrite[] =>
    targets
      .filter((target) => target.slot === slot && target.weight !== wanted[slot])
      .map(({ name }) => ({ name, weight: wanted[slot] }));
  const whole = SLOTS.find((slot) => to[slot] > 0 && SLOTS.every((other) => other === slot || to[other] === 0));
  if (whole !== undefined) {
    const other: Slot = whole === 'blue' ? 'green' : 'blue';
    // Of a slot that has something already the weights are left as they are until the other has nothing.
    return live[whole] > 0 ? [...own(other), ...own(whole)] : [...own(whole), ...own(other)];
  }
  const first = SLOTS.find((slot) => live[slot] > 0 && SLOTS.every((other) => other === slot || live[other] === 0));
  const rising: Slot = first === undefined ? (live.blue * to.green > live.green * to.blue ? 'green' : 'blue') : first;
  return [...own(rising), ...own(rising === 'blue' ? 'green' : 'blue')];
}

/** All on one slot, as the scale has it: 1000 and not 100. */
const inScale = (weights: Weights): Weights =>
  weights.blue === 0 || weights.green === 0
    ? { blue: weights.blue > 0 ? OLD_WEIGHT : 0, green: weights.green > 0 ? OLD_WEIGHT : 0 }
    : weights;

/** Whether each target weighs what one of these weights gives it: a write that ended between two targets. */
export function isBetween(targets: readonly Target[], known: readonly Weights[]): boolean {
  const counts = countsOf(targets);
  const may = known.map((weights) => targetWeights(inScale(weights), counts));
  return targets.every(({ slot, weight }) => may.some((weights) => weights[slot] === weight));
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function reduced({ blue, green }: Weights): Weights {
  const by = divisor(blue, green);
  return by === 0 || blue === 0 || green === 0 ? { blue: 1, green: 1 } : { blue: blue / by, green: green / by };
}
