import { routeRegexLookaround } from '../../../../../lib/compatibility/declarative/rules/route-regex-lookaround';
import { context, entity, route, verdict } from '../entity';

describe('a look-around in a path', () => {
  const rule = routeRegexLookaround;
  it.each(['/a(?!b)', '/a(?=b)', '~/a(?!b)', '/(?<=a)b', '/(?<!a)b'])('%s is refused', (path) => {
    expect(verdict(rule, route(path))).toMatchObject([
      {
        path: ['paths', 0],
        message: expect.stringMatching(/does not compile .*look-(ahead|behind) is not supported.*dropped/),
      },
    ]);
  });
  it('says what becomes of a route with several paths', () => {
    expect(verdict(rule, route('/plain', '/\\d', '/(?<=a)b'))).toMatchObject([
      { path: ['paths', 2], message: expect.stringMatching(/loses all its regex paths, its plain ones stay/) },
    ]);
  });
  it('is fine with router_flavor=traditional', () => {
    expect(verdict(rule, route('/a(?!b)'), context({ conf: { router_flavor: 'traditional' } }))).toBe('compliant');
  });
  it('leaves other regexes and plain paths alone', () => {
    expect(verdict(rule, route('/a\\d', '/(a)\\1', '/(?<n>a)'))).toBe('compliant');
    expect(verdict(rule, route('/plain'))).toBe('not-applicable');
    expect(verdict(rule, route('/a(?!b)'), context({ formatVersion: '3.0' }))).toBe('not-applicable');
  });
  it('is refused in the regex of a header too', () => {
    const headers = { 'X-Env': ['~*^(?!prod)'], plain: ['(?!a)'] };
    expect(verdict(rule, entity('routes', { name: 'r', headers }))).toMatchObject([
      { path: ['headers', 'X-Env', 0], message: expect.stringMatching(/look-ahead.*the route is dropped/) },
    ]);
    expect(verdict(rule, entity('routes', { name: 'r', headers: { a: ['~*x+'] } }))).toBe('compliant');
  });
});
