import type { Meaning } from './meaning';

/** One fact that is not the same in both, with what each says: `undefined` where it says nothing. */
export interface Difference {
  readonly aspect: string;
  /** Role, then the way to the fact in it. */
  readonly fact: string;
  readonly cloudFormation: unknown;
  readonly terraform: unknown;
}
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Facts looked at, by aspect: those that either of the two has. */
  readonly compared: Readonly<Record<string, number>>;
}

export function compare(cloudFormation: Meaning, terraform: Meaning): Comparison {
  const differences: Difference[] = [];
  const compared: Record<string, number> = {};
  for (const aspect of union(cloudFormation, terraform)) {
    const [one, other] = [leaves(cloudFormation[aspect]), leaves(terraform[aspect])];
    const facts = [...new Set([...one.keys(), ...other.keys()])];
    compared[aspect] = facts.length;
    for (const fact of facts) {
      if (JSON.stringify(one.get(fact)) === JSON.stringify(other.get(fact))) continue;
      differences.push({ aspect, fact, cloudFormation: one.get(fact), terraform: other.get(fact) });
    }
  }
  return { differences, compared };
}

const union = (...all: object[]): string[] => [...new Set(all.flatMap((each) => Object.keys(each)))];

/** Every value that holds no others, by the way to it: `target group blue proxy › health › port`. */
function leaves(value: unknown, way: readonly string[] = [], into = new Map<string, unknown>()): Map<string, unknown> {
  if (value === undefined) return into;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  // An empty list or object is a fact as well.
  if (entries.length === 0) {
    if (way.length > 0) into.set(way.join(' › '), value);
    return into;
  }
  for (const [key, each] of entries) leaves(each, [...way, key], into);
  return into;
}
