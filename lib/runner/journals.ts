import type { JournalLine, ShiftEvent } from '../traffic/shift-events';

/** The journal of one run, open for more lines; one writer at a time. */
export interface OpenJournal {
  /** Where it is, for people: a path, or `s3://…`. */
  readonly where: string;
  /**
   * Durable when it returns.
   * @throws KongDualClusterError LOCK_LOST when another process has written this line meanwhile
   */
  append(event: ShiftEvent, at: Date): Promise<JournalLine>;
}

/** Where the journals of a system are kept: beside the settings, or in a bucket that every machine can read. */
export interface JournalStore {
  /** For people. */
  readonly where: string;
  /** Runs that have a journal, the newest first. */
  runs(): Promise<string[]>;
  /** @throws KongDualClusterError JOURNAL_NOT_WRITABLE */
  create(run: string): Promise<OpenJournal>;
  /** Goes on after the lines that are there. @throws KongDualClusterError JOURNAL_DAMAGED */
  reopen(run: string): Promise<{ readonly journal: OpenJournal; readonly lines: JournalLine[] }>;
  /**
   * Lines of a run; none when it has no journal here.
   * @param known its first lines, where they were read before: they need not be read again
   * @throws KongDualClusterError JOURNAL_DAMAGED
   */
  read(run: string, known?: readonly JournalLine[]): Promise<JournalLine[]>;
}
