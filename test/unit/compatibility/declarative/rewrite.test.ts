import * as fc from 'fast-check';
import { isEqual } from '../../../../lib/compatibility/declarative/equal';
import { rewrite } from '../../../../lib/compatibility/declarative/rewrite';
import type { Edit, Path } from '../../../../lib/compatibility/declarative/rule';
import { readSource } from '../../../../lib/compatibility/declarative/source';
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
