import fc from 'fast-check';
import { RRegex } from 'rregex';
import { compile } from '../../../../lib/compatibility/regex/compile';
import { isEveryday } from '../../../../lib/compatibility/regex/everyday';
import { differences } from '../../../../lib/compatibility/regex/meaning';

describe('an everyday pattern', () => {
  it.each(['^/users/\\d+$', '^/v1/(?P<id>[0-9]+)/x', '^/users/(me|self)/profile', '^/a.b/[a-z0-9]{2}/[^/]+\\.json$'])(
    '%s is one',
    (pattern) => expect(isEveryday(pattern)).toBe(true),
  );
  it.each([
    '^/a|/b',
    '^/users/{id}',
    '^/x\\d++',
    '^/x+?',
    '^/[z-a]',
    '^/[a--b]',
    '^/(?!a)',
    '^/(?P<a>b)(?P<a>c)',
    '^/(\\w{99}){99}',
    '^/é',
    '^/(a(b))',
  ])('%s is left to the grammar', (pattern) => expect(isEveryday(pattern)).toBe(false));

  const parts = fc.constantFrom(
    ...[
      'a',
      '/',
      'x-y',
      '.',
      '\\d',
      '\\w',
      '\\.',
      '[a-z]',
      '[^/]',
      '[\\w.]',
      '[a-z-]',
      '[--/]',
      '(b)',
      '(?:c|d)',
      '(?P<n>e)',
    ],
    ...[
      '*',
      '+',
      '?',
      '{2}',
      '{3,}',
      '{4,1}',
      '{',
      '}',
      '(',
      ')',
      '|',
      '^',
      '$',
      '[',
      ']',
      '&&',
      '~~',
      '\\',
      '(?i)',
      'é',
      ' ',
    ],
  );
  it('is taken by the Rust crate, and means what it did', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (list) => {
        const pattern = `^/${list.join('')}`;
        if (!isEveryday(pattern)) return;
        seen += 1;
        new RRegex(pattern).free();
        const compiled = compile(pattern);
        expect(compiled.ok).toBe(true);
        if (compiled.ok) expect(differences(pattern.slice(1), pattern, compiled.node)).toEqual([]);
      }),
      { numRuns: 4000 },
    );
    expect(seen).toBeGreaterThan(200);
  });
});
