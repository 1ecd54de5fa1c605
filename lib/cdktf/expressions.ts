/** What a string of `cdk.tf.json` refers to, and why it cannot be read when it cannot. */
export interface Expressions {
  /** As written, with their parts: `data.aws_region.here.region` is `['data', 'aws_region', 'here', 'region']`. */
  readonly references: readonly (readonly string[])[];
  readonly problem?: string;
}

/** Reads a string as Terraform does: text, `${…}` with expressions inside, and the escapes `$${` and `%%{`. */
export function expressionsOf(text: string): Expressions {
  const reader = new Reader(text);
  try {
    reader.template();
    return { references: reader.references };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { references: reader.references, problem: error.message };
  }
}

class Unreadable extends Error {}

const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_-]*/uy;
/** What follows a name without brackets: `.name`, `.0`, `.*`. */
const ATTRIBUTE = /\s*\.\s*([\p{L}_][\p{L}\p{N}_-]*|\d+|\*)/uy;
const CALL = /\s*(::|\()/y;
const OBJECT_KEY = /\s*(=(?![=>])|:)/y;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const LOOP = /\s+([\p{L}_][\p{L}\p{N}_-]*)(?:\s*,\s*([\p{L}_][\p{L}\p{N}_-]*))?\s+in\b/uy;
const OPERATORS = /(?:(?!\/[/*])[\s+\-*/%<>=!&|?:,])+|\.\.\.|\[\*\]|=>/y;
/** To the end of the line, or between a slash with a star and its like. */
const COMMENT = /(?:#|\/\/)[^\n]*|\/\*[^]*?\*\//y;
/** `<<EOT`, the lines and the name again on its own. */
const HEREDOC = /<<-?([\p{L}_][\p{L}\p{N}_-]*)\n([^]*?)^[ \t]*\1$/muy;
const EMPTY = /\s*~?\}/y;
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'if', 'in']);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Reader {
  readonly references: string[][] = [];
  private at = 0;
  /** Names that `for` gave. */
  private readonly bound = new Set<string>();

  constructor(private readonly text: string) {}

  /** To the end of the text, or to the quote that ends a string inside an expression. */
  template(quoted = false): void {
    for (; this.at < this.text.length; this.at += 1) {
      if (this.ahead('$${') || this.ahead('%%{')) this.at += 2;
      else if (this.ahead('%{')) throw new Unreadable('a directive (%{)');
      else if (this.ahead('${')) {
        this.at += this.ahead('${~') ? 3 : 2;
        if (this.isAhead(EMPTY)) throw new Unreadable('an empty expression');
        this.expression('}');
      } else if (quoted && this.ahead('\\')) this.escape();
      else if (quoted && this.ahead('"')) return;
    }
    if (quoted) throw new Unreadable('a string without an end');
  }

  private escape(): void {
    this.at += 1;
    if (!/[nrt"\\uU]/.test(this.text[this.at] ?? ''))
      throw new Unreadable(`no such escape: \\${this.text[this.at] ?? ''}`);
  }

  /** Up to and on the closing bracket. */
  private expression(closing: string): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new Unreadable(`an expression without its ${closing}`);
      if (char === closing) return;
      if (char === '~' && this.text[this.at + 1] === '}') this.at += 1;
      else if (char === '"') {
        this.at += 1;
        this.template(true);
        this.at += 1;
      } else if (char in CLOSING && !this.ahead('[*]')) {
        this.at += 1;
        this.expression(CLOSING[char]!);
        this.at += 1;
      } else if (this.heredoc() || this.match(COMMENT)) continue;
      else if (this.match(ATTRIBUTE) ?? this.match(NUMBER) ?? this.match(OPERATORS)) continue;
      else this.name(closing);
    }
  }

  private heredoc(): boolean {
    const text = this.match(HEREDOC)?.[2];
    if (text === undefined) return false;
    const { references, problem } = expressionsOf(text);
    if (problem !== undefined) throw new Unreadable(problem);
    this.references.push(...references.filter(([first]) => !this.bound.has(first!)).map((parts) => [...parts]));
    return true;
  }

  private name(closing: string): void {
    const name = this.match(IDENTIFIER)?.[0];
    if (name === undefined)
      throw new Unreadable(`not an expression from ${JSON.stringify(this.text.slice(this.at, this.at + 20))}`);
    const loop = name === 'for' ? this.match(LOOP) : undefined;
    if (loop) {
      for (const bound of loop.slice(1)) if (bound) this.bound.add(bound);
      return;
    }
    if (KEYWORDS.has(name)) return;
    const call = this.match(CALL);
    if (call) {
      if (call[1] === '(') this.at -= 1; // the bracket is read as any other
      return;
    }
    const parts = [name];
    for (let part = this.match(ATTRIBUTE); part; part = this.match(ATTRIBUTE)) parts.push(part[1]!);
    if (parts.length === 1 && closing === '}' && this.isAhead(OBJECT_KEY)) return;
    if (!this.bound.has(name)) this.references.push(parts);
  }

  private ahead(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  private isAhead(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.at = pattern.lastIndex;
    return found;
  }
}
