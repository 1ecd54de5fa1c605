import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileTail } from '../../../lib/metrics/file-tail';

let folder: string;
let path: string;
let tail: FileTail;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tail-'));
  path = join(folder, 'access.log');
  tail = new FileTail(path);
});
afterEach(async () => {
  await tail.close();
  await rm(folder, { recursive: true });
});
async function lines(): Promise<string[]> {
  const found: string[] = [];
  await tail.read((line) => found.push(line));
  return found;
}

test('what was there, then what was added; half a line waits for its end', async () => {
  await writeFile(path, 'a\nb\nc');
  expect(await lines()).toEqual(['a', 'b']);
  expect(await lines()).toEqual([]);
  await appendFile(path, 'c\n\nd\n');
  expect(await lines()).toEqual(['cc', 'd']);
});
test('a file that was renamed is read to its end, then the new one', async () => {
  await writeFile(path, 'a\n');
  await lines();
  await appendFile(path, 'b\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'c\n');
  expect(await lines()).toEqual(['b', 'c']);
});
test('a renamed file that is still written to is read on, until its writer has the new one', async () => {
  await writeFile(path, 'a\n');
  await lines();
  await rename(path, `${path}.1`);
  // logrotate: create, then USR1 to nginx.
  await writeFile(path, '');
  expect(await lines()).toEqual([]);
  await appendFile(`${path}.1`, 'b\n');
  await appendFile(path, 'c\n');
  expect(await lines()).toEqual(['b', 'c']);
  for (let read = 0; read < 9; read += 1) await lines();
  await appendFile(`${path}.1`, 'not looked at any more\n');
  await appendFile(path, 'd\n');
  expect(await lines()).toEqual(['d']);
});
test('a file without line feeds does not fill the memory', async () => {
  await writeFile(path, 'a\n');
  await lines();
  await appendFile(path, 'x'.repeat(3 * 1024 * 1024));
  expect(await lines()).toEqual([]);
  await appendFile(path, '\nb\n');
  expect((await lines()).at(-1)).toBe('b');
});
test('lines may end as on Windows', async () => {
  await writeFile(path, 'a\r\n');
  expect(await lines()).toEqual(['a']);
});
test('a file that was emptied in its place is read from its beginning', async () => {
  await writeFile(path, 'a\nb\n');
  await lines();
  await truncate(path);
  await appendFile(path, 'c\n');
  expect(await lines()).toEqual(['c']);
});
test('a letter of several bytes may lie across two reads', async () => {
  const text = `${'x'.repeat(256 * 1024 - 1)}ä\n`;
  await writeFile(path, text);
  expect(await lines()).toEqual([text.trimEnd()]);
});
test('of a file that is large already only the end is read, and that is known', async () => {
  await writeFile(path, `first\n${'y'.repeat(16 * 1024 * 1024)}\nlast\n`);
  const found = await lines();
  expect(found).not.toContain('first');
  expect(found.at(-1)).toBe('last');
  expect(tail.isCut).toBe(true);
});
test('a file that is not there is an error, and is read when it is', async () => {
  await expect(lines()).rejects.toMatchObject({ code: 'ENOENT' });
  await writeFile(path, 'a\n');
  expect(await lines()).toEqual(['a']);
});
