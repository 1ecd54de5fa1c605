import * as fc from 'fast-check';
import { objectiveAt } from '../../../lib/traffic/stage-objective';

const STANDARD = [0.05, 0.25, 0.5, 1].map((share) => ({ share }));

test('of all requests: before 25 % four times the objective, before everything and at the end once', () =>
  expect(STANDARD.map((_, index) => objectiveAt(STANDARD, index, 0.001))).toEqual([0.004, 0.002, 0.001, 0.001]));

test('never more than 5 % of the new slot, unless the objective is', () => {
  expect(objectiveAt([{ share: 0.01 }, { share: 0.01 }, { share: 1 }], 0, 0.01)).toBe(0.05);
  expect(objectiveAt(STANDARD, 0, 0.2)).toBe(0.2);
});

test('a slot with as many bad answers costs no more than the objective of all requests in the next stage', () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 }),
      fc.double({ min: 1e-5, max: 0.9, noNaN: true }),
      (shares, objective) => {
        const stages = [...shares.sort((a, b) => a - b), 1].map((share) => ({ share }));
        stages.forEach((_, index) => {
          const bound = objectiveAt(stages, index, objective);
          expect(bound).toBeGreaterThanOrEqual(objective);
          expect(bound).toBeLessThan(1);
          const cost = bound * (stages[index + 1]?.share ?? 1);
          expect(cost).toBeLessThanOrEqual(objective * (1 + 1e-9));
        });
      },
    ),
  ));
