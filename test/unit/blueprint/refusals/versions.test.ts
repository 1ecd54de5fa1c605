import {
  editionWithoutRelease,
  stepBetweenSlots,
  stepFromSnapshot,
  versionInvalid,
} from '../../../../lib/blueprint/refusals/versions';
import { BLUE, GREEN, lockOf, refused, settingsOf } from '../settings-of';
import type { SlotInput } from '../settings-of';

const both = (blue: string, green: string, live: 'blue' | 'green' = 'blue', more: Partial<SlotInput> = {}) =>
  settingsOf({ live, slots: { blue: { ...BLUE, version: blue }, green: { ...GREEN, version: green, ...more } } });

describe('refusals about versions', () => {
  test('given a version that is none, then it is refused once', () => {
    const settings = both('2.8', 'latest');
    expect(refused(versionInvalid, settings)).toEqual([['VERSION_INVALID', 'slots.green.version', 'latest']]);
    expect(refused(stepFromSnapshot, settings, lockOf('green'))).toEqual([]);
    expect(refused(stepBetweenSlots, settings, lockOf('green'))).toEqual([]);
  });

  test('given data written by 2.6 and green 3.4, then the step is refused with the way round', () => {
    const lock = lockOf('green', { kongVersion: '2.6.1' });
    expect(refused(stepFromSnapshot, both('2.6.1', '3.4'), lock)).toEqual([
      ['VERSION_STEP_UNSUPPORTED', 'slots.green.version', '2.6.1 → 3.4'],
    ]);
    expect(refused(stepBetweenSlots, both('2.6.1', '3.4'), lock)).toEqual([]);
  });

  test('given data written by 2.8 and green 3.4, then nothing is refused, whichever slot is live', () => {
    for (const live of ['blue', 'green'] as const) {
      expect(refused(stepFromSnapshot, both('2.8', '3.4', live), lockOf('green'))).toEqual([]);
      expect(refused(stepBetweenSlots, both('2.8', '3.4', live), lockOf('green'))).toEqual([]);
    }
  });

  test('given slots without a snapshot between them, then the older to the newer must be a supported step', () => {
    const settings = both('2.6', '3.4', 'blue', { datastore: { new: {} } });
    expect(refused(stepBetweenSlots, settings)).toEqual([
      ['VERSION_STEP_UNSUPPORTED', 'slots.green.version', '2.6 → 3.4'],
    ]);
  });

  test('given a blue whose version was changed after the snapshot, then both steps are looked at', () => {
    expect(refused(stepBetweenSlots, both('2.6', '3.4'), lockOf('green', { kongVersion: '2.8' }))).toEqual([
      ['VERSION_STEP_UNSUPPORTED', 'slots.green.version', '2.6 → 3.4'],
    ]);
  });

  test('given open source 3.10, then it is refused: there is no such release', () => {
    expect(refused(editionWithoutRelease, both('2.8', '3.10'))).toEqual([
      ['EDITION_WITHOUT_RELEASE', 'slots.green.version', '3.10, edition: oss'],
    ]);
  });

  test.each<[string, Partial<SlotInput>]>([
    ['3.9', {}],
    ['3.9.1', {}],
    ['3.10', { edition: 'enterprise' }],
    ['3.10', { image: 'registry.example.test/kong:3.10' }],
  ])('given %s with %p, then there may be an image', (version, more) => {
    expect(refused(editionWithoutRelease, both('2.8', version, 'blue', more))).toEqual([]);
  });
});
