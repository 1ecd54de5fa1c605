import { mkdir, open, readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { KongDualClusterError } from '../errors';
import type { JournalLine, ShiftEvent } from '../traffic/shift-events';
import { lineOf } from './journal-line';
import type { JournalStore, OpenJournal } from './journals';

/**
 * The journal of one shift: append-only NDJSON, a line an event, on the disk before the runner goes on (fsync), so that
 * a run that was killed at any moment can be folded from it. It holds weights, names and counts, never a secret.
 */
export class Journal implements OpenJournal {
  private constructor(
    readonly path: string,
    private count: number,
  ) {}

  get where(): string {
    return this.path;
  }

  /** @throws KongDualClusterError JOURNAL_NOT_WRITABLE */
  static async create(path: string): Promise<Journal> {
    try {
      await mkdir(dirname(path), { recursive: true });
      // Exclusive: a journal is never written over.
      await (await open(path, 'ax')).close();
    } catch (error) {
      throw new KongDualClusterError('JOURNAL_NOT_WRITABLE', 'the journal of the shift cannot be made', {
        found: `${path}: ${(error as Error).message}`,
        remedy: 'run it in a folder that you may write to: without a journal nothing is shifted',
        cause: error,
      });
    }
    return new Journal(path, 0);
  }

  /** Goes on after the lines that are there; a last line that was cut off by a crash is taken away. */
  static async reopen(path: string): Promise<{ journal: Journal; lines: JournalLine[] }> {
    const text = await readFile(path, 'utf8');
    const lines = linesOf(text, path);
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1));
    if (whole < Buffer.byteLength(text)) {
      const file = await open(path, 'r+');
      await file.truncate(whole);
      await file.close();
    }
    return { journal: new Journal(path, lines.length), lines };
  }

  async append(event: ShiftEvent, at: Date): Promise<JournalLine> {
    const line: JournalLine = { n: this.count + 1, at: at.toISOString(), ...event };
    const file = await open(this.path, 'a');
    try {
      const { size } = await file.stat();
      try {
        await file.appendFile(`${JSON.stringify(line)}\n`);
        await file.sync();
      } catch (error) {
        // Half a line would be glued to the next one.
        await file.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await file.close();
    }
    this.count += 1;
    return line;
  }
}

/** @throws KongDualClusterError JOURNAL_DAMAGED */
export async function readJournal(path: string): Promise<JournalLine[]> {
  return linesOf(await readFile(path, 'utf8'), path);
}

/** Journals of a system stand beside its settings. */
export const journalFolder = (settingsPath: string, system: string): string =>
  join(dirname(resolve(settingsPath)), '.kong-dual-cluster', system);

/** Paths of the journals, the newest first: a run's id begins with its time. */
export async function journals(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

export function linesOf(text: string, path: string): JournalLine[] {
  // What follows the last line feed was being written when the runner was killed.
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  return complete
    .split('\n')
    .filter(Boolean)
    .map((line, index) => lineOf(line, `${path}:${index + 1}`));
}

/** Journals in a folder, a file a run. */
export class FileJournals implements JournalStore {
  constructor(private readonly folder: string) {}

  get where(): string {
    return this.folder;
  }
  async runs(): Promise<string[]> {
    return (await journals(this.folder)).map((path) => basename(path, '.ndjson'));
  }
  create(run: string): Promise<Journal> {
    return Journal.create(this.path(run));
  }
  reopen(run: string): Promise<{ journal: Journal; lines: JournalLine[] }> {
    return Journal.reopen(this.path(run));
  }
  async read(run: string): Promise<JournalLine[]> {
    try {
      return await readJournal(this.path(run));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
  private path(run: string): string {
    return join(this.folder, `${run}.ndjson`);
  }
}
