import fc from 'fast-check';
import { durationOf, secondsOf } from '../../../lib/traffic/duration';

describe('secondsOf', () => {
  test.each([
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['1h1s', 3601],
    ['0s', 0],
  ])('%s is %d', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  test.each(['', '10', 's', '1.5m', '-1s', '1s1m', '10 m', '1d', '10M', '1h 30m'])(
    '"%s" is refused with exit code 64 and how to write it',
    (text) => {
      expect(() => secondsOf(text)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID', exitCode: 64 }));
    },
  );

  test.each(['8785h', '99999999999h', '1h' + '9'.repeat(400) + 's'])(
    'given %s, more than a year, it is refused instead of becoming no date',
    (text) => {
      expect(() => secondsOf(text)).toThrow(
        expect.objectContaining({ code: 'DURATION_INVALID', exitCode: 64, problem: 'a duration is at most 8784h' }),
      );
    },
  );
  test('a year is one', () => expect(secondsOf('8784h')).toBe(31_622_400));
});

describe('durationOf', () => {
  test('law: read back, it is the same', () => {
    fc.assert(fc.property(fc.nat({ max: 10_000_000 }), (n) => expect(secondsOf(durationOf(n))).toBe(n)));
  });
  test.each([
    [0, '0s'],
    [0.4, '0s'],
    [59.6, '1m'],
    [3600, '1h'],
    [-5, '0s'],
  ])('%d s is %s', (seconds, text) => expect(durationOf(seconds)).toBe(text));
});
