import facts from './facts/hops.json';
import type { Edition, KongVersion } from './kong-version';

/** How Kong's documents call a step between two minors. */
export type MinorHopKind = 'adjacent-minor' | 'minor-by-minor' | 'direct' | 'lts-to-lts' | 'major';

/** A step between two minors that one migration of the database may cross, as `facts/hops.json` has it. */
export interface HopFact {
  readonly from: string;
  readonly to: string;
  readonly kind: MinorHopKind;
  /** The edition for which it is documented; undefined for both. */
  readonly edition?: Edition;
  /** The first patch of `to` that takes the step. */
  readonly toAtLeast?: string;
  readonly note?: string;
  /** What `deck file convert` knows for it. */
  readonly deckConvert?: string;
  /** Kong's guide to this step. */
  readonly guide?: string;
  /** Kong's own check before it. */
  readonly preflight?: string;
  readonly sources: readonly string[];
}

/** Every hop, sorted by `from`, then `to`. */
export const HOPS = facts.hops as unknown as readonly HopFact[];

/**
 * Whether a hop may be taken to this version by this edition. Where nothing says the edition or the patch, it may: the
 * hop then names its condition.
 */
export function takes(hop: HopFact, to: KongVersion, edition: Edition | undefined): boolean {
  if (hop.edition !== undefined && edition !== undefined && hop.edition !== edition) return false;
  if (hop.toAtLeast === undefined || to.minor() !== hop.to || to.namesNoPatch()) return true;
  return to.satisfies(`>=${hop.toAtLeast}`);
}

/**
 * The best way between two minors over the hops that `usable` allows: the fewest hops, of those the most from one
 * long-term support version to the next. Empty from a minor to itself, undefined where none leads there.
 *
 * One pass does it: the hops only rise and are sorted by `from`, so every way to a minor is known before it is left.
 */
export function bestWay(
  from: string,
  to: string,
  usable: (hop: HopFact) => boolean = () => true,
): readonly HopFact[] | undefined {
  return waysFrom(from, usable).get(to);
}

/** The best way to every minor that can be reached, in the order in which they are first reached. */
export function waysFrom(
  from: string,
  usable: (hop: HopFact) => boolean = () => true,
): ReadonlyMap<string, readonly HopFact[]> {
  const best = new Map<string, readonly HopFact[]>([[from, []]]);
  for (const hop of HOPS) {
    const before = best.get(hop.from);
    if (before === undefined || !usable(hop)) continue;
    const way = [...before, hop];
    const known = best.get(hop.to);
    if (known === undefined || isBetter(way, known)) best.set(hop.to, way);
  }
  return best;
}

function isBetter(a: readonly HopFact[], b: readonly HopFact[]): boolean {
  const long = (way: readonly HopFact[]): number => way.filter(({ kind }) => kind === 'lts-to-lts').length;
  return a.length < b.length || (a.length === b.length && long(a) > long(b));
}
