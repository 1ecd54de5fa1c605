import { EXIT, KongDualClusterError } from '../errors';
import facts from './facts/steps.json';
import type { KongVersion } from './kong-version';

/** Minors by minor, with their sources in `facts/steps.json`. */
const STEPS: Readonly<Record<string, readonly string[]>> = facts.steps;
const LTS: readonly string[] = facts.lts;

/** The last minor of the open-source edition; later ones are Enterprise only. */
export const LAST_OPEN_SOURCE_MINOR = facts.lastOpenSourceMinor;

/** Whether one dual-cluster upgrade may go from one version to the other; false for a downgrade or an unknown minor. */
export function isSupportedStep(from: KongVersion, to: KongVersion): boolean {
  if (from.minor() === to.minor()) {
    // `3.4` is whatever patch its image holds: nothing says that it is older.
    return from.namesNoPatch() || to.namesNoPatch() || from.compare(to) <= 0;
  }
  return STEPS[from.minor()]?.includes(to.minor()) ?? false;
}

/**
 * @throws KongDualClusterError VERSION_STEP_UNSUPPORTED, naming the way that is supported: two steps where two are
 * enough, else the first step
 */
export function requireStep(from: KongVersion, to: KongVersion): void {
  if (isSupportedStep(from, to)) return;
  throw new KongDualClusterError('VERSION_STEP_UNSUPPORTED', problemOf(from, to), {
    found: `${from.toString()} → ${to.toString()}`,
    remedy: remedyOf(from, to),
    exitCode: EXIT.preflightRefused,
  });
}

function problemOf(from: KongVersion, to: KongVersion): string {
  const unknown = [from, to].find((version) => STEPS[version.minor()] === undefined);
  if (unknown !== undefined) return `no version step from or to Kong ${unknown.minor()} is known here`;
  return from.compare(to) > 0 ? 'Kong supports no downgrade of a database' : 'Kong supports no such version step';
}

function remedyOf(from: KongVersion, to: KongVersion): string {
  const next = STEPS[from.minor()];
  if (next === undefined || STEPS[to.minor()] === undefined) {
    return `use versions from ${Object.keys(STEPS)[0]} to ${Object.keys(STEPS).at(-1)}`;
  }
  if (from.compare(to) > 0)
    return `keep ${from.toString()} or a later version; the way back is the older cluster with its own database`;
  const between = ltsFirst(next).find((minor) => STEPS[minor]?.includes(to.minor()));
  if (between !== undefined) return `upgrade ${from.minor()} → ${between} first, then ${between} → ${to.minor()}`;
  return `go step by step; supported from ${from.minor()}: ${next.join(', ') || 'none'}`;
}

/** Long-term support versions first. */
const ltsFirst = (minors: readonly string[]): string[] =>
  [...minors].sort((a, b) => Number(LTS.includes(b)) - Number(LTS.includes(a)));
