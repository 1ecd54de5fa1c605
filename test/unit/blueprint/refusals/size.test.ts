import fc from 'fast-check';
import { fargateSize, sizeBounds, smallerThanLive, smallerThanRunning } from '../../../../lib/blueprint/refusals/size';
import { BLUE, GREEN, lockOf, refused, settingsOf } from '../settings-of';
import type { SlotInput } from '../settings-of';

type SizeInput = NonNullable<SlotInput['size']>;
const both = (blue: SizeInput, green: SizeInput, live: 'blue' | 'green' = 'blue') =>
  settingsOf({ live, slots: { blue: { ...BLUE, size: blue }, green: { ...GREEN, size: green } } });

const size = fc.record({
  count: fc.integer({ min: 1, max: 50 }),
  min: fc.integer({ min: 1, max: 50 }),
  max: fc.integer({ min: 1, max: 50 }),
  cpu: fc.constantFrom(256, 512, 1024, 2048, 4096) as fc.Arbitrary<256>,
  memoryMib: fc.integer({ min: 512, max: 30720 }),
});

describe('refusals about the size of a slot', () => {
  test('given equal sizes, then they are never refused, whichever slot is live', () => {
    fc.assert(
      fc.property(size, fc.constantFrom('blue' as const, 'green' as const), (s, live) => {
        expect(refused(smallerThanLive, both(s, s, live))).toEqual([]);
      }),
    );
  });

  test('given an idle slot that is smaller in anything, then it is always refused', () => {
    fc.assert(
      fc.property(size, size, (blue, green) => {
        const smaller = (Object.keys(blue) as (keyof typeof blue)[]).filter((key) => green[key] < blue[key]);
        expect(refused(smallerThanLive, both(blue, green)).map(([, path]) => path.split('.').at(-1))).toEqual(
          ['count', 'min', 'max', 'cpu', 'memoryMib'].filter((key) => (smaller as string[]).includes(key)),
        );
      }),
    );
  });

  test('given a smaller green, then both values are named', () => {
    expect(refused(smallerThanLive, both({ count: 4, min: 2 }, { count: 3, min: 2, max: 12 }))).toEqual([
      ['SLOT_SMALLER_THAN_LIVE', 'slots.green.size.count', 'count 3 (green) < 4 (blue)'],
    ]);
  });

  test('given green live after the cutover, then a smaller blue is refused: it is the way back', () => {
    expect(refused(smallerThanLive, both({ count: 2 }, { count: 4 }, 'green')).map(([, path]) => path)).toContain(
      'slots.blue.size.count',
    );
  });

  test('given an adopted live slot, then the nodes that ran when it was read are the measure', () => {
    const blue: SlotInput = { ...BLUE, size: { count: 1 }, adopted: { platform: 'other', nodes: 5 } };
    const settings = settingsOf({ slots: { blue, green: { ...GREEN, size: { count: 3, cpu: 256, memoryMib: 512 } } } });
    expect(refused(smallerThanLive, settings)).toEqual([
      ['SLOT_SMALLER_THAN_LIVE', 'slots.green.size.count', 'count 3 (green) < 5 (blue)'],
    ]);
  });

  test('given bounds that nobody wrote, then the count alone is told; written ones are told as well', () => {
    const paths = (green: SizeInput) =>
      refused(smallerThanLive, both({ count: 3 }, green)).map(([, path]) => path.split('.').at(-1));
    expect(paths({ count: 2 })).toEqual(['count']);
    expect(paths({ count: 2, max: 4 })).toEqual(['count', 'max']);
    expect(paths({ count: 3, max: 4 })).toEqual(['max']);
  });

  test('given more nodes running at the snapshot than green starts with, then it is refused', () => {
    const settings = both({ count: 2 }, { count: 2 });
    expect(refused(smallerThanRunning, settings, lockOf('green', { runningNodes: 5 }))).toEqual([
      ['SLOT_SMALLER_THAN_LIVE', 'slots.green.size.count', 'count 2 (green) < 5 (blue)'],
    ]);
    expect(refused(smallerThanRunning, settings, lockOf('green', { runningNodes: 2 }))).toEqual([]);
  });

  test('given green live, then the nodes of the old snapshot bind it no more', () => {
    expect(
      refused(smallerThanRunning, both({ count: 2 }, { count: 2 }, 'green'), lockOf('green', { runningNodes: 5 })),
    ).toEqual([]);
  });

  test.each<[SizeInput, string]>([
    [{ count: 2, min: 3 }, 'min 3, count 2, max 6'],
    [{ count: 4, max: 3 }, 'min 4, count 4, max 3'],
  ])('given %p, then the bounds are refused', (bad, found) => {
    expect(refused(sizeBounds, both(bad, {}))).toEqual([['SIZE_BOUNDS', 'slots.blue.size', found]]);
  });

  test.each<[number, number, boolean]>([
    [256, 1536, false],
    [256, 2048, true],
    [512, 1024, true],
    [1024, 1024, false],
    [1024, 8192, true],
    [4096, 30720, true],
    [8192, 18432, false],
    [16384, 40960, true],
  ])('given %d CPU units and %d MiB, then Fargate has such a task: %p', (cpu, memoryMib, taken) => {
    expect(refused(fargateSize, both({ cpu: cpu as 256, memoryMib }, {})).length === 0).toBe(taken);
  });
});
