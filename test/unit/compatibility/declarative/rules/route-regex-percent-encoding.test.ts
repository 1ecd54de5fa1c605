import { routeRegexPercentEncoding } from '../../../../../lib/compatibility/declarative/rules/route-regex-percent-encoding';
import { context, route, verdict } from '../entity';

describe('a percent-encoded character in a regex', () => {
  const rule = routeRegexPercentEncoding;
  it('is decoded, as the migration does, and escaped where it would mean something', () => {
    expect(verdict(rule, route('/reports/q%20\\d', '/a%2Eb+'))).toMatchObject([
      { path: ['paths', 0], edits: [{ op: 'set', path: ['paths', 0], value: '/reports/q \\d' }] },
      { path: ['paths', 1], edits: [{ value: '/a\\.b+' }] },
    ]);
  });
  it('is decoded in a regex that is marked already, as deck leaves it', () => {
    expect(verdict(rule, route('~/q%20\\d'), context({ formatVersion: '3.0' }))).toMatchObject([
      { edits: [{ value: '~/q \\d' }] },
    ]);
  });
  it('stays where it is reserved', () => {
    expect(verdict(rule, route('/a%2Fb+'))).toBe('compliant');
  });
  it('is for a person where it is no text', () => {
    const found = verdict(rule, route('/a%FF+'));
    expect(found).toMatchObject([{ message: expect.stringMatching(/no UTF-8/) }]);
    expect(found).not.toHaveProperty('0.edits');
  });
  it('is no matter in a plain path', () => {
    expect(verdict(rule, route('/docs/my%20file'))).toBe('not-applicable');
  });
});
