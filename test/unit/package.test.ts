import { existsSync, readFileSync, readdirSync } from 'node:fs';
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

  test('cdktn is cdktf with the names of its two modules replaced, in code and types alike', () => {
    const files = codeOf('cdktf');
    expect(codeOf('cdktn')).toEqual(files);
    expect(importsOf('cdktn', files)).toEqual(
      importsOf('cdktf', files).map((name) => name.replace(/^(@?)cdktf(?=\/|$)/, '$1cdktn')),
    );
    expect(importsOf('cdktn', files)).toEqual(expect.arrayContaining(['cdktn']));
  });

  test.each(readdirSync(join(ROOT, 'lib/handlers')))('the %s handler is there as a folder and as a zip', (name) => {
    const zip = readFileSync(join(ROOT, 'dist/handlers', `${name}.zip`));
    expect(existsSync(join(ROOT, 'dist/handlers', name, 'index.js'))).toBe(true);
    expect(zip.toString('latin1')).toMatch(/^PK\x03\x04[^]*index\.js/);
  });
});

const codeOf = (room: string): string[] =>
  (readdirSync(join(ROOT, 'dist/lib', room), { recursive: true }) as string[])
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .sort();

/** In the order of the files and of their lines. */
const importsOf = (room: string, files: readonly string[]): string[] =>
  files.flatMap((file) =>
    [
      ...readFileSync(join(ROOT, 'dist/lib', room, file), 'utf8').matchAll(
        /(?:require|import)\("([^"]+)"\)|from ['"]([^'"]+)['"]/g,
      ),
    ].map((found) => found[1] ?? found[2]!),
  );
