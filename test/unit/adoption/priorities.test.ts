import * as fc from 'fast-check';
import { LOWEST_PRIORITY, planPriorities, type RuleInOrder } from '../../../lib/adoption/priorities';

const blue = (id: string, priority: number, wanted = 1): RuleInOrder => ({ id, priority, wanted });
const other = (id: string, priority: number): RuleInOrder => ({ id, priority, wanted: 0 });
const DEFAULT = LOWEST_PRIORITY + 1;

/** A listener: some rules that are taken over, some that are not, crowded enough that room is often missing. */
const listener = fc
  .tuple(
    fc.uniqueArray(
      fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }) },
        { weight: 1, arbitrary: fc.integer({ min: LOWEST_PRIORITY - 8, max: LOWEST_PRIORITY }) },
      ),
      { maxLength: 14 },
    ),
    fc.infiniteStream(fc.boolean()),
    fc.constantFrom(1, 3),
    fc.boolean(),
  )
  .map(([priorities, isBlue, wanted, defaultIsBlue]): RuleInOrder[] => [
    ...priorities.map((priority) => ({
      id: `r${priority}`,
      priority,
      wanted: isBlue.next().value === true ? wanted : 0,
    })),
    { id: 'default', priority: DEFAULT, wanted: defaultIsBlue ? wanted : 0 },
  ]);

/** The rule that answers: the first in order among those whose conditions match the request. */
const firstMatch = (rules: readonly { serves: string; priority: number }[], matches: ReadonlySet<string>) =>
  [...rules].sort((a, b) => a.priority - b.priority).find((rule) => matches.has(rule.serves));

