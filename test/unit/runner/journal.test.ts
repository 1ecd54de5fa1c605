import { appendFile, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal, journalFolder, journals, readJournal } from '../../../lib/runner/journal';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'journal-'))));
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const AT = new Date('2026-11-21T20:30:00.000Z');
const path = (): string => join(folder, 'deep', 'run.ndjson');
const done = { type: 'done' } as const;
const held = { type: 'held', by: 'person', why: 'lunch — “später”' } as const;

describe('a journal', () => {
  test('numbers its lines from 1, one JSON document each', async () => {
    const journal = await Journal.create(path());
    await journal.append(held, AT);
    await journal.append(done, AT);
    expect(await readFile(path(), 'utf8')).toBe(
      '{"n":1,"at":"2026-11-21T20:30:00.000Z","type":"held","by":"person","why":"lunch — “später”"}\n' +
        '{"n":2,"at":"2026-11-21T20:30:00.000Z","type":"done"}\n',
    );
  });

  test('is made exclusively: one that exists is never written over', async () => {
    await Journal.create(path());
    await appendFile(path(), 'kept\n');
    await expect(Journal.create(path())).rejects.toMatchObject({
      code: 'JOURNAL_NOT_WRITABLE',
      found: expect.stringContaining('EEXIST'),
    });
    expect(await readFile(path(), 'utf8')).toBe('kept\n');
  });

  test('a folder that cannot be made is refused before anything is shifted', async () => {
    await writeFile(join(folder, 'deep'), 'a file');
    await expect(Journal.create(path())).rejects.toMatchObject({ code: 'JOURNAL_NOT_WRITABLE' });
  });

  test('each line is on the disk before the runner goes on', async () => {
    const journal = await Journal.create(path());
    const probe = await open(path(), 'r');
    const sync = jest.spyOn(Object.getPrototypeOf(probe) as { sync(): Promise<void> }, 'sync');
    await probe.close();
    await journal.append(done, AT);
    expect(sync).toHaveBeenCalledTimes(1);
  });

  test.each([1, 10, 30])(
    'a last line that was cut off %d bytes before its end is taken away, and it goes on',
    async (cut) => {
      const journal = await Journal.create(path());
      await journal.append(held, AT);
      const whole = await readFile(path());
      await journal.append(held, AT);
      const both = await readFile(path());
      await writeFile(path(), both.subarray(0, both.length - cut));
      const again = await Journal.reopen(path());
      expect(again.lines).toHaveLength(1);
      expect(await readFile(path())).toEqual(whole);
      expect((await again.journal.append(done, AT)).n).toBe(2);
      expect((await readJournal(path())).map(({ type }) => type)).toEqual(['held', 'done']);
    },
  );

  test('cut in the middle of a letter of several bytes, it is cut at the line’s beginning', async () => {
    const journal = await Journal.create(path());
    await journal.append(held, AT);
    const whole = await readFile(path());
    await appendFile(path(), Buffer.from('{"why":"sp\u00e4').subarray(0, -1));
    await Journal.reopen(path());
    expect(await readFile(path())).toEqual(whole);
  });

  test('an append that fails half-way leaves no half line for the next one to be glued to', async () => {
    const journal = await Journal.create(path());
    await journal.append(held, AT);
    const probe = await open(path(), 'r');
    const prototype = Object.getPrototypeOf(probe) as { sync(): Promise<void> };
    await probe.close();
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    jest.spyOn(prototype, 'sync').mockImplementationOnce(() => Promise.reject(full));
    await expect(journal.append(held, AT)).rejects.toThrow('ENOSPC');
    await journal.append(done, AT);
    expect((await readJournal(path())).map(({ n, type }) => [n, type])).toEqual([
      [1, 'held'],
      [2, 'done'],
    ]);
  });

  test('a damaged line in the middle is an error that names file and line, and the way back that needs no journal', async () => {
    await mkdir(join(folder, 'deep'));
    await writeFile(path(), '{"n":1,"type":"held"}\n{"n":2,"ty\n{"n":3,"type":"done"}\n');
    await expect(readJournal(path())).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      found: expect.stringMatching(/run\.ndjson:2: /),
      remedy: expect.stringContaining('shift abort'),
    });
  });

  test('a journal that was made and never written to has no lines', async () => {
    await Journal.create(path());
    expect(await readJournal(path())).toEqual([]);
  });
});

describe('the journals of a system', () => {
  test('stand beside its settings', () => {
    expect(journalFolder('/home/ops/prod/dual-cluster.yaml', 'kong')).toBe('/home/ops/prod/.kong-dual-cluster/kong');
  });

  test('the newest first, nothing else, and none without a folder', async () => {
    expect(await journals(join(folder, 'nosuch'))).toEqual([]);
    for (const name of ['20261121T203000Z-9.ndjson', '20261122T010000Z-10.ndjson', 'notes.txt'])
      await writeFile(join(folder, name), '');
    expect((await journals(folder)).map((each) => each.slice(folder.length + 1))).toEqual([
      '20261122T010000Z-10.ndjson',
      '20261121T203000Z-9.ndjson',
    ]);
  });
});
