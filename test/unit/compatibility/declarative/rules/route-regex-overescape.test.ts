import { routeRegexOverescape } from '../../../../../lib/compatibility/declarative/rules/route-regex-overescape';
import { context, route, verdict } from '../entity';

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
  it('before punctuation may be refused by 3.0 to 3.3, and is dropped', () => {
    const found = verdict(rule, route('/esc\\/aped\\_x/\\d+\\.'), context({ to: '3.3' }));
    expect(found).toMatchObject([
      { message: expect.stringMatching(/may refuse a backslash/), edits: [{ value: '~/esc/aped_x/\\d+\\.' }] },
    ]);
    expect(verdict(rule, route('/a\\-b\\d', '/[\\:a]'), context({ to: '3.3' }))).toBe('compliant');
  });
});
