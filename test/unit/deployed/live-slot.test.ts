import { refuseOtherLive, wholeLiveSlot } from '../../../lib/deployed/live-slot';

const reading = (...weights: [number, number][]) => ({
  places: weights.map(([blue, green], i) => ({ id: `rule-${i}`, weights: { blue, green }, verbatim: [] })),
});

describe('wholeLiveSlot', () => {
  test.each([
    [[[100, 0]], 'blue'],
    [[[0, 1]], 'green'],
    [
      [
        [100, 0],
        [1, 0],
      ],
      'blue',
    ],
  ] as [[number, number][], string][])('%j: all traffic goes to %s', (weights, slot) => {
    expect(wholeLiveSlot(reading(...weights))).toBe(slot);
  });

  test.each([
    [[[95, 5]]],
    [
      [
        [100, 0],
        [0, 100],
      ],
    ],
    [
      [
        [100, 0],
        [99, 1],
      ],
    ],
    [[]],
  ] as [[number, number][]][])('%j: refuses, because neither slot is idle', (weights) => {
    expect(() => wholeLiveSlot(reading(...weights))).toThrow(
      expect.objectContaining({ code: 'TRAFFIC_IS_SPLIT', exitCode: 8 }),
    );
  });
});

describe('refuseOtherLive', () => {
  test('given settings that agree, it says nothing', () => {
    expect(() => refuseOtherLive('blue', 'blue', 'dual-cluster.yaml')).not.toThrow();
  });
  test('given settings that name the other slot, it names both and the file', () => {
    expect(() => refuseOtherLive('green', 'blue', 'dual-cluster.yaml')).toThrow(
      expect.objectContaining({
        code: 'LIVE_DIFFERS',
        exitCode: 8,
        found: 'live: blue in dual-cluster.yaml, and all traffic goes to green',
      }),
    );
  });
});
