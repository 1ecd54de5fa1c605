/** A piece of Lua source. Comments are kept apart so that no rule reads them. */
export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'symbol' | 'comment';
  /** For a string what is between the delimiters, escapes as written; else the text itself. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** Where it begins and ends in the source. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\r\n\f\v]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /0[xX][0-9A-Fa-f.]*(?:[pP][+-]?\d+)?(?:ULL|LL)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:ULL|LL|i)?/y;
const LONG_OPEN = /\[(=*)\[/y;
const SYMBOL = /\.\.\.|\.\.|==|~=|<=|>=|::|\/\/|<<|>>|[^\s]/y;

/**
 * Lua 5.1 and LuaJIT source as tokens, comments included (Lua 5.1 manual, section 2.1). Never throws: an unfinished string
 * or bracket ends with its line or with the file, as an editor would show it.
 */
export function luaTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = source.startsWith('#') ? lineEnd(source, 0) : 0;
  let line = 1;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const take = (kind: Token['kind'], end: number, text = source.slice(at, end)): void => {
    tokens.push({ kind, text, line, start: at, end });
    for (let i = at; i < end; i++) if (source.charCodeAt(i) === 10) line++;
    at = end;
  };
  const skip = (end: number): void => {
    for (let i = at; i < end; i++) if (source.charCodeAt(i) === 10) line++;
    at = end;
  };

  while (at < source.length) {
    const space = match(SPACE);
    if (space) {
      skip(at + space[0].length);
      continue;
    }
    if (source.startsWith('--', at)) {
      LONG_OPEN.lastIndex = at + 2;
      const open = LONG_OPEN.exec(source);
      take('comment', open ? longEnd(source, at + 2, open).end : lineEnd(source, at));
      continue;
    }
    const long = match(LONG_OPEN);
    if (long) {
      const { from, to, end } = longEnd(source, at, long);
      take('string', end, source.slice(from, to));
      continue;
    }
    const first = source[at] ?? '';
    if (first === '"' || first === "'") {
      const end = quotedEnd(source, at);
      const closed = source[end - 1] === first && end - at > 1;
      take('string', end, source.slice(at + 1, closed ? end - 1 : end));
      continue;
    }
    const number = match(NUMBER);
    if (number) take('number', at + number[0].length);
    else {
      const name = match(NAME);
      if (name) take('name', at + name[0].length);
      else take('symbol', at + (match(SYMBOL)?.[0].length ?? 1));
    }
  }
  return tokens;
}

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}

function longEnd(source: string, at: number, open: RegExpExecArray): { from: number; to: number; end: number } {
  const from = at + open[0].length;
  const close = `]${open[1] ?? ''}]`;
  const to = source.indexOf(close, from);
  return to < 0 ? { from, to: source.length, end: source.length } : { from, to, end: to + close.length };
}

/** Just behind the closing quote; at the end of the line where there is none. */
function quotedEnd(source: string, at: number): number {
  const quote = source[at];
  for (let i = at + 1; i < source.length; i++) {
    const c = source[i];
    if (c === '\\') i += source.startsWith('\\\r\n', i) ? 2 : 1;
    else if (c === quote) return i + 1;
    else if (c === '\n') return i;
  }
  return source.length;
}
