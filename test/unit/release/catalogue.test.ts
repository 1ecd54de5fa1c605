import {
  dayOf,
  FACTS_AS_OF,
  isKnownPatch,
  isLts,
  knownMinors,
  latestPatch,
  nextLts,
  postgresMajors,
  releaseOf,
  supportOn,
  supportsCassandra,
} from '../../../lib/release/catalogue';
import { KongVersion } from '../../../lib/release/kong-version';

describe('the catalogue of releases', () => {
  test('knows the minors from 0.14 to 3.15 and no other', () => {
    expect([knownMinors()[0], knownMinors().at(-1)]).toEqual(['0.14', '3.15']);
    expect(['2.9', '3.99', '4.0', '', 'constructor'].filter((minor) => releaseOf(minor) !== undefined)).toEqual([]);
  });

  test.each([
    ['2.8', '2.8.5', '2.8.4.14'],
    ['3.4', '3.4.2', '3.4.3.29'],
    ['3.10', undefined, '3.10.0.17'],
    ['2.0', '2.0.5', undefined],
    ['9.1', undefined, undefined],
  ])('%s: its latest patch is %s as open source, %s as Enterprise', (minor, oss, enterprise) => {
    expect([latestPatch(minor, 'oss'), latestPatch(minor, 'enterprise')]).toEqual([oss, enterprise]);
  });

  test.each([
    ['2026-08-31', 'supported'],
    ['2026-09-01', 'sunset'],
    ['2027-08-31', 'sunset'],
    ['2027-09-01', 'ended'],
  ])('given %s, the support of 3.4 is %s: the last day counts', (day, status) => {
    expect(supportOn('3.4', day)).toEqual({ status, endOfFullSupport: '2026-08-31', endOfSunset: '2027-08-31' });
  });

  test('given a minor without an Enterprise release, then it has no support', () => {
    expect(supportOn('2.0', FACTS_AS_OF)).toBeUndefined();
    expect(supportOn('9.1', FACTS_AS_OF)).toBeUndefined();
  });

  test.each([
    ['2.8', '2026-08-21', '3.4'],
    ['2.8', '2026-09-01', '3.10'],
    ['3.4', '2026-11-21', '3.10'],
    ['3.4', '2025-01-01', undefined],
    ['3.10', '2026-11-21', '3.14'],
    ['3.14', '2026-11-21', undefined],
  ])('the next long-term version after %s on %s is %s: out, and in full support', (minor, day, next) => {
    expect(nextLts(minor, day)).toBe(next);
  });

  test('long-term versions, PostgreSQL and Cassandra are told by minor', () => {
    expect([isLts('3.4'), isLts('3.5'), isLts('9.1')]).toEqual([true, false, false]);
    expect(postgresMajors('2.8')).toEqual([12, 13, 14, 15]);
    expect(postgresMajors('3.0')).toBeUndefined();
    expect(['0.14', '2.8', '3.3', '3.4', '3.10'].map(supportsCassandra)).toEqual([true, true, true, false, false]);
  });

  test.each([
    ['3.4.3.12', true],
    ['3.4.3.30', false],
    ['3.1.1.1', true],
    ['3.4.2', true],
    ['3.4.1', undefined],
    ['3.4.3', false],
    ['2.5.0.1', undefined],
    ['3.10.0', false],
    ['2.0.0.1', false],
    ['3.4', undefined],
  ])('whether %s is a known patch: %s', (version, known) => {
    expect(isKnownPatch(KongVersion.parse(version))).toBe(known);
  });

  test('given a day as text or as a Date, then it is a day in UTC', () => {
    expect(dayOf('2026-08-21')).toBe('2026-08-21');
    expect(dayOf('2026-08-21T23:30:00+02:00')).toBe('2026-08-21');
    expect(dayOf(new Date('2026-08-21T23:30:00Z'))).toBe('2026-08-21');
  });

  test.each(['', 'today', '2026-02-30', '2026-13-01', '21.8.2026'])('given %p as a day, then it is refused', (bad) => {
    expect(() => dayOf(bad)).toThrow(expect.objectContaining({ code: 'DATE_INVALID', exitCode: 64 }));
  });

  test('given a Date that is none, then it is refused', () => {
    expect(() => dayOf(new Date('x'))).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }));
  });
});
