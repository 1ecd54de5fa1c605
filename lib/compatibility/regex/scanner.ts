import { Refused, type RefusalKind } from './ast';

/** What Rust's `char::is_whitespace` takes for white space. */
const WHITE = /^\p{White_Space}$/u;
export const isWhite = (char: string): boolean => WHITE.test(char);

/** A place in a pattern, a code point at a time; with the flag `x`, blanks and comments are jumped over. */
export class Scanner {
  at = 0;
  /** The flag `x`. */
  ignoresBlanks = false;
  /** Every `\p{…}` that was read. */
  readonly properties: { readonly name: string; readonly at: number; readonly end: number }[] = [];

  constructor(readonly pattern: string) {}

  get done(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The code point here, empty at the end. */
  char(): string {
    const point = this.pattern.codePointAt(this.at);
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  /** Goes on by one; false at the end. */
  bump(): boolean {
    this.at += this.char().length;
    return !this.done;
  }

  /** Goes on behind `text` if it stands here. */
  take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  skipBlanks(): void {
    if (!this.ignoresBlanks) return;
    while (!this.done) {
      if (isWhite(this.char())) this.bump();
      else if (this.char() === '#') {
        while (!this.done && this.char() !== '\n') this.bump();
      } else return;
    }
  }

  bumpAndSkip(): boolean {
    if (!this.bump()) return false;
    this.skipBlanks();
    return !this.done;
  }

  /** The code point after this one, blanks left out. */
  peekBeyondBlanks(): string {
    const { at } = this;
    this.bumpAndSkip();
    const char = this.char();
    this.at = at;
    return char;
  }

  refuse(kind: RefusalKind, why: string, at: number, end = at + this.lengthAt(at), certain = true): never {
    throw new Refused({ kind, why, at, end, certain });
  }

  private lengthAt(at: number): number {
    return at >= this.pattern.length ? 0 : String.fromCodePoint(this.pattern.codePointAt(at) ?? 0).length;
  }
}
