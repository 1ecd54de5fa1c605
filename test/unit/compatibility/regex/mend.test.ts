import fc from 'fast-check';
import { RRegex } from 'rregex';
import { rustPattern } from '../../../../lib/compatibility/regex/kong-path';
import { mended } from '../../../../lib/compatibility/regex/mend';

describe('a regex spelled for Rust', () => {
  it.each([
    ['/users/{id}', '/users/\\{id}'],
    ['/a{,3}', '/a\\{,3}'],
    ['/a{ 2 }', '/a\\{ 2 }'],
    ['/[a[b]', '/[a\\[b]'],
    ['/[a[b]]', '/[a\\[b]]'],
    ['/[\\w-.]+', '/[\\w\\-.]+'],
    ['/[a-z&&b]', '/[a-z\\&&b]'],
    ['/[+--]\\y', '/[+-\\-]y'],
    ['/\\Qa.b\\E', '/a\\.b'],
    ['/(?#note)a', '/a'],
    ['/a?<b', '/a?\\x3Cb'],
    ['/\\<a\\>', '/\\x3Ca\\x3E'],
    ['/[\\b]', '/[\\x08]'],
    ['/a|/b', '/(?:a|b)'],
    ['/users/{id}|^/me$|/', '/(?:users/\\{id}|me$|)'],
    ['/(?<id>a)|/b', '/(?:(?P<id>a)|b)'],
  ])('%j becomes %j', (regex, expected) => {
    expect(mended(regex)).toBe(expected);
  });
  it.each([
    '/a',
    '/\\d+$',
    '/[a-z.-]',
    '/(?!a)',
    '/(a)\\1',
    '/a{2}+b',
    '/a(?>b)',
    '/[a',
    '/(?x)a {id}',
    '/a|b',
    '/a|/*b',
    // PCRE 8 and PCRE2 do not read these alike.
    '/[ab\\d--[\\w-.]',
    '/{id}[\\d-a-z]',
  ])('%j is left alone: it is sound, or no spelling makes it so', (regex) => {
    expect(mended(regex)).toBeUndefined();
  });

  it('binds every alternative to the beginning of the path, as Kong 2.x did', () => {
    const matches = (regex: string, path: string) => new RRegex(rustPattern(`~${regex}`)).isMatch(path);
    expect(matches('/a|/b', '/x/b')).toBe(true);
    expect(['/x/b', '/b', '/a'].map((path) => matches(mended('/a|/b') ?? '', path))).toEqual([false, true, true]);
  });

  // JavaScript without the flag u reads lone braces, brackets in classes and needless escapes as PCRE does.
  const part = fc.constantFrom(
    'a',
    'b',
    '/',
    '{',
    '}',
    '{a}',
    '{,2}',
    '{2}',
    '\\w',
    '\\d',
    '.',
    '[ab',
    '[a[b]',
    '[\\w-.]',
    '[a-]',
    '[^/]',
    ']',
    '&&',
    '--',
    '-',
    '\\y',
    '\\<',
    '+',
    '?',
    '?<',
  );
  const subject = fc.array(fc.constantFrom('a', 'b', '/', '{', '}', '[', ']', '-', '.', '&', ',', '2', '<', 'y', '3'), {
    maxLength: 8,
  });
  it('matches what it matched', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.array(subject, { minLength: 8, maxLength: 8 }),
        (parts, subjects) => {
          const regex = parts.join('');
          const spelled = mended(regex);
          if (spelled === undefined) return;
          expect(mended(spelled)).toBeUndefined();
          let before: RegExp;
          try {
            before = new RegExp(`^${regex}`);
          } catch {
            return;
          }
          // A possessive quantifier and an empty class are where JavaScript is not PCRE.
          if (/[+*?}]\+|\[\^?\]/.test(regex)) return;
          const after = new RRegex(rustPattern(`~${spelled}`));
          compared += 1;
          const texts = [...subjects.map((chars) => chars.join('')), regex, regex.replaceAll('\\', '')];
          for (const text of texts)
            expect([regex, text, after.isMatch(text)]).toEqual([regex, text, before.test(text)]);
          after.free();
        },
      ),
      { numRuns: 800 },
    );
    expect(compared).toBeGreaterThan(60);
  });
});
