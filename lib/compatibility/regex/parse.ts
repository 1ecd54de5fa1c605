import { Refused, type Node, type Refusal } from './ast';
import { bracketedClass } from './classes';
import { depth } from './depth';
import { checkProperties, escape } from './escapes';
import { isWhite, Scanner } from './scanner';

/** The deepest tree that the crate takes. */
const NEST_LIMIT = 250;
/** A count is an unsigned number of 32 bits. */
const LARGEST_COUNT = 2 ** 32 - 1;

export type Parsed = { readonly ok: true; readonly node: Node } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Reads a pattern as the Rust crate `regex` (1.8 and later, with its default options) does, and says where and why it
 * refuses it. Whether what it reads fits the crate's memory limit is `size.ts`. The syntax is that of regex-syntax
 * (docs.rs/regex, "Syntax"); tested against the crate itself.
 */
export function parse(pattern: string): Parsed {
  try {
    const scanner = new Scanner(pattern);
    const node = new Parser(scanner).whole();
    if (depth(node) > NEST_LIMIT) scanner.refuse('nesting', `it nests deeper than ${NEST_LIMIT}`, 0, pattern.length);
    checkProperties(scanner);
    return { ok: true, node };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

interface Frame {
  readonly at: number;
  readonly ignoresBlanks: boolean;
  readonly branches: Node[];
  items: Node[];
}

class Parser {
  private readonly names = new Set<string>();
  private readonly frames: Frame[] = [];
  private frame: Frame;

  constructor(private readonly scanner: Scanner) {
    this.frame = this.newFrame();
  }

  whole(): Node {
    const { scanner } = this;
    for (;;) {
      scanner.skipBlanks();
      if (scanner.done) break;
      this.next(scanner.char());
    }
    if (this.frames.length > 0) {
      scanner.refuse('group-unclosed', 'a group is not closed', this.frame.at, this.frame.at + 1);
    }
    return this.closed(this.frame);
  }

  private next(char: string): void {
    const { scanner, frame } = this;
    const { at } = scanner;
    if (char === '(') this.openGroup();
    else if (char === ')') this.closeGroup();
    else if (char === '|') {
      frame.branches.push(concatOf(frame.items, at));
      frame.items = [];
      scanner.bump();
    } else if (char === '[') frame.items.push(bracketedClass(scanner));
    else if (char === '{') this.counted();
    else if (char === '?' || char === '*' || char === '+') {
      const node = this.repeated(at, at + 1);
      scanner.bump();
      this.repeat(node, char === '+' ? 1 : 0, char === '?' ? 1 : Infinity);
    } else frame.items.push(this.primitive(char));
  }

  private primitive(char: string): Node {
    const { scanner } = this;
    const { at } = scanner;
    if (char === '\\') return escape(scanner);
    scanner.bump();
    const end = scanner.at;
    if (char === '.') return { type: 'dot', at, end };
    if (char === '^' || char === '$') return { type: 'assertion', at, end };
    return { type: 'literal', char, at, end };
  }

  private newFrame(at = 0): Frame {
    return { at, ignoresBlanks: this.scanner.ignoresBlanks, branches: [], items: [] };
  }

  private closed({ branches, items, at }: Frame): Node {
    const last = concatOf(items, this.scanner.at);
    if (branches.length === 0) return last;
    return { type: 'alternate', nodes: [...branches, last], at, end: this.scanner.at };
  }

  private openGroup(): void {
    const { scanner } = this;
    const { at } = scanner;
    const inner = this.newFrame(at);
    scanner.bumpAndSkip();
    const around = ['?=', '?!', '?<=', '?<!'].find((text) => scanner.pattern.startsWith(text, scanner.at));
    if (around !== undefined) {
      const why = `look-${around.startsWith('?<') ? 'behind' : 'ahead'} is not supported`;
      scanner.refuse('lookaround', why, at, scanner.at + around.length);
    }
    if (scanner.take('?P<') || scanner.take('?<')) this.groupName();
    else if (scanner.take('?')) {
      if (this.flags(at)) return;
    }
    this.frames.push(this.frame);
    this.frame = inner;
  }

  private groupName(): void {
    const { scanner } = this;
    const unfinished = (): never =>
      scanner.refuse('group-name', 'the name of a group is not closed', scanner.at, scanner.at);
    if (scanner.done) unfinished();
    const start = scanner.at;
    while (scanner.char() !== '>') {
      const allowed = scanner.at === start ? /^[_\p{Alphabetic}]$/u : /^[_.[\]\p{Alphabetic}\p{N}]$/u;
      if (!allowed.test(scanner.char())) {
        scanner.refuse(
          'group-name',
          `${JSON.stringify(scanner.char())} cannot stand in the name of a group`,
          scanner.at,
        );
      }
      if (!scanner.bump()) unfinished();
    }
    const name = scanner.pattern.slice(start, scanner.at);
    if (name === '') scanner.refuse('group-name', 'a group has an empty name', start, start);
    scanner.bump();
    if (this.names.has(name)) {
      scanner.refuse('group-name', `two groups are named ${name}`, start, start + name.length);
    }
    this.names.add(name);
  }

  /** Behind `(?`: true where the flags stand alone, `(?i)`; false where they open a group, `(?i:`. */
  private flags(groupAt: number): boolean {
    const { scanner } = this;
    if (scanner.done) scanner.refuse('group-unclosed', 'a group is not closed', groupAt, groupAt + 1);
    const start = scanner.at;
    const seen = new Set<string>();
    let dangling = false;
    while (scanner.char() !== ':' && scanner.char() !== ')') {
      const { at } = scanner;
      const char = scanner.char();
      if (char !== '-' && !/^[imsuURx]$/.test(char)) {
        scanner.refuse('flag', `(?${char} is not known`, at);
      }
      if (seen.has(char)) scanner.refuse('flag', `the flag ${char} is repeated`, at);
      seen.add(char);
      dangling = char === '-';
      if (!scanner.bump()) scanner.refuse('flag', 'flags are not closed', scanner.at, scanner.at);
    }
    if (dangling) scanner.refuse('flag', 'no flag follows the -', scanner.at - 1);
    const text = scanner.pattern.slice(start, scanner.at);
    const [on = '', off = ''] = text.split('-');
    if (off.includes('u')) {
      scanner.refuse(
        'invalid-utf8',
        'without the flag u it may match what is not UTF-8',
        groupAt,
        scanner.at + 1,
        false,
      );
    }
    const alone = scanner.char() === ')';
    const end = scanner.at + 1;
    if (alone && text === '') scanner.refuse('repetition-missing', 'there is nothing to repeat', start - 1, start);
    scanner.bump();
    if (on.includes('x')) scanner.ignoresBlanks = true;
    if (off.includes('x')) scanner.ignoresBlanks = false;
    if (alone) this.frame.items.push({ type: 'flags', at: groupAt, end });
    return alone;
  }

  private closeGroup(): void {
    const { scanner } = this;
    const outer = this.frames.pop();
    if (outer === undefined) {
      return scanner.refuse('group-unopened', 'a group is closed that was not opened', scanner.at);
    }
    const inner = this.frame;
    const node = this.closed(inner);
    scanner.ignoresBlanks = inner.ignoresBlanks;
    scanner.bump();
    outer.items.push({ type: 'group', node, at: inner.at, end: scanner.at });
    this.frame = outer;
  }

  /** What a repetition stands behind. */
  private repeated(at: number, end: number): Node {
    const node = this.frame.items.pop();
    if (node === undefined || node.type === 'flags') {
      return this.scanner.refuse('repetition-missing', 'there is nothing to repeat', at, end);
    }
    return node;
  }

  private repeat(node: Node, min: number, max: number): void {
    const { scanner } = this;
    scanner.take('?');
    this.frame.items.push({ type: 'repeat', node, min, max, at: node.at, end: scanner.at });
  }

  private counted(): void {
    const { scanner } = this;
    const { at } = scanner;
    const node = this.repeated(at, at + 1);
    const unclosed = (): never =>
      scanner.refuse('repetition-count', 'a { that opens a repetition is not closed', at, scanner.at);
    if (!scanner.bumpAndSkip()) unclosed();
    this.blanks();
    const minAt = scanner.at;
    const min = this.decimal();
    if (scanner.done) unclosed();
    let max = min ?? 0;
    if (scanner.char() === ',') {
      if (!scanner.bumpAndSkip()) unclosed();
      if (min === undefined) this.noNumber(minAt);
      const open = scanner.char() === '}';
      this.blanks();
      max = open ? Infinity : (this.decimal() ?? this.noNumber(scanner.at));
    } else if (min === undefined) {
      this.noNumber(minAt);
    }
    if (scanner.char() !== '}') unclosed();
    scanner.bump();
    if ((min ?? 0) > max) {
      scanner.refuse('repetition-count', 'a repetition ends before it begins', at, scanner.at);
    }
    this.repeat(node, min ?? 0, max);
  }

  private noNumber(at: number): never {
    return this.scanner.refuse('repetition-count', 'a { that is not escaped opens a repetition and needs a number', at);
  }

  /** Blanks around a count are allowed, with and without the flag `x`. */
  private blanks(): void {
    while (!this.scanner.done && isWhite(this.scanner.char())) this.scanner.bump();
  }

  private decimal(): number | undefined {
    const { scanner } = this;
    const { at } = scanner;
    let text = '';
    while (/^[0-9]$/.test(scanner.char())) {
      text += scanner.char();
      scanner.bumpAndSkip();
    }
    const end = scanner.at;
    this.blanks();
    if (text === '') return undefined;
    const count = Number(text);
    if (count > LARGEST_COUNT) {
      scanner.refuse('repetition-count', `${text} is too large a repetition`, at, end);
    }
    return count;
  }
}

function concatOf(items: readonly Node[], end: number): Node {
  const [first] = items;
  if (first === undefined) return { type: 'empty', at: end, end };
  return items.length === 1 ? first : { type: 'concat', nodes: items, at: first.at, end };
}
