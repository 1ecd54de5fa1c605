import type { Upgrade } from '../changes';

/** The minors whose parameters the facts list. */
export const KNOWN_MINORS = ['2.8', '3.4', '3.10', '3.14'] as const;

/** Whether `check kong-conf` takes an upgrade: from the first listed minor to the last one. */
export function isKnown({ from, to }: Pick<Upgrade, 'from' | 'to'>): boolean {
  const last = KNOWN_MINORS[KNOWN_MINORS.length - 1]!;
  const isBeyond = to.isAtLeastMinor(last) && to.minor() !== last;
  return from.isAtLeastMinor(KNOWN_MINORS[0]) && !isBeyond;
}
