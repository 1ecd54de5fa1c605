import fc from 'fast-check';
import { isRegexIn2x, migratedPath, normalizedPath, rustPattern } from '../../../../lib/compatibility/regex/kong-path';
import recorded from '../../../recorded/declarative/routes-2.8.5-3.4.2.json';

const paths = recorded.routes.flatMap(({ name, paths: { '2.8.5': before, '3.4.2': after } }) =>
  (before ?? []).map((path, i) => ({ name, path, migrated: (after ?? [])[i] })),
);

describe('the path of a route', () => {
  it('is recorded for 65 routes', () => {
    expect(recorded.routes).toHaveLength(65);
    expect(paths.length).toBeGreaterThan(64);
  });
  it.each(paths)('$path of $name is migrated as 3.4.2 migrated it', ({ path, migrated }) => {
    expect(migratedPath(path)).toBe(migrated);
  });
  it.each(Object.entries(recorded.nonNormalized))('of %s is normalised to what 3.4.2 asked for', (name, asked) => {
    const found = paths.find((one) => one.name === name)?.path;
    expect(normalizedPath(found ?? '')).toBe(asked);
  });

  it.each([
    ['/a/b.c-d_e~f%20', false],
    ['/a+', true],
    ['/a*', true],
    ['/a b', true],
    ['/a:b', true],
    ['/é', true],
    ['/users/{id}', true],
  ])('%j is a regex in 2.x: %s', (path, expected) => {
    expect(isRegexIn2x(path)).toBe(expected);
  });
  it.each([
    ['/a/./b/../c//d', '/a/c/d'],
    ['/a/..', '/'],
    ['/..', '/'],
    ['/a/.', '/a/'],
    ['/../../x', '/x'],
    ['/%2e%2E/x', '/x'],
    ['/%2f%2F', '/%2F%2F'],
    ['/%2541', '/%2541'],
    ['/a%00', undefined],
    ['/a%ff', undefined],
    ['/%F0%9F%98%80', '/😀'],
  ])('%j is normalised to %j', (path, expected) => {
    expect(normalizedPath(path)).toBe(expected);
  });
  it('of a regex has its decoded characters escaped where they would mean something', () => {
    expect(migratedPath('/a%2Eb%2d\\d%7Bx%7D%5c%41%2B')).toBe('~/a\\.b\\-\\d\\{x\\}\\\\A%2B');
  });
  it('that is normalised is normal', () => {
    const part = fc.constantFrom('/', '.', '..', '%', '%2e', '%41', '%25', '%2F', 'a', '%C3%A9', '41', '~');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const once = normalizedPath(`/${parts.join('')}`);
        // A `%` that only stands before two digits after another one was decoded is no path that Kong accepts.
        fc.pre(once !== undefined && !/%(?![0-9A-F]{2})/i.test(parts.join('')));
        expect(normalizedPath(once ?? '')).toBe(once);
      }),
    );
  });
  it('becomes the pattern that 3.4.2 logged', () => {
    expect(rustPattern('~/multi/(?<=multi/)x\\d')).toBe('^/multi/(?P<=multi/)x\\d');
    expect(rustPattern('~/accounts/(?<account>\\w+)/users')).toBe('^/accounts/(?P<account>\\w+)/users');
  });
});
