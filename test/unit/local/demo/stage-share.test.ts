import { deviation, withinSigma } from '../../../../local/demo/stage-share';

describe('the share seen in a stage', () => {
  test('given 600 requests at 5 %, then three sigma are 2.67 points', () => {
    expect(3 * deviation(0.05, 600)).toBeCloseTo(0.0267, 4);
  });

  test('given a share inside and one outside, then they are told apart', () => {
    expect(withinSigma(3, 0.05, 0.076, 600)).toBe(true);
    expect(withinSigma(3, 0.05, 0.078, 600)).toBe(false);
  });

  test('given all or nothing, then one request elsewhere is too many', () => {
    expect(withinSigma(3, 1, 1, 600)).toBe(true);
    expect(withinSigma(3, 1, 599 / 600, 600)).toBe(false);
  });

  test('given nothing seen, then there is no verdict', () => {
    expect(withinSigma(3, 0.5, undefined, 0)).toBeUndefined();
  });
});
