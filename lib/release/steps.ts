import { EXIT, KongDualClusterError } from '../errors';
import { isLts, knownMinors, LAST_OPEN_SOURCE_MINOR, releaseOf } from './catalogue';
import { bestWay, HOPS, takes, waysFrom } from './hops';
import type { HopFact } from './hops';
import { KongVersion } from './kong-version';
import type { Edition } from './kong-version';

export { LAST_OPEN_SOURCE_MINOR };

/**
 * Whether one dual-cluster upgrade, one run of migrations, may go from one version to the other; false for a downgrade
 * or an unknown minor. A way of several hops is not one step: that is `upgradePath`.
 */
export function isSupportedStep(from: KongVersion, to: KongVersion): boolean {
  if (from.minor() === to.minor()) {
    // `3.4` is whatever patch its image holds: nothing says that it is older.
    return from.namesNoPatch() || to.namesNoPatch() || from.compare(to) <= 0;
  }
  return HOPS.some((hop) => hop.from === from.minor() && hop.to === to.minor() && mayTake(from, to)(hop));
}

/**
 * `2.6 → 3.4` is refused here, while `upgradePath('2.6', '3.4')` gives 2.6 → 2.8 → 3.4.
 *
 * @throws KongDualClusterError VERSION_STEP_UNSUPPORTED (exit code 8), naming the way that is supported
 */
export function requireStep(from: KongVersion, to: KongVersion): void {
  if (isSupportedStep(from, to)) return;
  throw stepRefused(from, to, wayOf(from, to));
}

/** What refuses a step or a whole path (then without a way), naming the alternative. */
export function stepRefused(
  from: KongVersion,
  to: KongVersion,
  way: readonly HopFact[] | undefined,
): KongDualClusterError {
  return new KongDualClusterError('VERSION_STEP_UNSUPPORTED', problemOf(from, to), {
    found: `${from.toString()} → ${to.toString()}`,
    remedy: remedyOf(from, to, way),
    exitCode: EXIT.preflightRefused,
  });
}

const unknownOf = (from: KongVersion, to: KongVersion): KongVersion | undefined =>
  [from, to].find((version) => releaseOf(version.minor()) === undefined);

function problemOf(from: KongVersion, to: KongVersion): string {
  const unknown = unknownOf(from, to);
  if (unknown !== undefined) return `no version step from or to Kong ${unknown.minor()} is known here`;
  return from.compare(to) > 0 ? 'Kong supports no downgrade of a database' : 'Kong supports no such version step';
}

function remedyOf(from: KongVersion, to: KongVersion, way: readonly HopFact[] | undefined): string {
  if (unknownOf(from, to) !== undefined) {
    const minors = knownMinors();
    return `use versions from ${minors[0]} to ${minors.at(-1)}; the latest long-term version is ${minors.findLast(isLts)}`;
  }
  if (from.compare(to) > 0) {
    return `keep ${from.toString()} or a later version; the way back is the older cluster with its own database`;
  }
  if (way === undefined) return otherTargets(from, to);
  if (way.length === 2) {
    return `upgrade ${way[0]!.from} → ${way[0]!.to} first, then ${way[1]!.from} → ${way[1]!.to}`;
  }
  return `go ${[from.minor(), ...way.map((hop) => hop.to)].join(' → ')}, one upgrade each`;
}

/** Where no way leads: the next minor that can be reached. */
function otherTargets(from: KongVersion, to: KongVersion): string {
  const reached = [...waysFrom(from.minor(), mayTake(from, from)).keys()].slice(1);
  const next = reached.find((minor) => KongVersion.parse(minor).isAtLeastMinor(to.minor()));
  return next === undefined
    ? `stay with ${from.minor()}: no way leads from it`
    : `upgrade to ${next}, the next version that ${from.minor()} can go to`;
}

const wayOf = (from: KongVersion, to: KongVersion): readonly HopFact[] | undefined =>
  bestWay(from.minor(), to.minor(), mayTake(from, to));

/** Open source may become Enterprise on the way, never the reverse: the edition of the later version counts. */
const mayTake =
  (from: KongVersion, to: KongVersion) =>
  (hop: HopFact): boolean =>
    takes(hop, to, editionOf(from, to));

function editionOf(from: KongVersion, to: KongVersion): Edition | undefined {
  return to.edition() === 'enterprise' && from.edition() === 'oss' ? undefined : (to.edition() ?? from.edition());
}
