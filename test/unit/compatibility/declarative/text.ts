/** A value written as YAML or JSON in a style that a tape of numbers chooses: every choice takes the next number. */
export function written(value: unknown, tape: readonly number[]): string {
  const writer = new Writer(tape);
  const text = writer.document(value);
  return writer.crlf ? text.replaceAll('\n', '\r\n') : text;
}

class Writer {
  private at = 0;
  readonly crlf: boolean;
  constructor(private readonly tape: readonly number[]) {
    this.crlf = this.choose(6) === 0;
  }

  private choose(of: number): number {
    const chosen = this.tape.length === 0 ? 0 : this.tape[this.at % this.tape.length]! % of;
    this.at += 1;
    return chosen;
  }

  document(value: unknown): string {
    const form = this.choose(5);
    if (form === 0) return JSON.stringify(value, null, this.choose(4));
    const head = this.choose(4) === 0 ? '---\n' : '';
    const comment = this.choose(3) === 0 ? '# first: line\n' : '';
    const body = this.block(value, 0);
    return `${head}${comment}${body}${this.choose(4) === 0 ? '# last' : ''}`.replace(
      /\n$/,
      this.choose(5) === 0 ? '' : '\n',
    );
  }

  private comment(indent: number): string {
    const kind = this.choose(12);
    if (kind === 0) return `${' '.repeat(indent)}# a comment - x: 1\n`;
    if (kind === 1) return '# at the margin\n';
    return kind === 2 ? '\n' : '';
  }

  private tail(): string {
    return this.choose(8) === 0 ? ' # on the line: [\n' : '\n';
  }

  /** Lines of a map or list at an indentation, or a scalar's rest of the line. */
  private block(value: unknown, indent: number): string {
    const pad = ' '.repeat(indent);
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item) => `${this.comment(indent)}${pad}-${this.behindDash(item, indent)}`).join('');
    }
    return Object.entries(value as object)
      .map(([name, child]) => `${this.comment(indent)}${pad}${this.key(name)}:${this.behindKey(child, indent)}`)
      .join('');
  }

  private behindDash(item: unknown, indent: number): string {
    if (isNested(item) && this.choose(5) > 0) {
      const gap = this.choose(4) === 0 ? 3 : 1;
      return ' '.repeat(gap) + this.block(item, indent + 1 + gap).replace(/^(?:\s*(?:#.*)?\n)*\s*/, '');
    }
    return isNested(item) && this.choose(2) === 0 ? `\n${this.block(item, indent + 2)}` : this.inline(item, indent);
  }

  private behindKey(child: unknown, indent: number): string {
    if (!isNested(child) || this.choose(6) === 0) return this.inline(child, indent);
    const deeper = Array.isArray(child) && this.choose(2) === 0 ? indent : indent + 1 + this.choose(4);
    return (this.choose(8) === 0 ? ' # of the key: x\n' : '\n') + this.block(child, deeper);
  }

  private inline(value: unknown, indent: number): string {
    if (value === null && this.choose(2) === 0) return this.tail();
    if (typeof value === 'string' && /^[a-z ]+\n$/.test(value) && this.choose(3) > 0) {
      return ` |\n${' '.repeat(indent + 2)}${value.trim() === value.slice(0, -1) ? value : `x`}`.replace(
        / *x$/,
        () => ` ${JSON.stringify(value)}\n`,
      );
    }
    return ` ${this.flow(value, indent)}${this.tail()}`;
  }

  private flow(value: unknown, indent: number): string {
    if (typeof value === 'string') return this.scalar(value);
    if (value === null) return ['null', '~'][this.choose(2)]!;
    if (typeof value !== 'object') return JSON.stringify(value);
    const isWide = this.choose(4) === 0;
    const gap = isWide ? `\n${' '.repeat(indent + 4)}` : this.choose(3) === 0 ? ' ' : '';
    const items = Array.isArray(value)
      ? value.map((item) => this.flow(item, indent + 4))
      : Object.entries(value).map(([name, child]) => `${this.key(name, true)}: ${this.flow(child, indent + 4)}`);
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    if (items.length === 0) return `${open}${close}`;
    return `${open}${gap}${items.join(`,${gap || ' '}`)}${isWide ? `\n${' '.repeat(indent + 2)}` : gap}${close}`;
  }

  private key(name: string, inFlow = false): string {
    if (!/^[a-z_]+$/.test(name) || /^(?:null|true|false|yes|no|on|off|y|n)$/.test(name)) return JSON.stringify(name);
    const form = this.choose(inFlow ? 3 : 6);
    return form === 0 ? `"${name}"` : form === 1 ? `'${name}'` : name;
  }

  private scalar(text: string): string {
    const form = this.choose(3);
    if (form === 0 && /^[a-z/~][a-z/~ ]*[a-z/]$/.test(text) && !/^(?:null|true|false|yes|no|on|off)$/.test(text))
      return text;
    if (form === 1 && /^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
    return JSON.stringify(text);
  }
}

const isNested = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;