describe('planPriorities', () => {
  test('given room above a rule of blue, the weighted rule goes just above it', () => {
    expect(planPriorities([blue('a', 10)])).toEqual({ ok: true, placements: [{ id: 'a', priorities: [9] }] });
  });

  test('given a tester header, the two tester rules go above the weighted rule', () => {
    expect(planPriorities([blue('a', 10, 3)])).toEqual({ ok: true, placements: [{ id: 'a', priorities: [7, 8, 9] }] });
  });

  test('given neighbours that all forward to blue, ours may stand among them in the same order', () => {
    expect(planPriorities([blue('a', 3), blue('b', 4), blue('c', 5)])).toMatchObject({ ok: false, lacking: 1 });
    expect(planPriorities([blue('a', 4), blue('b', 5), blue('c', 6)])).toEqual({
      ok: true,
      placements: [
        { id: 'a', priorities: [1] },
        { id: 'b', priorities: [2] },
        { id: 'c', priorities: [3] },
      ],
    });
  });

  test('given a rule of somebody else in between, ours stays below it', () => {
    expect(planPriorities([other('x', 7), blue('a', 10, 3)])).toMatchObject({ ok: false, block: ['a'], lacking: 1 });
    expect(planPriorities([other('x', 6), blue('a', 10, 3)])).toMatchObject({ ok: true });
  });

  test('given a default action that forwards to blue, the weighted rule goes to the very end, below every rule', () => {
    expect(planPriorities([other('x', 20), blue('default', DEFAULT)])).toEqual({
      ok: true,
      placements: [{ id: 'default', priorities: [50000] }],
    });
  });

  test('given no room, it says which existing rules to move, and no more than needed', () => {
    expect(planPriorities([other('x', 1), blue('a', 2), other('y', 3), other('z', 100)])).toEqual({
      ok: false,
      block: ['a'],
      lacking: 1,
      moves: [
        { id: 'a', priority: 3 },
        { id: 'y', priority: 4 },
      ],
    });
  });

  // The law of adoption: nobody's request changes hands, except that ours answer for exactly what theirs answered.
  test('law: for every request the first matching rule is the same as before, ours in place of the one it takes over', () => {
    fc.assert(
      fc.property(listener, fc.infiniteStream(fc.boolean()), (rules, coin) => {
        const plan = planPriorities(rules);
        fc.pre(plan.ok);
        if (!plan.ok) return;
        // A request is the set of rules whose conditions it meets; the default action meets every request.
        const request = new Set(rules.filter((r) => r.id === 'default' || coin.next().value === true).map((r) => r.id));
        const theirs = rules.map((rule) => ({ serves: rule.id, priority: rule.priority, ours: false }));
        const ours = plan.placements.map((p) => ({ serves: p.id, priority: p.priorities.at(-1)!, ours: true }));
        const before = firstMatch(theirs, request)!;
        const after = firstMatch([...theirs, ...ours], request)! as (typeof theirs)[number];
        expect(after.serves).toBe(before.serves);
        expect(after.ours).toBe(rules.find((rule) => rule.id === before.serves)!.wanted > 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('law: a request with the tester header meets the tester rule of the same owner rule that answered it before', () => {
    fc.assert(
      fc.property(listener, fc.infiniteStream(fc.boolean()), (rules, coin) => {
        const plan = planPriorities(rules);
        fc.pre(plan.ok);
        if (!plan.ok) return;
        const request = new Set(rules.filter((r) => r.id === 'default' || coin.next().value === true).map((r) => r.id));
        const theirs = rules.map((rule) => ({ serves: rule.id, priority: rule.priority }));
        const all = plan.placements.flatMap((p) => p.priorities.map((priority) => ({ serves: p.id, priority })));
        expect(firstMatch([...theirs, ...all], request)!.serves).toBe(firstMatch(theirs, request)!.serves);
      }),
      { numRuns: 2000 },
    );
  });

  test('law: every priority handed out is free, within 1 to 50000 and handed out once', () => {
    fc.assert(
      fc.property(listener, (rules) => {
        const plan = planPriorities(rules);
        fc.pre(plan.ok);
        if (!plan.ok) return;
        const given = plan.placements.flatMap((p) => p.priorities);
        expect(new Set([...given, ...rules.map((rule) => rule.priority)]).size).toBe(given.length + rules.length);
        expect(given.every((priority) => priority >= 1 && priority <= LOWEST_PRIORITY)).toBe(true);
      }),
    );
  });

  test('law: after the moves it asks for there is room, and the owner’s order is kept', () => {
    fc.assert(
      fc.property(listener, (rules) => {
        const plan = planPriorities(rules);
        fc.pre(!plan.ok);
        if (plan.ok || !plan.moves) throw new Error('14 rules always fit into 50000 priorities');
        const to = new Map(plan.moves.map((move) => [move.id, move.priority]));
        const moved = rules.map((rule) => ({ ...rule, priority: to.get(rule.id) ?? rule.priority }));
        const ids = (list: RuleInOrder[]) => [...list].sort((a, b) => a.priority - b.priority).map((rule) => rule.id);
        expect(ids(moved)).toEqual(ids(rules));
        expect(new Set(moved.map((rule) => rule.priority)).size).toBe(rules.length);
        expect(planPriorities(moved).ok).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('law: it refuses only when no other choice of priorities in order would fit', () => {
    fc.assert(
      fc.property(listener, (rules) => {
        const plan = planPriorities(rules);
        // Counting argument (Hall): the last rules of a block up to any of its rules need that many free numbers above it.
        const used = new Set(rules.map((rule) => rule.priority));
        const order = [...rules].sort((a, b) => a.priority - b.priority);
        let after = 0;
        let needed = 0;
        let feasible = true;
        for (const rule of order) {
          if (rule.wanted === 0) {
            after = rule.priority;
            needed = 0;
            continue;
          }
          needed += rule.wanted;
          let free = 0;
          for (let p = rule.priority - 1; p > after && free < needed; p--) if (!used.has(p)) free++;
          if (free < needed) feasible = false;
        }
        expect(plan.ok).toBe(feasible);
      }),
      { numRuns: 1000 },
    );
  });
});
