import fc from 'fast-check';
import { KongVersion } from '../../../lib/release/kong-version';

const part = fc.nat({ max: 40 });
const parts = fc.oneof(
  fc.tuple(part, part),
  fc.tuple(part, part, part),
  fc.tuple(part, part, part, part),
) as fc.Arbitrary<number[]>;
const preRelease = fc.option(fc.constantFrom('rc.1', 'rc.2', 'alpha', 'beta.11'), { nil: undefined });
const text = fc.tuple(parts, preRelease).map(([numbers, pre]) => numbers.join('.') + (pre ? `-${pre}` : ''));
const version = text.map((t) => KongVersion.parse(t));

describe('a Kong version', () => {
  test('given any version, when parsed and printed, then the text is the same', () => {
    fc.assert(fc.property(text, (t) => expect(KongVersion.parse(t).toString()).toBe(t)));
  });

  test('the order is total: antisymmetric, transitive, and equal only for the same text', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(a.compare(b))).toBe(-Math.sign(b.compare(a)) + 0);
        if (a.compare(b) <= 0 && b.compare(c) <= 0) expect(a.compare(c)).toBeLessThanOrEqual(0);
        expect(a.compare(b) === 0).toBe(a.toString() === b.toString());
      }),
    );
  });

  test('given two Enterprise versions, then the fourth part decides, as a number', () => {
    expect(KongVersion.parse('3.4.3.5').compare(KongVersion.parse('3.4.3.12'))).toBeLessThan(0);
  });

  test('given a pre-release, then it comes before its release and after the release before that', () => {
    const rc = KongVersion.parse('3.4.3.12-rc.1');
    expect(rc.compare(KongVersion.parse('3.4.3.12'))).toBeLessThan(0);
    expect(rc.compare(KongVersion.parse('3.4.3.11'))).toBeGreaterThan(0);
  });

  test.each([
    ['2.8', '2.8'],
    ['3.4.2', '3.4'],
    ['3.10.0.17', '3.10'],
  ])('given %s, then its minor is %s', (given, minor) => {
    expect(KongVersion.parse(given).minor()).toBe(minor);
  });

  test('given 3.10, then it is at least 3.4, and 3.4 is not at least 3.10', () => {
    expect(KongVersion.parse('3.10').isAtLeastMinor('3.4')).toBe(true);
    expect(KongVersion.parse('3.4.3.29').isAtLeastMinor('3.10')).toBe(false);
    expect(KongVersion.parse('3.3.0-rc.1').isAtLeastMinor('3.3')).toBe(true);
  });

  test.each([
    '',
    '3',
    'v3.4',
    '3.4.',
    '3.04',
    '3.4.2.012',
    '3.4.3.5.6',
    '3.4 ',
    'latest',
    '3.x',
    '3.4.2.99999999999999999',
  ])('given %p, when parsed, then it is refused with the value found', (bad) => {
    expect(() => KongVersion.parse(bad)).toThrow(
      expect.objectContaining({ code: 'VERSION_INVALID', found: bad || 'nothing' }),
    );
    expect(KongVersion.tryParse(bad)).toBeUndefined();
  });

  test('given the number of its parts, then it tells its edition', () => {
    expect(
      ['3.4', '3.4.2', '3.4.3.12', '3.4.0-rc.1', '3.4.0.0-beta'].map((t) => KongVersion.parse(t).edition()),
    ).toEqual([undefined, 'oss', 'enterprise', 'oss', 'enterprise']);
  });

  test.each([
    ['3.1.1.6', '>=2.8 <3.4', true],
    ['3.4.0.0', '>=2.8 <3.4', false],
    ['2.8.4.14', '>=2.8 <3.4', true],
    ['2.8', '>=2.8 <3.4', true],
    ['2.7.2', '>=2.8 <3.4', false],
    ['3.4.3.12', '3.4', true],
    ['3.4.3.12', '>3.4', false],
    ['3.4.3.12', '<=3.4', true],
    ['3.4.3.12', '>=3.4.3.5 <3.4.3.20', true],
    ['3.4.3.4', '>=3.4.3.5', false],
    ['3.10.0.0', '>=3.4 <3.5 || >= 3.10', true],
    ['3.9.1', '>=3.4 <3.5 || >= 3.10', false],
    ['3.4.0-rc.1', '>=3.4', true],
    ['3.4.0-rc.1', '>=3.4.0', false],
    ['3.4.0-rc.2', '>3.4.0-rc.1 <3.4.0', true],
  ])('whether %s is in %s: %s', (given, range, expected) => {
    expect(KongVersion.parse(given).satisfies(range)).toBe(expected);
  });

  test.each(['', '>=', '3.x', '>=2.8 ~3.4', '>=2.8 ||', '^3.4', '>=2.8,<3.4'])(
    'given the range %p, then it is refused, whatever the version',
    (range) => {
      for (const given of ['1.0', '3.4', '9.9'])
        expect(() => KongVersion.parse(given).satisfies(range)).toThrow(
          expect.objectContaining({ code: 'VERSION_RANGE_INVALID', found: range || 'nothing' }),
        );
    },
  );

  test('of any version and bound one of <, = and > holds, <= and >= are their unions, and order decides where all parts are named', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [less, same, more] = ['<', '=', '>'].map((operator) => a.satisfies(operator + b.toString()));
        expect([less, same, more].filter(Boolean)).toHaveLength(1);
        expect(a.satisfies(`<=${b.toString()}`)).toBe(less || same);
        expect(a.satisfies(`>=${b.toString()}`)).toBe(more || same);
        if (less) expect(a.compare(b)).toBeLessThan(0);
        if (more) expect(a.compare(b)).toBeGreaterThan(0);
        expect(a.satisfies(a.toString())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
