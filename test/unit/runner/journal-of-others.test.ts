import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileJournals, readJournal } from '../../../lib/runner/journal';
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

describe('the journals of a folder', () => {
  test('a run is found by its id; one without a journal has no line', async () => {
    const journals = new FileJournals(folder);
    const journal = await journals.create('a');
    await journal.append({ type: 'resumed', by: 'someone' }, new Date(0));
    expect((await journals.read('a')).map(({ n, type }) => [n, type])).toEqual([[1, 'resumed']]);
    expect(await journals.read('b')).toEqual([]);
    expect(await journals.runs()).toEqual(['a']);
  });

  test('of a system that never shifted there is none', async () => {
    expect(await new FileJournals(join(folder, 'nosuch')).runs()).toEqual([]);
  });
});
