import fc from 'fast-check';
import { migratePath } from '../../../../local/kong/migrations/data';
import { escapePath, normalizePath } from '../../../../local/kong/paths';

/** Pairs of paths before and after Kong 3.4's migration: test/recorded/datastore. */
test.each([
  ['/orders', '/orders'],
  ['/users/\\d+$', '~/users/\\d+$'],
  ['/glob/*', '~/glob/*'],
  ['/lang/c++', '~/lang/c++'],
  ['/reports/q%20\\d', '~/reports/q \\d'],
  ['/docs/my%20file', '/docs/my file'],
  ['/docs/caf%C3%A9', '/docs/café'],
  ['/docs/%7Ehome', '/docs/~home'],
  ['/docs/a%2Fb', '/docs/a%2Fb'],
  ['/docs/x%3ay', '/docs/x%3Ay'],
  ['/docs/up/../down', '/docs/down'],
  ['/docs2/a/./b', '/docs2/a/b'],
])('given the 2.8 path %s, the migration makes it %s', (before, after) => {
  expect(migratePath(before)).toBe(after);
});

test('given any plain path, normalising it twice changes nothing more', () => {
  const segment = fc.stringMatching(/^[a-zA-Z0-9._~-]{0,6}(%2F|%20|%C3%A9)?$/);
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      const once = normalizePath(`/${segments.join('/')}`);
      expect(normalizePath(escapePath(once))).toBe(once);
    }),
  );
});

test('given a decoded path, what goes to the upstream is percent-encoded again', () => {
  expect(escapePath('/docs/café au lait')).toBe('/docs/caf%C3%A9%20au%20lait');
  expect(escapePath('/docs/a%2Fb')).toBe('/docs/a%2Fb');
});
