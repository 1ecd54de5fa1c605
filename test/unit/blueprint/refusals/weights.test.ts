import {
  weightOnAbsentSlot,
  weightsInRange,
  weightsOfTheRunner,
  weightsOfTheTemplate,
} from '../../../../lib/blueprint/refusals/weights';
import { BLUE, refused, settingsOf } from '../settings-of';

const template = (blue: number, green: number) => settingsOf({ weightOwnership: 'template', weights: { blue, green } });

describe('refusals about weights', () => {
  test('given weights while the runner owns them, then they are refused: the live rule is the only truth', () => {
    expect(refused(weightsOfTheRunner, settingsOf({ weights: { blue: 100, green: 0 } }))).toEqual([
      ['WEIGHTS_NOT_OWNED', 'weights', 'blue 100, green 0'],
    ]);
    expect(refused(weightsOfTheRunner, settingsOf())).toEqual([]);
    expect(refused(weightsOfTheRunner, template(100, 0))).toEqual([]);
  });

  test('given template ownership without weights, then the weights of the live slot are proposed', () => {
    const settings = settingsOf({ weightOwnership: 'template' });
    expect(refused(weightsOfTheTemplate, settings)).toEqual([['WEIGHTS_MISSING', 'weightOwnership', 'none']]);
    expect(weightsOfTheTemplate(settings, { lockVersion: 1, slots: {} })[0]?.remedy).toContain('blue: 100, green: 0');
    expect(refused(weightsOfTheTemplate, template(1, 0))).toEqual([]);
  });

  test.each([
    [-5, 0, 'WEIGHTS_OUT_OF_RANGE'],
    [5000, 0, 'WEIGHTS_OUT_OF_RANGE'],
    [0, 0, 'WEIGHTS_ALL_ZERO'],
  ])('given weights %d and %d, then they are refused as %s', (blue, green, code) => {
    expect(refused(weightsInRange, template(blue, green))).toEqual([[code, 'weights', expect.any(String)]]);
  });

  test('given weights from 0 to 999, then nothing is refused', () => {
    expect(refused(weightsInRange, template(999, 0))).toEqual([]);
    expect(refused(weightsInRange, settingsOf())).toEqual([]);
  });

  test('given a weight on a slot that is not there, then it is refused: its share would be answered 503', () => {
    expect(refused(weightOnAbsentSlot, template(90, 10))).toEqual([['WEIGHT_ON_ABSENT_SLOT', 'weights.green', '10']]);
    const both = settingsOf({
      weightOwnership: 'template',
      weights: { blue: 90, green: 10 },
      slots: { blue: BLUE, green: BLUE },
    });
    expect(refused(weightOnAbsentSlot, both)).toEqual([]);
  });
});
