import { routeRegexTilde } from '../../../../../lib/compatibility/declarative/rules/route-regex-tilde';
import { context, route, verdict } from '../entity';

describe('a regex path without ~', () => {
  it('is a regex in 2.x and plain text in 3.x', () => {
    expect(verdict(routeRegexTilde, route('/plain', '/users/\\d+$'))).toEqual([
      {
        path: ['paths', 1],
        message: '/users/\\d+$ is a regex in 2.x and plain text in 3.x, accepted without a warning',
        how: 'write ~/users/\\d+$',
        edits: [{ op: 'set', path: ['paths', 1], value: '~/users/\\d+$' }],
      },
    ]);
  });
  it('is found by the guess that 2.x makes', () => {
    expect(verdict(routeRegexTilde, route('/a.b-c_d~e%20/f', '~/g+', '/'))).toBe('compliant');
    expect(verdict(routeRegexTilde, route('/a b'))).toHaveLength(1);
  });
  it('does not exist in a file of 3.0, nor without paths', () => {
    expect(verdict(routeRegexTilde, route('/users/\\d+'), context({ formatVersion: '3.0' }))).toBe('not-applicable');
    expect(verdict(routeRegexTilde, route())).toBe('not-applicable');
  });
});
