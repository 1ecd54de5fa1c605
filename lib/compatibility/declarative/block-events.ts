import type { Event } from 'js-yaml';

const DOCUMENT = 1;
const LIST = 2;
const MAP = 3;
const SCALAR = 4;
const POP = 6;
type Kind = typeof LIST | typeof MAP;
const BLOCK_STYLE = 1;
const PLAIN = 1;
const SINGLE = 2;
const DOUBLE = 3;

/**
 * The events of a text in which there is nothing but what tools write into files of Kong: block maps and lists, a key or an
 * item a line, values on one line, comments. The same as js-yaml's, for less work; undefined where there is
 * anything else, be it wrong or not.
 * @param from what is added to the places in the text (@default 0)
 */
export function blockEvents(text: string, from = 0): Event[] | undefined {
  return text.includes('\r') ? undefined : new BlockReader(text, from).events();
}

/** Deeper than any entity, and less deep than js-yaml goes. */
const DEEPEST = 50;

/** Characters by their codes below 128; others are left to js-yaml. */
const codes = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, code) => Number(pattern.test(String.fromCharCode(code))));
const BEGINS_KEY = codes(/[A-Za-z_]/);
const IN_KEY = codes(/[\w.-]/);
const BEGINS_PLAIN = codes(/[\w/~^$(.\\+]/);
/** A colon and a blank are looked at by themselves. */
const IN_PLAIN = codes(/[!-9;-~]/);
const IN_SINGLE = codes(/[ -&(-~]/);
const IN_DOUBLE = codes(/[ !#-[\]-~]/);

const NEW_LINE = 10;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const DASH = 45;
const COLON = 58;

const END: Event = { type: POP };
/** The value of a key that has none. */
const EMPTY: Event = {
  type: SCALAR,
  valueStart: -1,
  valueEnd: -1,
  anchorStart: -1,
  anchorEnd: -1,
  tagStart: -1,
  tagEnd: -1,
  style: PLAIN,
  chomping: 1,
  indent: -1,
  fast: false,
};

class BlockReader {
  private readonly found: Event[] = [{ type: DOCUMENT, explicitStart: false, explicitEnd: false, directives: [] }];
  /** What is open: kinds of collections and the columns of their keys or dashes. */
  private readonly kinds: Kind[] = [];
  private readonly columns: number[] = [];
  /** The column of a key that has no value yet; that of the whole at the beginning. */
  private waiting = -1;
  private isWaiting = true;
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly from: number,
  ) {}

  events(): Event[] | undefined {
    const { text } = this;
    while (this.at < text.length) {
      const line = this.at;
      this.skipBlanks();
      if (this.isAtEnd()) this.at = this.lineEnd();
      else if (!this.line(line)) return undefined;
    }
    if (this.kinds.length === 0) return undefined;
    if (this.isWaiting) this.found.push(EMPTY);
    for (let open = this.kinds.length; open >= 0; open -= 1) this.found.push(END);
    return this.found;
  }

  private line(start: number): boolean {
    const isItem = this.text.charCodeAt(this.at) === DASH;
    if (!this.goTo(this.at - start, isItem ? LIST : MAP)) return false;
    if (!isItem) return this.entry(this.at - start);
    if (this.text.charCodeAt(this.at + 1) !== SPACE) return false;
    this.at += 1;
    this.skipBlanks();
    const column = this.at - start;
    if (this.keyEnd() < 0) return this.value();
    this.open(MAP, column);
    return this.entry(column);
  }

  /** Opens or closes collections until the innermost one is of this kind and column. */
  private goTo(column: number, kind: Kind): boolean {
    const { kinds, columns } = this;
    if (this.isWaiting) {
      this.isWaiting = false;
      if (column > this.waiting || (column === this.waiting && kind === LIST)) return this.open(kind, column);
      this.found.push(EMPTY);
    }
    for (;;) {
      const last = kinds.length - 1;
      if (last < 0 || columns[last]! < column) return false;
      if (columns[last] === column && kinds[last] === kind) return true;
      kinds.pop();
      columns.pop();
      this.found.push(END);
    }
  }

  private open(kind: Kind, column: number): boolean {
    this.kinds.push(kind);
    this.columns.push(column);
    this.found.push({
      type: kind,
      start: this.from + this.at,
      anchorStart: -1,
      anchorEnd: -1,
      tagStart: -1,
      tagEnd: -1,
      style: BLOCK_STYLE,
    });
    return this.kinds.length <= DEEPEST;
  }

  /** `key: value` or `key:`. */
  private entry(column: number): boolean {
    const end = this.keyEnd();
    if (end < 0) return false;
    this.scalar(this.at, end, PLAIN);
    this.at = end + 1;
    this.skipBlanks();
    if (!this.isAtEnd()) return this.value();
    this.at = this.lineEnd();
    this.waiting = column;
    this.isWaiting = true;
    return true;
  }

  /** Where the key that begins here ends; -1 where none does. */
  private keyEnd(): number {
    const { text } = this;
    if (BEGINS_KEY[text.charCodeAt(this.at)] !== 1) return -1;
    let end = this.at + 1;
    while (IN_KEY[text.charCodeAt(end)] === 1) end += 1;
    if (text.charCodeAt(end) !== COLON) return -1;
    const next = text.charCodeAt(end + 1);
    return next === SPACE || next === NEW_LINE || end + 1 === text.length ? end : -1;
  }

  /** A value with all that follows it on its line. */
  private value(): boolean {
    const { text, at } = this;
    const first = text.charCodeAt(at);
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
      const inside = first === DOUBLE_QUOTE ? IN_DOUBLE : IN_SINGLE;
      let end = at + 1;
      while (inside[text.charCodeAt(end)] === 1) end += 1;
      if (text.charCodeAt(end) !== first) return false;
      this.scalar(at + 1, end, first === DOUBLE_QUOTE ? DOUBLE : SINGLE);
      this.at = end + 1;
    } else {
      const end = this.plainEnd();
      if (end < 0) return false;
      this.scalar(at, end, PLAIN);
      this.at = end;
    }
    const behind = this.at;
    this.skipBlanks();
    if (!this.isAtEnd() || (this.at === behind && text.charCodeAt(behind) === HASH)) return false;
    this.at = this.lineEnd();
    return true;
  }

  private plainEnd(): number {
    const { text } = this;
    if (BEGINS_PLAIN[text.charCodeAt(this.at)] !== 1) return -1;
    for (let end = this.at + 1; ; end += 1) {
      const code = text.charCodeAt(end);
      if (IN_PLAIN[code] === 1) continue;
      const next = text.charCodeAt(end + 1);
      const goesOn = (code === COLON || (code === SPACE && next !== HASH)) && (next === COLON || IN_PLAIN[next] === 1);
      if (!goesOn) return end;
    }
  }

  private scalar(start: number, end: number, style: 1 | 2 | 3): void {
    this.found.push({
      type: SCALAR,
      valueStart: this.from + start,
      valueEnd: this.from + end,
      anchorStart: -1,
      anchorEnd: -1,
      tagStart: -1,
      tagEnd: -1,
      style,
      chomping: 1,
      indent: -1,
      fast: true,
    });
  }

  private skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === SPACE) this.at += 1;
  }

  /** Of what a line says: behind it a comment may follow. */
  private isAtEnd(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === NEW_LINE || code === HASH || this.at >= this.text.length;
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end + 1;
  }
}
