import { routeRegexOverescape } from '../../../../../lib/compatibility/declarative/rules/route-regex-overescape';
import { route, verdict } from '../entity';

describe('a needless backslash in a path', () => {
  const rule = routeRegexOverescape;
  it('before a letter is refused, and dropped', () => {
    expect(verdict(rule, route('/\\yes/\\d'))).toMatchObject([
      { message: expect.stringMatching(/\\y is not known/), edits: [{ value: '~/yes/\\d' }] },
    ]);
  });
  it('before ASCII punctuation is taken by 3.4.2, as recorded', () => {
    expect(verdict(rule, route('/esc\\/aped\\-path\\_x/\\d+'))).toBe('compliant');
  });
  it('is no matter without a regex', () => {
    expect(verdict(rule, route('/plain'))).toBe('not-applicable');
  });
});
