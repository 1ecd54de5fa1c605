import {
  editionWithoutRelease,
  stepBetweenSlots,
  stepFromSnapshot,
  stopsWithoutSnapshot,
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

  describe('with stops between', () => {
    const over = (...stops: NonNullable<SlotInput['stops']>) =>
      both('2.8', '3.10', 'blue', { edition: 'enterprise', stops });

    test('given 2.8 → 3.10 without a stop, then it is refused and the stops are named as a way', () => {
      const [refusal] = stepFromSnapshot(over(), lockOf('green'));
      expect(refusal).toMatchObject({ code: 'VERSION_STEP_UNSUPPORTED', found: '2.8 → 3.10' });
      expect(refusal?.remedy).toContain('slots.green.stops');
    });

    test('given 2.8 → 3.4 → 3.10, then nothing is refused', () => {
      for (const check of [
        stepFromSnapshot,
        stepBetweenSlots,
        versionInvalid,
        editionWithoutRelease,
        stopsWithoutSnapshot,
      ]) {
        expect(refused(check, over({ version: '3.4.3.29' }), lockOf('green'))).toEqual([]);
      }
    });

    test('given a stop that cannot be reached, then that stop is refused, and the step after it', () => {
      expect(refused(stepFromSnapshot, over({ version: '3.6' }), lockOf('green'))).toEqual([
        ['VERSION_STEP_UNSUPPORTED', 'slots.green.stops.0.version', '2.8 → 3.6'],
        ['VERSION_STEP_UNSUPPORTED', 'slots.green.version', '3.6 → 3.10'],
      ]);
    });

    test('given a stop without a release of its edition, then it is refused', () => {
      expect(refused(editionWithoutRelease, over({ version: '3.10', edition: 'oss' }))).toEqual([
        ['EDITION_WITHOUT_RELEASE', 'slots.green.stops.0.version', '3.10, edition: oss'],
      ]);
    });

    test('given a stop that is no version, then it is refused', () => {
      expect(refused(versionInvalid, over({ version: 'lts' }))).toEqual([
        ['VERSION_INVALID', 'slots.green.stops.0.version', 'lts'],
      ]);
    });

    test('given stops for a new database, then they are refused: one image makes it', () => {
      const settings = both('2.8', '3.4', 'blue', { datastore: { new: {} }, stops: [{ version: '3.0' }] });
      expect(refused(stopsWithoutSnapshot, settings)).toEqual([
        ['STOPS_WITHOUT_SNAPSHOT', 'slots.green.stops', '3.0, datastore: new'],
      ]);
    });
  });
});
