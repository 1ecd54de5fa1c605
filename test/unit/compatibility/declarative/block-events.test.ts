import fc from 'fast-check';
import { parseEvents } from 'js-yaml';
import { blockEvents } from '../../../../lib/compatibility/declarative/block-events';

const anyOf = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

describe('the events of a text in block style', () => {
  it.each([
    'a: b\n',
    'a: b',
    'a:\n- b\n- c # why\nd:\n',
    'a:\n  - b: 1\n    c:\n    - d: "e f"\n\n    # what follows\n  - f:\n',
    "- a: http://b:8080/#c\n  d: 'e \" f'\n- g\n",
    '  a:\n    b: c :d\n  e: ""\n',
    '_format_version: "3.0"\nservices:\n-   name: a\n    path: ~/b(?<c>\\d+)$\n',
  ])('%j is read as js-yaml does', (text) => {
    expect(blockEvents(text)).toEqual(parseEvents(text, {}));
  });
  it.each([
    '',
    '# nothing\n',
    'a: |\n  b\n',
    'a: b\n  c\n',
    'a:\n  b\n',
    'a: [b]\n',
    'a: &b c\n',
    'a: *b\n',
    'a: !!str b\n',
    '"a": b\n',
    '? a\n',
    '---\na: b\n',
    'a: b\n---\n',
    'a: b\r\n',
    'a:\tb\n',
    'a: b\t\n',
    'a: b: c\n',
    'a: "b"c\n',
    'a: "b"# c\n',
    'a: "\\x41"\n',
    "a: 'b''c'\n",
    'a: "b\n  c"\n',
    'a: \u00e4\n',
    '- - a\n',
    '-\n  a: b\n',
    'a: b\n c: d\n',
    '  a: b\nc: d\n',
    'a: b\n- c\n',
    `${Array.from({ length: 60 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}`,
  ])('%j is left to js-yaml', (text) => {
    expect(blockEvents(text)).toBeUndefined();
  });

  it('are those of js-yaml, or none', () => {
    const often = (usual: fc.Arbitrary<string>, odd: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.oneof({ weight: 15, arbitrary: usual }, { weight: 1, arbitrary: odd });
    const indent = often(anyOf('', '', '  ', '  ', '    '), anyOf(' ', '   ', '\t'));
    const dash = often(anyOf('', '', '- '), anyOf('-   ', '- - ', '-'));
    const key = often(anyOf('a: ', 'b:', 'c: ', 'x-y.z:  ', 'd:'), anyOf('', '"e": ', '? ', 'f:g: '));
    const usual = anyOf('', '', 'h', '1.1', '/i/j', '~/k$', 'l m', 'n  o', 'r:s', 't :u', '"v"', "'w'", 'b#c', '-1');
    const value = often(
      usual,
      anyOf(
        '"w\\""',
        "'x''y'",
        '|',
        '[z]',
        '{}',
        '---',
        '...',
        '#',
        '#a',
        '&d e',
        '*d',
        '!f',
        '\u00e9',
        ':',
        '%',
        'p: q',
      ),
    );
    const tail = often(anyOf('', '', ' # why', '  '), anyOf('#', '\t', ' : ', ':', '\r'));
    const line = fc.tuple(indent, dash, key, value, tail);
    let compared = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), anyOf('', '\n', '\n\n'), (lines, end) => {
        const text = lines.map((parts) => parts.join('')).join('\n') + end;
        const found = blockEvents(text);
        if (found === undefined) return;
        compared += 1;
        expect(found).toEqual(parseEvents(text, {}));
      }),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(500);
  });
});
