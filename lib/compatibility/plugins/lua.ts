import { luaTokens, type Token } from './lua-tokens';

/** `ngx.ctx.balancer_address.ip`, also where it is written `ctx["balancer_address"].ip` behind `local ctx = ngx.ctx`. */
export interface Access {
  /** Names from the global down; the first is `require:MODULE` for what a module returned. */
  readonly path: readonly string[];
  /** How many of them stand behind the local name that it begins with; 0 where all are written here. */
  readonly known: number;
  readonly line: number;
  /** Index of the token behind it. */
  readonly next: number;
  /** Whether it is called: `f(...)`, `f"..."`, `f{...}`. */
  readonly called: boolean;
  /** Whether it stands left of a `=`. */
  readonly assigned: boolean;
}

/** A field of a table constructor; `key` is undefined for a positional one. */
export interface Field {
  readonly key: string | undefined;
  readonly line: number;
  /** Index of the first token of its value. */
  readonly value: number;
}

export interface Required {
  readonly module: string;
  readonly line: number;
}

/** One Lua file, read once for all rules. */
export interface Lua {
  /** Without comments. */
  readonly tokens: readonly Token[];
  readonly accesses: readonly Access[];
  /** `require "x"`, `require("x")` and `pcall(require, "x")`. */
  readonly requires: readonly Required[];
  /** The table constructor that the file returns, written there or as `local M = { ... } return M`. */
  readonly returned: readonly Field[] | undefined;
}

/** What stands behind a local name: what it was declared as, in the order of the source. */
type Aliases = Map<string, readonly string[]>;

export function readLua(source: string): Lua {
  const tokens = luaTokens(source).filter(({ kind }) => kind !== 'comment');
  const aliases: Aliases = new Map();
  const accesses: Access[] = [];
  const requires: Required[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== 'name') continue;
    if (token.text === 'local') declare(tokens, i + 1, aliases);
    if (isSymbol(tokens[i - 1], '.') || isSymbol(tokens[i - 1], ':')) continue;
    if (token.text === 'require') {
      const module = moduleAt(tokens, i);
      if (module !== undefined) requires.push({ module, line: token.line });
    }
    const { path, next } = chainAt(tokens, i, aliases);
    const known = aliases.get(token.text)?.length ?? 0;
    accesses.push({
      path,
      known,
      line: token.line,
      next,
      called: isCall(tokens[next]),
      assigned: isSymbol(tokens[next], '='),
    });
  }
  return { tokens, accesses, requires, returned: returnedTable(tokens) };
}

export const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text;
export const isName = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'name' && token.text === text;

/** Whether it names this, here and not by a local name that stands for it already. */
export const names = ({ path, known }: Access, ...wanted: readonly string[]): boolean =>
  known < wanted.length && wanted.every((name, i) => path[i] === name);

const isCall = (token: Token | undefined): boolean =>
  isSymbol(token, '(') || isSymbol(token, '{') || token?.kind === 'string';

/** Remembers `local a, b = x.y, require "z"`, and forgets a name that is declared as anything else. */
function declare(tokens: readonly Token[], from: number, aliases: Aliases): void {
  const locals: string[] = [];
  let i = from;
  while (tokens[i]?.kind === 'name' && !isName(tokens[i], 'function')) {
    locals.push(tokens[i]?.text ?? '');
    i++;
    if (!isSymbol(tokens[i], ',')) break;
    i++;
  }
  if (locals.length === 0) return;
  if (!isSymbol(tokens[i], '=')) {
    for (const name of locals) aliases.delete(name);
    return;
  }
  i++;
  // The right side does not see the new names yet.
  const found: (readonly string[] | undefined)[] = [];
  while (found.length < locals.length) {
    if (tokens[i]?.kind !== 'name') break;
    const { path, next } = chainAt(tokens, i, aliases);
    found.push(isCall(tokens[next]) || isOperator(tokens[next]) ? undefined : path);
    if (!isSymbol(tokens[next], ',')) break;
    i = next + 1;
  }
  locals.forEach((name, n) => {
    const path = found[n];
    if (path === undefined) aliases.delete(name);
    else aliases.set(name, path);
  });
}

const isOperator = (token: Token | undefined): boolean =>
  token?.kind === 'symbol' && ['+', '-', '*', '/', '%', '..', '==', '~=', '<', '>', '<=', '>='].includes(token.text);

/** The module that the `require` at `i` names. */
function moduleAt(tokens: readonly Token[], i: number): string | undefined {
  const behind = tokens[i + 1];
  if (behind?.kind === 'string') return behind.text;
  // require("x") and pcall(require, "x"); what is put together at run time is not known.
  const text = tokens[i + 2];
  const isPlain = isSymbol(behind, '(') ? isSymbol(tokens[i + 3], ')') : isSymbol(behind, ',');
  return text?.kind === 'string' && isPlain ? text.text : undefined;
}

