import { routeRegexMeaning } from '../../../../../lib/compatibility/declarative/rules/route-regex-meaning';
import { context, route, verdict } from '../entity';

describe('a regex that means something else in Rust', () => {
  const rule = routeRegexMeaning;
  it('is spelled so that it means what it did, where that can be', () => {
    expect(verdict(rule, route('/[a-z&&b]'))).toMatchObject([
      { message: expect.stringMatching(/intersect/), edits: [{ value: '~/[a-z\\&&b]' }] },
    ]);
  });
  it('is for a person where it is possessive', () => {
    const found = verdict(rule, route('/a{2}+b'));
    expect(found).toMatchObject([{ message: expect.stringMatching(/repetition of a repetition/) }]);
    expect(found).not.toHaveProperty('0.edits');
  });
  it('is not told of what matches the same, does not compile, or stays with the old router', () => {
    expect(verdict(rule, route('/poss/\\d++/end', '/lang/c++', '/a(?!b)'))).toBe('compliant');
    expect(verdict(rule, route('/a{2}+b'), context({ conf: { router_flavor: 'traditional' } }))).toBe('compliant');
    expect(verdict(rule, route('/plain'))).toBe('not-applicable');
  });
});
