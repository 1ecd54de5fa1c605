import { refuseThawWhileSplit } from '../../../lib/deployed/live-slot';
import { allOn, weightsFor, type Weights } from '../../../lib/traffic/weights';

const places = (...all: Weights[]) => all.map((weights, i) => ({ id: `rule-${i}`, weights, verbatim: [] }));

describe('a thaw', () => {
  test('given both slots have weight, it is refused: a write would be on one of the two that serve', () => {
    expect(() => refuseThawWhileSplit({ places: places(weightsFor(0.25, 'green')) })).toThrow(
      expect.objectContaining({ code: 'THAW_WHILE_SPLIT', exitCode: 8, found: 'rule-0 has blue 75, green 25' }),
    );
  });

  test('given two rules on different slots, it is refused', () => {
    expect(() => refuseThawWhileSplit({ places: places(allOn('blue'), allOn('green')) })).toThrow(
      expect.objectContaining({ code: 'THAW_WHILE_SPLIT' }),
    );
  });

  test.each(['blue', 'green'] as const)('given all traffic is on %s, it says so and refuses nothing', (slot) => {
    expect(refuseThawWhileSplit({ places: places(allOn(slot), allOn(slot)) })).toBe(slot);
  });
});
