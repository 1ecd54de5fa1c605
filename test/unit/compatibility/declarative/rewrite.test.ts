import * as fc from 'fast-check';
import { EventStream } from '../../../../lib/compatibility/declarative/events';
import { isEqual } from '../../../../lib/compatibility/declarative/equal';
import { rewrite, rewriteChecked } from '../../../../lib/compatibility/declarative/rewrite';
import type { Edit, Path } from '../../../../lib/compatibility/declarative/rule';
import { readSource } from '../../../../lib/compatibility/declarative/read-source';
import { Tree } from '../../../../lib/compatibility/declarative/tree';
import { written } from './text';

const treeOf = (text: string): Tree => {
  const { source, value } = readSource(text, 'kong.yaml');
  return new Tree(value, source);
};
const edited = (text: string, ...edits: Edit[]): string | undefined => {
  const tree = treeOf(text);
  return tree.apply({ value: tree.root, node: 0 }, edits) ? rewrite(tree) : undefined;
};
/** The value, or why there is none. */
const reread = (text: string): unknown => {
  try {
    return treeOf(text).root;
  } catch (error) {
    return (error as Error).message;
  }
};
const set = (path: Path, value: unknown): Edit => ({ op: 'set', path, value });
const remove = (...path: Path): Edit => ({ op: 'remove', path });
const rename = (path: Path, to: string): Edit => ({ op: 'rename', path, to });

test.each<[what: string, text: string, edit: Edit, expected: string]>([
  ['plain stays plain', 'a:\n- /x\\d # c\n', set(['a', 0], '~/x\\d'), 'a:\n- ~/x\\d # c\n'],
  ['single quotes stay', "a: ['/x']\n", set(['a', 0], "~/it's"), "a: ['~/it''s']\n"],
  ['double quotes stay', 'a: "/x"\n', set(['a'], '~/\\d'), 'a: "~/\\\\d"\n'],
  ['what would be no text is quoted', 'a: x\n', set(['a'], 'yes'), 'a: "yes"\n'],
  ['JSON stays JSON', '{\n  "a": {"b": 1}\n}\n', rename(['a', 'b'], 'c'), '{\n  "a": {"c": 1}\n}\n'],
  ['a key in the middle', 'a: 1\nb: 2 # two\n# c\nc: 3\n', remove('b'), 'a: 1\n# c\nc: 3\n'],
  ['the first key behind a dash', 'a:\n- b: 1\n  # c\n  c: 2\n', remove('a', 0, 'b'), 'a:\n- # c\n  c: 2\n'],
  ['the only key', 'a:\n  b: 1\nc: 2\n', remove('a', 'b'), 'a: {}\nc: 2\n'],
  ['the only item', 'a:\n- b\nc: 2\n', remove('a', 0), 'a: []\nc: 2\n'],
  ['the last of JSON', '{"a": [1, 2], "b": 3}', remove('b'), '{"a": [1, 2]}'],
  ['the first of JSON', '{\n "a": 1,\n "b": 3\n}', remove('a'), '{\n "b": 3\n}'],
  ['block text', 'a: |\n  x\n  y\n\nb: 1\n', remove('a'), '\nb: 1\n'],
  ['a new key, at the end of its map', 'a:\n  b: 1\nc: 2\n', set(['a', 'd'], true), 'a:\n  b: 1\n  d: true\nc: 2\n'],
  ['a new key in JSON', '{\n  "a": 1\n}\n', set(['b'], [1, 'x']), '{\n  "a": 1,\n  "b": [1, "x"]\n}\n'],
  [
    'a new map',
    'a:\n- b: 1\n',
    set(['a', 0, 'q'], { x: 1, z: ['y'] }),
    'a:\n- b: 1\n  q:\n    x: 1\n    z:\n    - "y"\n',
  ],
  ['a list for a text', 'a:\n  h: x # c\n', set(['a', 'h'], ['x']), 'a:\n  h:\n  - x # c\n'],
  ['a text for a list', 'a:\n  h:\n  - x\n  - y # c\nb: 1\n', set(['a', 'h'], 'x, y'), 'a:\n  h: x, y # c\nb: 1\n'],
  ['without a line end at the end', 'a: 1', set(['b'], 2), 'a: 1\nb: 2'],
  ['with Windows line ends', 'a:\r\n  b: 1\r\n', set(['a', 'c'], 2), 'a:\r\n  b: 1\r\n  c: 2\r\n'],
  ['a key behind a question mark', 'a:\n  ? b\n  : 1\n  c: 2\n', remove('a', 'b'), 'a:\n  c: 2\n'],
  ['a key behind the question mark of another', '? a\n# c\n: 1\n? b\n: 2\n', remove('a'), '? b\n: 2\n'],
  ['a value below a question mark', '? a\n# c\n: - 1\n', set(['a', 0], 2), '? a\n# c\n: - 2\n'],
  ['an anchor that no alias stands for', 'a: &x "1.1"\nb: 1\n', set(['a'], '3.0'), 'a: &x "3.0"\nb: 1\n'],
])('rewriting: %s', (_, text, edit, expected) => expect(edited(text, edit)).toBe(expected));

