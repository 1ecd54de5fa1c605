import { writeFileSync } from 'node:fs';
import { refuse } from '../../../lib/blueprint/refusals';
import { CASES } from './cases';
import type { Comparison, Difference } from './compare';
import { compare } from './compare';
import { cloudFormation, terraform } from './drive';
import { INTENDED, isIntended } from './intended';
import type { Intended } from './intended';

/** Of `npm run conformance`: where the result is written, for the table. */
const RESULT = process.env.KONG_DUAL_CLUSTER_CONFORMANCE;

const results = new Map<string, Comparison>();
const met = new Set<Intended>();
const unexpected = (differences: readonly Difference[]): Difference[] =>
  differences.filter((difference) => {
    const intended = INTENDED.filter((one) => isIntended(one, difference));
    for (const one of intended) met.add(one);
    return intended.length === 0;
  });

test.each(Object.entries(CASES))('%s: settings that nobody refuses', (_, { settings, lock }) => {
  expect(() => refuse(settings, lock)).not.toThrow();
});

describe('given the same settings and the same lock', () => {
  test.each(Object.entries(CASES))('%s: both backends mean the same', (name, of) => {
    const comparison = compare(cloudFormation(of), terraform(of));
    results.set(name, comparison);
    expect(unexpected(comparison.differences)).toEqual([]);
  });

  test('every difference that is meant occurs in a case', () => {
    expect(INTENDED.filter((one) => !met.has(one)).map(({ aspect, fact }) => `${aspect}: ${fact.source}`)).toEqual([]);
  });
});

describe('given all comparisons', () => {
  test('no aspect was compared by nothing', () => {
    const facts = (aspect: string): number =>
      Math.max(...[...results.values()].map(({ compared }) => compared[aspect] ?? 0));
    const [first] = results.values();
    expect(Object.keys(first!.compared).filter((aspect) => facts(aspect) === 0)).toEqual([]);
  });

  test('no resource is there for nothing that is known', () => {
    const told = JSON.stringify([...results.values()].flatMap(({ differences }) => differences));
    expect(told.match(/unexplained [^›"]*/g)).toBeNull();
  });

  afterAll(() => {
    if (RESULT === undefined) return;
    const rows = [...results].map(([name, { compared, differences }]) => ({
      name,
      aspects: Object.fromEntries(
        Object.entries(compared).map(([aspect, facts]) => {
          const its = differences.filter((difference) => difference.aspect === aspect);
          const wrong = unexpected(its).length;
          return [aspect, { facts, meant: its.length - wrong, wrong }];
        }),
      ),
    }));
    writeFileSync(RESULT, JSON.stringify({ rows, intended: INTENDED.map(({ because }) => because) }));
  });
});
