import fc from 'fast-check';
import { RRegex } from 'rregex';
import { parse } from '../../../../lib/compatibility/regex/parse';

/**
 * What the real crate says: undefined where it compiles, `size` where it is too large, else where it points to and why.
 * The WebAssembly build is never freed of what it compiled but by `free`, and a pattern of some MB stays with it for good.
 */
function crate(pattern: string): { carets: string; error: string } | 'size' | undefined {
  try {
    new RRegex(pattern).free();
    return undefined;
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    if (/size limit/.test(text)) return 'size';
    const error = /error: (.*)$/.exec(text)?.[1];
    if (error === undefined) throw new Error(`not understood: ${text} for ${JSON.stringify(pattern)}`);
    const carets = text.split('\n').at(-2)?.slice(4) ?? '';
    return { carets, error };
  }
}

const ERROR_TEXTS: Record<string, RegExp> = {
  lookaround: /^look-around/,
  backreference: /^backreferences/,
  'escape-unknown': /^unrecognized escape|word boundary/,
  'escape-in-class': /^invalid escape sequence found in character class/,
  'escape-at-end': /^incomplete escape/,
  hex: /^(invalid hexadecimal|hexadecimal literal|incomplete escape)/,
  'unicode-property': /Unicode (property|character class)|unrecognized escape/,
  'group-unclosed': /^unclosed group/,
  'group-unopened': /^unopened group/,
  'group-name': /capture group/,
  flag: /flag/,
  'repetition-missing': /^repetition operator missing/,
  'repetition-count': /repetition|decimal/,
  'class-unclosed': /^unclosed character class/,
  'class-range': /^invalid (range boundary|character class range)/,
  nesting: /nested/,
};

/** The two verdicts as one text, to be read where they differ. */
function compare(pattern: string): void {
  const real = crate(pattern);
  const ours = parse(pattern);
  // Limits are another file's, and what depends on the flag u is said to be uncertain.
  if (real === 'size' || (!ours.ok && !ours.refusal.certain)) return;
  const told = { pattern, real: real ?? 'compiles', ours: ours.ok ? 'compiles' : ours.refusal };
  if (real === undefined || ours.ok) {
    if (!(real === undefined && ours.ok)) throw new Error(JSON.stringify(told));
    return;
  }
  const at = [...pattern.slice(0, ours.refusal.at)].length;
  const text = ERROR_TEXTS[ours.refusal.kind];
  if (
    text === undefined ||
    !text.test(real.error) ||
    (real.carets[at] !== '^' && !pattern.includes('\n') && ours.refusal.kind !== 'nesting')
  )
    throw new Error(JSON.stringify(told));
}

const CORPUS = [
  ...[
    '',
    '^/',
    '^/users/\\d+$',
    '^/a|b',
    '^/(a|b|)c',
    '^/x{2}',
    '^/x{2,}',
    '^/x{2,5}?',
    '^/x{ 2 , 5 }',
    '^/é+',
    '^/a.b',
    '()',
    '(?:)',
  ],
  ...[
    '^/users/{id}',
    '^/{',
    '^/a{,3}',
    '^/a{3',
    '^/a{3,',
    '^/a{3,2}',
    '^/a{99999999999}',
    '{2}',
    '(?i){2}',
    '}',
    'a}b',
    ']',
    'a{x',
    'a{2x}',
    'a{}',
  ],
  ...[
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(?P<=a)',
    '(?>a)',
    '(?|a)',
    '(?#a)',
    '(?R)',
    '(?1)',
    '(?&n)',
    '(?P=n)',
    '(?P>n)',
    "(?'n'a)",
    '(?(1)a|b)',
    '(*UTF8)',
  ],
  ...[
    '(?<n>a)',
    '(?P<n>a)',
    '(?<n>a)(?<n>b)',
    '(?<1>a)',
    '(?<n-m>a)',
    '(?<n.m[0]>a)',
    '(?<>a)',
    '(?<n',
    '(?<',
    '(?',
    '(?i',
    '(?i-',
    '(?i-)',
    '(?-i)',
    '(?--i)',
  ],
  ...[
    '(?i-i)',
    '(?ii)',
    '(?i)a',
    '(?i:a)',
    '(?x) a b # c',
    '(?x)a #',
    '(?x: a )b c',
    '(?x)\\ ',
    '(?x)[ a b ]',
    '(?x)a {2}',
    '(?s-m)',
    '(?)',
    '(?)a',
    '(?U)a+',
    '(?J)',
    '(?^i)',
  ],
  ...[
    '\\1',
    '\\0',
    '\\8',
    '\\g1',
    '\\k<n>',
    '\\G',
    '\\K',
    '\\R',
    '\\X',
    '\\Z',
    '\\h',
    '\\H',
    '\\N',
    '\\Qa\\E',
    '\\e',
    '\\c',
    '\\C',
    '\\A',
    '\\z',
    '\\b',
    '\\B',
    '\\a\\f\\n\\r\\t\\v',
  ],
  ...[
    '\\/',
    '\\_',
    '\\-',
    '\\"',
    '\\ ',
    '\\%',
    '\\@',
    '\\!',
    '\\~',
    '\\é',
    '\\',
    'a\\',
    '\\<a',
    'a\\>',
    '\\y',
    '\\i',
    '\\\n',
  ],
  ...[
    '\\x41',
    '\\x4',
    '\\x',
    '\\xg1',
    '\\x{41}',
    '\\x{}',
    '\\x{4',
    '\\x{110000}',
    '\\x{d800}',
    '\\u0041',
    '\\u41',
    '\\U00000041',
    '\\x{4g}',
  ],
  ...[
    '\\pL',
    '\\p{L}',
    '\\p{Lu}',
    '\\P{Lu}',
    '\\p{Greek}',
    '\\p{^L}',
    '\\p{Xan}',
    '\\p{L&}',
    '\\p',
    '\\p{',
    '\\p{L',
    '\\p\\',
    '\\p{Nope}',
    '[\\p{L}]',
    '[\\p{Lx}]',
    '\\p{Any}',
    '\\p{han}',
  ],
  ...[
    '[a]',
    '[^a]',
    '[]',
    '[]]',
    '[]a]',
    '[^]]',
    '[^]',
    '[',
    '[a',
    '[a[b]',
    '[a[b]]',
    '[[a]',
    '[[:alpha:]]',
    '[[:^alpha:]]',
    '[[:nope:]]',
    '[:alpha:]',
    '[[:alpha:',
    '[[.a.]]',
    '[[=a=]]',
  ],
  ...[
    '[a-z]',
    '[z-a]',
    '[a-]',
    '[-a]',
    '[--a]',
    '[a--b]',
    '[a&&b]',
    '[&&]',
    '[a&&]',
    '[a~~b]',
    '[a-b-c]',
    '[\\w-.]',
    '[\\w-]',
    '[.-\\w]',
    '[\\d-x]',
    '[a-\\d]',
    '[\\b]',
    '[\\B]',
    '[\\A]',
    '[\\/]',
  ],
  ...[
    '[\\x41-\\x5a]',
    '[a-[b]]',
    '[a\\]b]',
    '[\\]',
    '[a-\\]]',
    '[+--]',
    '[!--]',
    '[a-z&&[^aeiou]]',
    '[^-]',
    '[-]',
    '[---]',
    '[\\1]',
    '[\\h]',
    '[é-ü]',
  ],
  ...[
    '*',
    '+a',
    '?',
    '^*',
    '$+',
    '\\b*',
    'a**',
    'a++',
    'a*+',
    'a?+',
    'a{2}+',
    'a{2}{3}',
    '|*',
    '(|a)*',
    '(*a)',
    '(',
    ')',
    '(a',
    'a)',
    '((a)',
    '(a))',
    '(a|)',
    '|',
    '||',
  ],
  ...['\\b{start}', '\\b{end-half}', '\\b{nope}', '\\b{2}', '\\b{', '\\b{start', '\\b{st art}', '[\\b{start}]'],
];