test.each<[what: string, text: string, edit: Edit]>([
  ['a path that is not there', 'a: 1\n', remove('b')],
  ['a rename onto a key that is there', 'a: 1\nb: 2\n', rename(['a'], 'b')],
  ['an anchor that an alias stands for, with a map', 'a: &x 1\nb: *x\n', set(['a'], { c: 1 })],
  ['an anchor that an alias stands for, taken out', 'a: &x 1\nb: *x\n', remove('a')],
  ['a list with an anchor in it that an alias stands for', 'a: [&x 1]\nb: *x\n', set(['a'], [])],
  ['block text with an anchor that an alias stands for', 'a: &x |\n  t\nb: *x\n', set(['a'], 2)],
  ['an anchor with nothing behind it', 'a: &x\nb: 1\n', set(['a'], 2)],
  ['a value with a tag', 'a: !!str 1\n', set(['a'], 2)],
  ['a list item that is empty', 'a:\n-\n- 1\n', remove('a', 0)],
])('not rewritten: %s', (_, text, edit) => expect(edited(text, edit)).toBeUndefined());

describe('a value with an anchor that aliases stand for', () => {
  const paths = 'a:\n- &p "/caf%C3%A9(x)" # one\nb: [*p, /c]\nc: *p # two\n';
  const [a, b, c] = [set(['a', 0], '~/café(x)'), set(['b', 0], '~/café(x)'), set(['c'], '~/café(x)')];

  test('is mended once where every use is mended alike, in any order', () => {
    const once = 'a:\n- &p "~/café(x)" # one\nb: [*p, /c]\nc: *p # two\n';
    expect(edited(paths, a, b, c)).toBe(once);
    expect(edited(paths, c, b, a)).toBe(once);
  });

  test('is written out where a use is not mended, or otherwise', () => {
    expect(edited(paths, a, set(['b', 0], '/other'))).toBe(
      'a:\n- &p "~/café(x)" # one\nb: ["/other", /c]\nc: "/caf%C3%A9(x)" # two\n',
    );
    expect(edited('a: &x 080\nb: *x\nc: [*x]\n', set(['a'], 'z'))).toBe('a: &x z\nb: 080\nc: [080]\n');
    expect(edited("a: &x 'it''s, [b'\nb: {c: *x}\n", set(['a'], 1))).toBe('a: &x 1\nb: {c: "it\'s, [b"}\n');
  });

  test('leaves what is taken out or replaced alone', () => {
    expect(edited(paths, a, remove('b'), remove('c'))).toBe('a:\n- &p "~/café(x)" # one\n');
    expect(edited(paths, a, c, set(['b'], [1]))).toBe('a:\n- &p "~/café(x)" # one\nb: [1]\nc: *p # two\n');
  });

  test('whatever is edited, the text reads back as it is meant', () => {
    const values = fc.array(fc.constantFrom("'/a'", '"\\xe9, [b"', '/c d', '012', 'yes', '~', "''"), {
      minLength: 1,
      maxLength: 3,
    });
    const wish = fc.record({
      list: fc.constantFrom('a', 'b', 'c', 'd'),
      index: fc.nat(2),
      to: fc.constantFrom<unknown>('/a', '~/x, [y', 12, true, undefined),
    });
    let applied = 0;
    fc.assert(
      fc.property(values, fc.array(wish, { maxLength: 8 }), (written_, wishes) => {
        const aliases = written_.map((_, index) => `*p${index}`);
        const text = `a:\n${written_.map((value, index) => `- &p${index} ${value}\n`).join('')}b: [${aliases.join(', ')}]\nc: &c\n- ${aliases.join('\n- ')}\nd: *c\n`;
        const tree = treeOf(text);
        for (const { list, index, to } of wishes) {
          const edit = to === undefined ? remove(list, index) : set([list, index], to);
          if (tree.apply({ value: tree.root, node: 0 }, [edit])) applied += 1;
        }
        const once = rewriteChecked(tree, 'kong.yaml');
        expect(isEqual(treeOf(once).root, tree.root)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(applied).toBeGreaterThan(500);
  });

  test('is never taken out after it was mended', () => {
    expect(edited('a: &x 1\nb: *x\n', set(['a'], 2), remove('a'))).toBeUndefined();
  });
});

test('a text that would not read back as meant is not given out', () => {
  const tree = treeOf('a: 1\n');
  (tree.root as Record<string, unknown>).a = 2;
  expect(() => rewriteChecked(tree, 'kong.yaml')).not.toThrow();
  tree.apply({ value: tree.root, node: 0 }, [set(['b'], 1)]);
  expect(() => rewriteChecked(tree, 'kong.yaml')).toThrow(
    expect.objectContaining({ code: 'DECLARATIVE_REWRITE_DIFFERS' }),
  );
});

describe('laws of rewriting, over any document in any style', () => {
  const name = fc.constantFrom('paths', 'config', 'name', 'a b', 'on', '1', 'hosts', 'x');
  const text = fc.oneof(
    fc.constantFrom(
      '/users',
      '~/a',
      '',
      'yes',
      '012',
      "it's",
      'a: b',
      ' x ',
      '#no',
      '[',
      'a\nb',
      'line\n',
      'é\u2028',
      '3.0',
    ),
    fc.string({ maxLength: 6 }),
  );
  const { value } = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(text, fc.integer({ min: -9, max: 99 }), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('map'),
    ),
    map: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }));
  const root = fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  const tape = fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 });
  /** An edit is chosen when the tree is there: numbers that pick a path in it and what to do. */
  const wish = fc.record({ pick: fc.array(fc.nat(20), { maxLength: 4 }), what: fc.nat(3), value, name });

  function editFor(
    tree: Tree,
    { pick, what, value: to, name: key }: { pick: number[]; what: number; value: unknown; name: string },
  ): Edit {
    const path: (string | number)[] = [];
    let at = tree.root;
    for (const number of pick) {
      if (typeof at !== 'object' || at === null) break;
      const keys = Array.isArray(at) ? [...at.keys()] : Object.keys(at);
      if (keys.length === 0) break;
      const next = keys[number % keys.length]!;
      path.push(next);
      at = (at as Record<string, unknown>)[next];
    }
    if (what === 3 || path.length === 0) {
      const isList = Array.isArray(at);
      const isMap = typeof at === 'object' && at !== null && !isList;
      if (isList) return set([...path, (at as unknown[]).length], to);
      if (isMap) return set([...path, key], to);
      return set(path, to);
    }
    return what === 0 ? set(path, to) : what === 1 ? remove(...path) : rename(path, key);
  }

  test('the written text reads back as the edited values, always the same bytes', () => {
    let applied = 0;
    fc.assert(
      fc.property(root, tape, fc.array(wish, { minLength: 1, maxLength: 6 }), (document, choices, wishes) => {
        const source = written(document, choices);
        const tree = treeOf(source);
        expect(isEqual(tree.root, document)).toBe(true);
        for (const one of wishes) {
          if (tree.apply({ value: tree.root, node: 0 }, [editFor(tree, one)])) applied += 1;
        }
        const result = rewrite(tree);
        expect({ source, result, value: reread(result) }).toEqual({ source, result, value: tree.root });
        expect(rewrite(tree)).toBe(result);
        expect(rewrite(treeOf(result))).toBe(result);
      }),
      { numRuns: 1500 },
    );
    expect(applied).toBeGreaterThan(1500);
  });

  test('read in pieces it is what it is as a whole, with the same places', () => {
    const kong = fc.dictionary(name, fc.oneof(fc.array(value, { maxLength: 6 }), value), {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    });
    let inPieces = 0;
    fc.assert(
      fc.property(kong, tape, fc.integer({ min: 1, max: 80 }), (document, choices, size) => {
        const text = written(document, choices);
        const whole = readSource(text, 'kong.yaml', Infinity);
        let count = 0;
        const stream = new EventStream(text, size);
        try {
          while (stream.next()) count += 1;
          inPieces += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        const cut = readSource(text, 'kong.yaml', size);
        const places = ({ source }: typeof whole) =>
          (['kind', 'style', 'start', 'end', 'next'] as const).map((field) => [
            ...source[field].slice(0, source.next[0]),
          ]);
        expect(cut.value).toEqual(whole.value);
        expect(places(cut)).toEqual(places(whole));
        expect(count).toBeLessThanOrEqual(2 * whole.source.next[0]! + 2);
      }),
      { numRuns: 1000 },
    );
    expect(inPieces).toBeGreaterThan(800);
  });

  test.each(['? plugins\n:\n- c\n', '.plugins:\n- c\n', 'é:\n- c\n', '1:\n- c\n'])(
    'read in pieces, keys at the top of another kind keep their lists: %j',
    (more) => {
      const text = `services:\n- a\n${more}`;
      expect(readSource(text, 'kong.yaml', 1).value).toEqual(readSource(text, 'kong.yaml', Infinity).value);
    },
  );

  test('without edits not a byte changes', () => {
    fc.assert(
      fc.property(root, tape, (document, choices) => {
        const source = written(document, choices);
        expect(rewrite(treeOf(source))).toBe(source);
      }),
    );
  });

  test('edits of which one can not be made are none', () => {
    fc.assert(
      fc.property(root, tape, fc.array(wish, { maxLength: 4 }), (document, choices, wishes) => {
        const source = written(document, choices);
        const tree = treeOf(source);
        const edits = wishes.map((one) => editFor(tree, one));
        expect(tree.apply({ value: tree.root, node: 0 }, [...edits, remove('there is no such key')])).toBe(false);
        expect(isEqual(tree.root, document)).toBe(true);
        expect(rewrite(tree)).toBe(source);
      }),
    );
  });
});
