import { RRegex } from 'rregex';
import { rustPattern } from '../../../../lib/compatibility/regex/kong-path';
import { differences } from '../../../../lib/compatibility/regex/meaning';
import { parse } from '../../../../lib/compatibility/regex/parse';

function told(regex: string): readonly string[] {
  const pattern = rustPattern(`~${regex}`);
  const parsed = parse(pattern);
  if (!parsed.ok) throw new Error(parsed.refusal.why);
  return differences(regex, pattern, parsed.node).map(({ what }) => what);
}

describe('what compiles in both and means something else', () => {
  it.each([
    ['/(a++|b)a', /repetition of a repetition/],
    ['/a{2}+b', /repetition of a repetition/],
    ['/\\d++1', /repetition of a repetition/],
    ['/\\w?+x', /repetition of a repetition/],
    ['/[a[b]]', /nest/],
    ['/[a-z&&b]', /intersect/],
    ['/a{ 2 }', /plain text/],
    ['/(?R)a', /recursion/],
    ['/\\<a', /edge of a word/],
    ['/a?<b', /names no group/],
    ['/\\v', /vertical/],
    ['/a|/b', /beginning of the path/],
    ['/[éè]', /class of bytes/],
    ['/é+', /last byte/],
  ])('%j is told', (regex, what) => {
    expect(told(regex)).toEqual([expect.stringMatching(what)]);
  });
  it.each([
    '/users/\\d+$',
    '/poss/\\d++/end',
    '/[^/]++/x',
    '/(?<name>\\w+)/x',
    '/a{2,3}?',
    '/[a-z[:digit:]-]+',
    '/(?i)a',
    '/lang/c++/x',
    '/lang/c++',
    '/(a|b)',
    '/a|^/b',
    '/é(x)',
  ])('%j is not told', (regex) => {
    expect(told(regex)).toEqual([]);
  });
  it('matches more than it did, by the crate itself', () => {
    expect(new RRegex('^/a{2}+b$').isMatch('/aaaab')).toBe(true);
    expect(new RRegex('^/[a-z&&b]$').isMatch('/c')).toBe(false);
  });
});
