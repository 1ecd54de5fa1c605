import { open, stat, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Of a file that is there already, no more than this is read at first, bytes. */
const LOOK_BACK = 16 * 1024 * 1024;
const CHUNK = 256 * 1024;

/**
 * Reads a file that grows, line by line. The file stays open, so that what was written just before it was renamed is read
 * too; then the new file of that name is read from its beginning.
 */
export class FileTail {
  private handle: FileHandle | undefined;
  private inode: bigint | undefined;
  private offset = 0;
  private rest = '';
  private decoder = new StringDecoder('utf8');
  /** Whether the file had more than was looked back at: then its first line is cut, and its first minute too. */
  isCut = false;

  constructor(readonly path: string) {}

  /** Hands over every complete line since the last call. Throws what the file system says. */
  async read(each: (line: string) => void): Promise<void> {
    const now = await stat(this.path, { bigint: true });
    if (this.handle === undefined) await this.opened();
    await this.toTheEnd(each);
    if (now.ino !== this.inode) {
      await this.close();
      await this.opened();
      await this.toTheEnd(each);
    }
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private async opened(): Promise<void> {
    const isFirst = this.inode === undefined;
    this.handle = await open(this.path, 'r');
    const { size, ino } = await this.handle.stat({ bigint: true });
    this.inode = ino;
    this.offset = isFirst ? Math.max(0, Number(size) - LOOK_BACK) : 0;
    this.isCut ||= this.offset > 0;
    this.rest = '';
    this.decoder = new StringDecoder('utf8');
  }

  private async toTheEnd(each: (line: string) => void): Promise<void> {
    const { handle } = this;
    if (handle === undefined) return;
    // Emptied in its place (copytruncate).
    if ((await handle.stat()).size < this.offset) {
      this.offset = 0;
      this.rest = '';
    }
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK, this.offset);
      if (bytesRead === 0) return;
      this.offset += bytesRead;
      const lines = (this.rest + this.decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') each(line);
    }
  }
}
