import { routeRegexBackreference } from '../../../../../lib/compatibility/declarative/rules/route-regex-backreference';
import { context, route, verdict } from '../entity';

describe('a back-reference in a path', () => {
  const rule = routeRegexBackreference;
  it.each(['/(\\w)\\1', '/(?<n>a)\\k<n>', '/(?P<n>a)(?P=n)', '/(a)\\g1'])('%s is refused', (path) => {
    const found = verdict(rule, route(path));
    expect(found).toMatchObject([{ path: ['paths', 0] }]);
    expect(found).not.toHaveProperty('0.edits');
  });
  it('is fine with router_flavor=traditional, and where there is none', () => {
    expect(verdict(rule, route('/(a)\\1'), context({ conf: { router_flavor: 'traditional' } }))).toBe('compliant');
    expect(verdict(rule, route('/a\\d{2}'))).toBe('compliant');
    expect(verdict(rule, route('/plain'))).toBe('not-applicable');
  });
});