describe('reading a pattern as the Rust regex crate does', () => {
  it.each(CORPUS)('says of %j what the crate says, at the same place', (pattern) => {
    compare(pattern);
  });
  it.each([124, 125, 126, 249, 250, 251])('counts %i nested groups as the crate does', (count) => {
    compare('('.repeat(count) + 'a' + ')'.repeat(count));
    compare('(b'.repeat(count) + ')'.repeat(count));
    compare('a' + '+'.repeat(count));
    compare('['.repeat(count) + 'a' + ']'.repeat(count));
  });
  // PCRE's dialect and Rust's, legal and broken, in small pieces that meet in every order.
  const piece = fc.oneof(
    fc.constantFrom(...CORPUS.filter((pattern) => pattern.length < 9 && !pattern.includes('{Nope'))),
    fc.constantFrom(
      'a',
      'b',
      '/',
      '-',
      '_',
      'é',
      '😀',
      ' ',
      '#',
      '\n',
      '.',
      '^',
      '$',
      '\\d',
      '\\w',
      '\\.',
      ',',
      '1',
      '=',
      ':',
      '<',
      '>',
      '!',
      '&',
      '~',
    ),
    fc.constantFrom(
      '(',
      '(?',
      '(?:',
      '(?i',
      '(?x)',
      '(?-x)',
      '(?P<',
      '(?<n',
      ')',
      '[',
      '[^',
      ']',
      '[:',
      ':]',
      '[[',
      ']]',
      '{',
      '}',
      '*',
      '+',
      '?',
      '|',
      '\\',
    ),
    fc.constantFrom(
      '{1',
      '{1,',
      '{1,2}',
      '{,',
      '&&',
      '--',
      '~~',
      'a-',
      '-z',
      '\\x',
      '\\x{',
      '\\u',
      '\\p',
      '\\p{',
      '\\b{',
      '\\b{s',
      'alpha',
    ),
  );
  it('says the same of patterns of any pieces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        compare(pieces.join(''));
      }),
      { numRuns: 3000 },
    );
  });
  // Mostly legal: what people write in paths, put together as a grammar does.
  const { regex } = fc.letrec<{ regex: string; branch: string; term: string; atom: string }>((tie) => ({
    regex: fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|')),
    branch: fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
    term: fc
      .tuple(
        tie('atom'),
        fc.constantFrom('', '', '', '*', '+', '?', '+?', '++', '{2}', '{1,}', '{1,3}?', '{,3}', '{id}'),
      )
      .map((parts) => parts.join('')),
    atom: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'a',
        '/users',
        '-',
        '_',
        '%20',
        'é',
        '.',
        '\\.',
        '\\d',
        '\\w',
        '\\/',
        '\\-',
        '\\s',
        '\\1',
        '\\h',
        '$',
      ),
      fc
        .array(fc.constantFrom('a', 'b-y', '\\w', '\\d', '-', '.', '\\]', '[:alpha:]', '^', '[', '/', '&&', '\\-'), {
          minLength: 1,
          maxLength: 4,
        })
        .map((parts) => `[${parts.join('')}]`),
      fc
        .tuple(fc.constantFrom('(', '(', '(?:', '(?i:', '(?<name>', '(?P<other>', '(?!', '(?<='), tie('regex'))
        .map((parts) => `${parts.join('')})`),
    ),
  }));
  it('says the same of patterns of a grammar', () => {
    fc.assert(fc.property(regex, compare), { numRuns: 3000 });
  });
});