function chainAt(tokens: readonly Token[], from: number, aliases: Aliases): { path: string[]; next: number } {
  const head = tokens[from]?.text ?? '';
  const path = [...(aliases.get(head) ?? [head])];
  let i = from + 1;
  if (head === 'require' && !aliases.has(head)) {
    const module = moduleAt(tokens, from);
    if (module !== undefined && !isSymbol(tokens[i], ',')) {
      path[0] = `require:${module}`;
      i += isSymbol(tokens[i], '(') ? 3 : 1;
    }
  }
  for (;;) {
    const name = tokens[i + 1];
    if ((isSymbol(tokens[i], '.') || isSymbol(tokens[i], ':')) && name?.kind === 'name') {
      path.push(name.text);
      i += 2;
    } else if (isSymbol(tokens[i], '[') && name?.kind === 'string' && isSymbol(tokens[i + 2], ']')) {
      path.push(name.text);
      i += 3;
    } else return { path, next: i };
  }
}

const OPEN = new Set(['(', '{', '[']);
const CLOSE = new Set([')', '}', ']']);
/** What an `end` or `until` closes; the `then` of an `elseif` opens nothing. */
const BLOCK = new Set(['function', 'do', 'if', 'repeat']);

/** The fields of the table constructor that begins at token `open`, a `{`. */
export function fieldsAt(tokens: readonly Token[], open: number): readonly Field[] {
  const fields: Field[] = [];
  let i = open + 1;
  while (i < tokens.length && !isSymbol(tokens[i], '}')) {
    const field = fieldAt(tokens, i);
    fields.push(field);
    i = valueEnd(tokens, field.value);
    if (isSymbol(tokens[i], ',') || isSymbol(tokens[i], ';')) i++;
  }
  return fields;
}

function fieldAt(tokens: readonly Token[], i: number): Field {
  const token = tokens[i];
  const line = token?.line ?? 0;
  if (token?.kind === 'name' && isSymbol(tokens[i + 1], '=')) return { key: token.text, line, value: i + 2 };
  if (isSymbol(token, '[')) {
    const close = groupEnd(tokens, i);
    const name = tokens[i + 1];
    // A computed key is a key all the same.
    if (isSymbol(tokens[close], '=')) {
      return { key: name?.kind === 'string' && close === i + 3 ? name.text : '?', line, value: close + 1 };
    }
  }
  return { key: undefined, line, value: i };
}

/** Index behind the value: of the `,`, `;` or `}` that ends it. */
function valueEnd(tokens: readonly Token[], from: number): number {
  let blocks = 0;
  for (let i = from; i < tokens.length;) {
    const token = tokens[i];
    if (token?.kind === 'symbol' && OPEN.has(token.text)) {
      i = groupEnd(tokens, i);
      continue;
    }
    if (token?.kind === 'name') {
      if (BLOCK.has(token.text)) blocks++;
      else if (token.text === 'end' || token.text === 'until') blocks--;
    }
    if (
      blocks <= 0 &&
      token?.kind === 'symbol' &&
      (token.text === ',' || token.text === ';' || CLOSE.has(token.text))
    ) {
      return i;
    }
    i++;
  }
  return tokens.length;
}

/** Index behind the bracket that closes the one at `open`. */
export function groupEnd(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== 'symbol') continue;
    if (OPEN.has(token.text)) depth++;
    else if (CLOSE.has(token.text) && --depth === 0) return i + 1;
  }
  return tokens.length;
}

function returnedTable(tokens: readonly Token[]): readonly Field[] | undefined {
  const at = returnAt(tokens);
  if (at < 0) return undefined;
  if (isSymbol(tokens[at], '{')) return groupEnd(tokens, at) >= tokens.length - 1 ? fieldsAt(tokens, at) : undefined;
  const name = tokens[at];
  const isLast = name?.kind === 'name' && (at === tokens.length - 1 || isSymbol(tokens[at + 1], ';'));
  if (!isLast) return undefined;
  const first = tokens.findIndex(
    (token, i) =>
      token.kind === 'name' && token.text === name.text && isSymbol(tokens[i + 1], '=') && isSymbol(tokens[i + 2], '{'),
  );
  if (first < 0) return undefined;
  return [...fieldsAt(tokens, first + 2), ...assigned(tokens, name.text)];
}

/** Index behind the `return` of the file itself, not one of a function in it; -1: there is none. */
function returnAt(tokens: readonly Token[]): number {
  let blocks = 0;
  let found = -1;
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== 'name') return;
    if (BLOCK.has(text)) blocks++;
    else if (text === 'end' || text === 'until') blocks--;
    else if (text === 'return' && blocks === 0) found = i + 1;
  });
  return found;
}

/** `M.key = value` behind the constructor. */
function assigned(tokens: readonly Token[], table: string): Field[] {
  return tokens.flatMap((token, i) => {
    const key = tokens[i + 2];
    const isAssigned =
      isName(token, table) && isSymbol(tokens[i + 1], '.') && key?.kind === 'name' && isSymbol(tokens[i + 3], '=');
    return isAssigned ? [{ key: key.text, line: token.line, value: i + 4 }] : [];
  });
}
