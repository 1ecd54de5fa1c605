import fc from 'fast-check';
import { knownMinors } from '../../../lib/release/catalogue';
import { KongVersion } from '../../../lib/release/kong-version';
import { isSupportedStep, requireStep } from '../../../lib/release/steps';

const supported = (from: string, to: string): boolean =>
  isSupportedStep(KongVersion.parse(from), KongVersion.parse(to));
const refusal = (from: string, to: string): { code: string; found: string; remedy: string } => {
  try {
    requireStep(KongVersion.parse(from), KongVersion.parse(to));
  } catch (error) {
    return error as { code: string; found: string; remedy: string };
  }
  throw new Error(`${from} → ${to} was not refused`);
};

describe('version steps of a dual-cluster upgrade', () => {
  test.each([
    ['2.8', '3.4'],
    ['2.8.4.14', '3.4.3.29'],
    ['3.4', '3.10'],
    ['3.10', '3.14'],
    ['3.4.1', '3.5.0'],
    ['3.4.0', '3.4.2'],
    ['2.6', '2.8'],
    ['0.36', '1.3'],
    ['1.5.1', '2.1.4'],
    ['3.4.2', '3.4'],
    ['3.4', '3.4.2'],
  ])('%s → %s is supported', (from, to) => {
    expect(supported(from, to)).toBe(true);
    expect(() => requireStep(KongVersion.parse(from), KongVersion.parse(to))).not.toThrow();
  });

  test('given 2.6 → 3.4, then it is refused and the two supported steps are named', () => {
    expect(refusal('2.6', '3.4')).toMatchObject({
      code: 'VERSION_STEP_UNSUPPORTED',
      found: '2.6 → 3.4',
      remedy: 'upgrade 2.6 → 2.8 first, then 2.8 → 3.4',
    });
  });

  test('given a step over two long-term versions, then the one between is named', () => {
    expect(refusal('2.8', '3.10').remedy).toBe('upgrade 2.8 → 3.4 first, then 3.4 → 3.10');
  });

  test('given more than two steps, then all of them are named', () => {
    expect(refusal('2.8', '3.14').remedy).toBe('go 2.8 → 3.4 → 3.10 → 3.14, one upgrade each');
    expect(refusal('0.36', '2.2').remedy).toBe('go 0.36 → 1.3 → 1.5 → 2.1 → 2.2, one upgrade each');
  });

  test.each([
    ['2.8', '3.1'],
    ['2.8.4.14', '3.1.1.3'],
    ['2.8.4.14', '3.1.1.6'],
  ])('%s → %s is supported: Enterprise from 3.1.1.3 on takes it directly', (from, to) => {
    expect(supported(from, to)).toBe(true);
  });

  test.each([
    ['2.8.4.14', '3.1.1.2'],
    ['2.8.5', '3.1.1'],
    ['2.8.5', '3.1'],
  ])('%s → %s is refused: an older patch and open source go through 3.0', (from, to) => {
    expect(refusal(from, to).remedy).toBe('upgrade 2.8 → 3.0 first, then 3.0 → 3.1');
  });

  test('given two minors that no way joins, then the next one is named', () => {
    expect(refusal('1.0', '1.2').remedy).toBe('upgrade to 1.5, the next version that 1.0 can go to');
  });

  test.each([
    ['3.4', '2.8'],
    ['3.4.2', '3.4.1'],
    ['3.4.3.12', '3.4.3.5'],
  ])('given the downgrade %s → %s, then it is refused as one', (from, to) => {
    expect(refusal(from, to)).toMatchObject({
      code: 'VERSION_STEP_UNSUPPORTED',
      problem: 'Kong supports no downgrade of a database',
    });
  });

  test.each([
    ['1.6', '2.8'],
    ['3.4', '4.0'],
    ['9.9', '9.10'],
  ])('given an unknown minor in %s → %s, then it is refused and the known range is named', (from, to) => {
    expect(refusal(from, to).remedy).toBe('use versions from 0.14 to 3.15; the latest long-term version is 3.14');
  });

  test('given any two known minors, then no step goes down, and a refusal names steps that are themselves supported', () => {
    const minor = fc.constantFrom(...knownMinors());
    fc.assert(
      fc.property(minor, minor, (from, to) => {
        const [a, b] = [KongVersion.parse(from), KongVersion.parse(to)];
        if (isSupportedStep(a, b)) return expect(a.compare(b)).toBeLessThanOrEqual(0);
        const named = /upgrade (\S+) → (\S+) first, then (\S+) → (\S+)/.exec(refusal(from, to).remedy);
        if (named === null) return;
        expect(supported(named[1]!, named[2]!)).toBe(true);
        expect(supported(named[3]!, named[4]!)).toBe(true);
        expect([named[1], named[4]]).toEqual([from, to]);
      }),
      { numRuns: 600 },
    );
  });
});
