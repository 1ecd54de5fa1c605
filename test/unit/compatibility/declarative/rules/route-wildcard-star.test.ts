import { routeWildcardStar } from '../../../../../lib/compatibility/declarative/rules/route-wildcard-star';
import { context, route, verdict } from '../entity';

describe('a path that ends with /*', () => {
  it('goes on as the regex that it was, and is told what it means', () => {
    expect(verdict(routeWildcardStar, route('/glob/*'))).toMatchObject([
      {
        path: ['paths', 0],
        message: expect.stringMatching(/every path that begins with \/glob;/),
        how: expect.stringMatching(/\/glob\/ says it$/),
        edits: [{ op: 'set', path: ['paths', 0], value: '~/glob/*' }],
      },
    ]);
  });
  it('is fine without the star, or marked', () => {
    expect(verdict(routeWildcardStar, route('/glob/', '~/glob/*', '/a*b'))).toBe('compliant');
  });
  it('is plain text in a file of 3.0', () => {
    expect(verdict(routeWildcardStar, route('/glob/*'), context({ formatVersion: '3.0' }))).toBe('not-applicable');
  });
});
