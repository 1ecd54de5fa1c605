import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalPathOf, readJournal } from '../../../lib/runner/journal';
import { fold } from '../../../lib/traffic/shift';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'journal-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a journal that was damaged', () => {
  test.each([
    ['another document', '[]'],
    ['an event that no runner writes', '{"n":1,"type":"nonsense"}'],
    ['nothing', 'null'],
  ])('%s on a line is told with its place, and that abort needs no journal', async (_, line) => {
    const path = join(folder, 'run.ndjson');
    await writeFile(path, `${line}\n`);
    await expect(readJournal(path)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      found: expect.stringContaining(`${path}:1: `),
      remedy: expect.stringContaining('kong-dual-cluster shift abort'),
    });
  });

  test('given it lost its first lines, nobody is told that nothing was shifted', () => {
    expect(() => fold([])).toThrow(
      expect.objectContaining({
        code: 'JOURNAL_DAMAGED',
        remedy: expect.stringContaining('kong-dual-cluster shift abort'),
      }),
    );
  });
});

describe('the journal of a run, for commands that can do without', () => {
  test('is found by the id of its run', async () => {
    await writeFile(join(folder, 'a.ndjson'), '');
    expect(await journalPathOf(folder, 'a')).toBe(join(folder, 'a.ndjson'));
    expect(await journalPathOf(folder, 'b')).toBeUndefined();
  });

  test('given a file in the place of the folder, it is as if there was none', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await journalPathOf(join(folder, 'file', 'kong'), 'a')).toBeUndefined();
  });

  test('given a folder of another user, it is as if there was none', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o000);
    expect(await journalPathOf(closed, 'a')).toBeUndefined();
  });
});
