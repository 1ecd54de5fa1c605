import { routeRegexRustDialect } from '../../../../../lib/compatibility/declarative/rules/route-regex-rust-dialect';
import { context, route, verdict } from '../entity';

describe('what else Rust refuses in a path', () => {
  const rule = routeRegexRustDialect;
  it.each([
    ['/users/{id}', '~/users/\\{id}'],
    ['/[\\w-.]+', '~/[\\w\\-.]+'],
    ['/[a[b]', '~/[a\\[b]'],
    ['/a{,3}', '~/a\\{,3}'],
  ])('%s is spelled %s, which matches the same', (path, spelled) => {
    expect(verdict(rule, route(path))).toMatchObject([{ edits: [{ op: 'set', path: ['paths', 0], value: spelled }] }]);
    expect(verdict(rule, route(spelled))).toBe('compliant');
  });
  it.each(['/(?>a)', '/a(?R)?(?1)', '/\\h', '/a\\K', '/a\\Z', '/[a', '/(a'])('%s is for a person', (path) => {
    const found = verdict(rule, route(path));
    expect(found).toMatchObject([{ path: ['paths', 0], message: expect.stringMatching(/does not compile/) }]);
    expect(found).not.toHaveProperty('0.edits');
  });
  it('may refuse a regex for its size', () => {
    expect(verdict(rule, route('/\\w{1,500}$'))).toMatchObject([
      { message: expect.stringMatching(/may not compile.*10 MiB/) },
    ]);
    expect(verdict(rule, route('/\\w{1,64}$'))).toBe('compliant');
  });
  it('leaves look-arounds, back-references and the old router to others', () => {
    expect(verdict(rule, route('/a(?!b)', '/(a)\\1', '/\\yes+'))).toBe('compliant');
    expect(verdict(rule, route('/users/{id}'), context({ conf: { router_flavor: 'traditional' } }))).toBe('compliant');
    expect(verdict(rule, route('/plain'))).toBe('not-applicable');
  });
});
