/** What an expression may refer to: the parts of `aws_lb.Edge.arn`, without indexes. */
export type Resolve = (reference: readonly string[]) => any;

/** A string of `cdk.tf.json` as Terraform reads it: `${…}` is carried out, `$${` and `%%{` are the texts `${` and `%{`. */
export function template(text: string, resolve: Resolve): any {
  const parts: any[] = [];
  let plain = '';
  let at = 0;
  const flush = (): void => {
    if (plain !== '') parts.push(plain);
    plain = '';
  };
  while (at < text.length) {
    if (text.startsWith('$${', at) || text.startsWith('%%{', at)) {
      plain += text.slice(at + 1, at + 3);
      at += 3;
    } else if (text.startsWith('%{', at)) {
      throw new Error(`a directive in ${text.slice(at, at + 60)}: a text was not taken literally`);
    } else if (text.startsWith('${', at)) {
      flush();
      const reader = new Reader(text, at + 2, resolve);
      parts.push(reader.expression());
      at = reader.closing('}');
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  if (parts.length === 0) return '';
  return parts.length === 1 ? parts[0] : parts.map(asText).join('');
}

const asText = (value: unknown): string => {
  if (typeof value === 'object' && value !== null)
    throw new Error(`Terraform makes no text of ${JSON.stringify(value)}`);
  return String(value);
};

/** Of Terraform's functions those that a backend here may use (Terraform language, "Functions"). */
const FUNCTIONS: Readonly<Record<string, (...given: any[]) => any>> = {
  jsonencode: (value) => JSON.stringify(value),
  jsondecode: (value) =>
    typeof value === 'string' && value.startsWith('{value of') ? new SecretText(value) : JSON.parse(value),
  join: (separator, ...lists) => lists.flat().join(separator),
  split: (separator, value) => String(value).split(separator),
  element: (all, index) => all[index % all.length],
  slice: (all, from, to) => all.slice(from, to),
  concat: (...lists) => lists.flat(),
  tolist: (value) => value,
  toset: (value) => value,
  tostring: (value) => String(value),
  tonumber: (value) => Number(value),
  nonsensitive: (value) => value,
  sensitive: (value) => value,
  sort: (all) => [...all].sort(),
  distinct: (all) => [...new Set(all)],
  length: (value) => value.length,
  lower: (value) => String(value).toLowerCase(),
  coalesce: (...given) => given.find((each) => each !== null && each !== ''),
  try: (first) => first,
  replace: (value, find, by) =>
    /^\/.*\/$/s.test(find)
      ? String(value).replace(new RegExp(find.slice(1, -1), 'g'), by.replace(/\$\{?(\w+)\}?/g, '$$$1'))
      : String(value).split(find).join(by),
  format: (form, ...given) => String(form).replace(/%[sd]/g, () => String(given.shift())),
  trimprefix: (value, prefix) => (value.startsWith(prefix) ? value.slice(prefix.length) : value),
  filebase64sha256: (path) => `hash of ${path}`,
};

/** A secret's JSON, of which only its fields are known by name. */
export class SecretText {
  constructor(private readonly whole: string) {}
  field(name: string): string {
    return `${this.whole.slice(0, -1)}, field ${name}}`;
  }
}

class Reader {
  constructor(
    private readonly text: string,
    private at: number,
    private readonly resolve: Resolve,
  ) {}

  closing(sign: string): number {
    this.space();
    if (this.text[this.at] !== sign) throw this.fault(sign);
    return this.at + 1;
  }

  expression(): any {
    const value = this.operand();
    this.space();
    const [operator] = /^(==|!=|&&|\|\||\?)/.exec(this.text.slice(this.at, this.at + 2)) ?? [];
    if (operator === undefined) return value;
    this.at += operator.length;
    if (operator === '?') {
      const yes = this.expression();
      this.take(':');
      const no = this.expression();
      return value ? yes : no;
    }
    const other = this.expression();
    if (operator === '==') return value === other;
    if (operator === '!=') return value !== other;
    return operator === '&&' ? value && other : value || other;
  }

  private operand(): any {
    this.space();
    const sign = this.text[this.at]!;
    if (sign === '"') return this.quoted();
    if (sign === '[') return this.many('[', ']', () => this.expression());
    if (sign === '{') return Object.fromEntries(this.many('{', '}', () => this.pair()));
    if (sign === '(') {
      this.take('(');
      const value = this.expression();
      this.take(')');
      return this.indexed(value);
    }
    const number = /^-?\d+(\.\d+)?/.exec(this.text.slice(this.at))?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return Number(number);
    }
    return this.named();
  }

  private named(): any {
    const name = this.word();
    if (name === 'true' || name === 'false') return name === 'true';
    if (name === 'null') return null;
    if (this.text[this.at] === '(') {
      const carriedOut = FUNCTIONS[name];
      if (carriedOut === undefined) throw new Error(`the function ${name} is not known on paper`);
      return this.indexed(carriedOut(...this.many('(', ')', () => this.expression())));
    }
    const reference = [name];
    while (this.text[this.at] === '.' && !/[\d*]/.test(this.text[this.at + 1]!)) {
      this.at += 1;
      reference.push(this.word());
    }
    return this.indexed(this.resolve(reference));
  }

  /** `[0]`, `["field"]`, `.field`: of a value that is already there. */
  private indexed(value: any): any {
    if (this.text[this.at] === '.') {
      this.at += 1;
      return this.indexed(partOf(value, this.word()));
    }
    if (this.text[this.at] !== '[') return value;
    this.take('[');
    const index = this.expression();
    this.take(']');
    return this.indexed(partOf(value, index));
  }

  private pair(): [string, any] {
    this.space();
    const key = this.text[this.at] === '"' ? this.quoted() : this.word();
    this.space();
    this.take(this.text[this.at] === ':' ? ':' : '=');
    return [key, this.expression()];
  }

  private many<T>(open: string, close: string, read: () => T): T[] {
    this.take(open);
    const all: T[] = [];
    for (;;) {
      this.space();
      if (this.text[this.at] === close) break;
      all.push(read());
      this.space();
      if (this.text[this.at] === ',') this.at += 1;
    }
    this.take(close);
    return all;
  }

  private quoted(): any {
    const from = this.at + 1;
    let depth = 0;
    for (let at = from; at < this.text.length; at += 1) {
      if (this.text[at] === '\\') at += 1;
      else if (this.text.startsWith('$${', at) || this.text.startsWith('%%{', at)) at += 2;
      else if (this.text.startsWith('${', at)) depth += 1;
      else if (this.text[at] === '}' && depth > 0) depth -= 1;
      else if (this.text[at] === '"' && depth === 0) {
        this.at = at + 1;
        return template(unescaped(this.text.slice(from, at)), this.resolve);
      }
    }
    throw this.fault('"');
  }

  private word(): string {
    this.space();
    const [word] = /^[A-Za-z_][\w-]*/.exec(this.text.slice(this.at)) ?? [];
    if (word === undefined) throw this.fault('a name');
    this.at += word.length;
    return word;
  }

  private take(sign: string): void {
    this.space();
    if (this.text[this.at] !== sign) throw this.fault(sign);
    this.at += 1;
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  private fault(wanted: string): Error {
    return new Error(`${wanted} expected at ${this.text.slice(this.at, this.at + 60)} in ${this.text.slice(0, 200)}`);
  }
}

function partOf(value: any, index: string | number): any {
  if (value instanceof SecretText) return value.field(String(index));
  if (value === null || value === undefined || value[index] === undefined) {
    throw new Error(`${JSON.stringify(value)} has no ${index}`);
  }
  return value[index];
}

const unescaped = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, sign: string) =>
    sign.startsWith('u') && sign.length === 5
      ? String.fromCharCode(parseInt(sign.slice(1), 16))
      : ({ n: '\n', r: '\r', t: '\t' }[sign] ?? sign),
  );
