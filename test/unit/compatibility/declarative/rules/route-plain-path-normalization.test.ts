import { routePlainPathNormalization } from '../../../../../lib/compatibility/declarative/rules/route-plain-path-normalization';
import { context, route, verdict } from '../entity';

describe('a plain path that is not normalised', () => {
  const rule = routePlainPathNormalization;
  it.each([
    ['/docs/%7Ehome', '/docs/~home'],
    ['/docs2/a/./b', '/docs2/a/b'],
    ['/docs/my%20file', '/docs/my file'],
    ['/a//b', '/a/b'],
  ])('%s becomes %s, which 3.4.2 asks for', (path, normalized) => {
    expect(verdict(rule, route(path))).toMatchObject([
      { path: ['paths', 0], edits: [{ op: 'set', value: normalized }] },
    ]);
    expect(verdict(rule, route(normalized), context({ formatVersion: '3.0' }))).toBe('compliant');
  });
  it('is told in a file of 3.0 too', () => {
    expect(verdict(rule, route('/a%41'), context({ formatVersion: '3.0' }))).toMatchObject([
      { edits: [{ value: '/aA' }] },
    ]);
  });
  it('is for a person where its bytes are no text', () => {
    expect(verdict(rule, route('/a%FF'))).toMatchObject([{ message: expect.stringMatching(/no UTF-8/) }]);
    expect(verdict(rule, route('/a%FF'))).not.toHaveProperty('0.edits');
  });
  it('is no matter of a regex', () => {
    expect(verdict(rule, route('~/a%41', '/x+%41'))).toBe('not-applicable');
  });
});
