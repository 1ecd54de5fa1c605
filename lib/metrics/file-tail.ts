import { open, stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Of a file that is there already, no more than this is read at first, bytes. */
const LOOK_BACK = 16 * 1024 * 1024;
const CHUNK = 256 * 1024;
/** Longer than any line of a log, characters: a file without line feeds is no log. */
const LONGEST_LINE = 1024 * 1024;
/** Reads after which a file that was renamed, and has had nothing new, is left. */
const LEFT_AFTER = 5;

type Each = (line: string) => void;

/**
 * Reads a file that grows, line by line. The file stays open, so that what was written just before it was renamed is read
 * too; then the new file of that name is read from its beginning. Until its writer is told (nginx: USR1) the renamed file
 * may still grow, so that it is read on for a few reads.
 */
export class FileTail {
  private file: OpenFile | undefined;
  private renamed: OpenFile[] = [];
  /** Whether the file had more than was looked back at: then its first line is cut, and its first minute too. */
  isCut = false;

  constructor(readonly path: string) {}

  /** Hands over every complete line since the last call. Throws what the file system says. */
  async read(each: Each): Promise<void> {
    const now = await stat(this.path, { bigint: true });
    if (this.file === undefined) {
      this.file = await OpenFile.open(this.path, LOOK_BACK);
      this.isCut = this.file.isCut;
    }
    await this.readRenamed(each);
    await this.file.read(each);
    if (now.ino === this.file.inode) return;
    this.renamed.push(this.file);
    this.file = undefined;
    this.file = await OpenFile.open(this.path, Infinity);
    await this.file.read(each);
  }

  async close(): Promise<void> {
    const all = [...this.renamed, ...(this.file ? [this.file] : [])];
    this.renamed = [];
    this.file = undefined;
    await Promise.all(all.map((file) => file.close()));
  }

  private async readRenamed(each: Each): Promise<void> {
    for (const file of [...this.renamed]) {
      await file.read(each);
      if (file.quiet < LEFT_AFTER) continue;
      this.renamed = this.renamed.filter((other) => other !== file);
      await file.close();
    }
  }
}

/** One file, whatever its name is now, and how far it was read. */
class OpenFile {
  private rest = '';
  private decoder = new StringDecoder('utf8');
  /** Reads in a row that found nothing new. */
  quiet = 0;

  private constructor(
    private readonly handle: FileHandle,
    readonly inode: bigint,
    private offset: number,
  ) {
    this.isCut = offset > 0;
  }

  readonly isCut: boolean;

  /** @param lookBack bytes before its end from where it is read */
  static async open(path: string, lookBack: number): Promise<OpenFile> {
    const handle = await open(path, 'r');
    const { size, ino } = await handle.stat({ bigint: true });
    return new OpenFile(handle, ino, Math.max(0, Number(size) - lookBack));
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async read(each: Each): Promise<void> {
    const begun = this.offset;
    // Emptied in its place (copytruncate).
    if ((await this.handle.stat()).size < this.offset) this.again();
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await this.handle.read(buffer, 0, CHUNK, this.offset);
      if (bytesRead === 0) break;
      this.offset += bytesRead;
      const lines = (this.rest + this.decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.rest = lines.pop() ?? '';
      if (this.rest.length > LONGEST_LINE) this.rest = '';
      for (const line of lines) if (line.trim() !== '') each(line.trimEnd());
    }
    this.quiet = this.offset === begun ? this.quiet + 1 : 0;
  }

  private again(): void {
    this.offset = 0;
    this.rest = '';
    this.decoder = new StringDecoder('utf8');
  }
}
