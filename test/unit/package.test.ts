import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const { exports: entries, typesVersions } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
  typesVersions: { '*': Record<string, string[]> };
};
const code = Object.entries(entries).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [{ name, ...entry }],
);

describe('the entry points of the package', () => {
  test.each(code)('$name has its code and its types', ({ types, default: file }) => {
    expect([types, file].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('older module resolution (node10) finds the same types: it reads typesVersions and not exports', () => {
    const below = code.filter(({ name }) => name !== '.').map(({ name, types }) => [name.slice(2), [types.slice(2)]]);
    expect(typesVersions['*']).toEqual(Object.fromEntries(below));
  });
});
