import type { ClassSet, Node } from './ast';
import { escape } from './escapes';
import type { Scanner } from './scanner';

const POSIX = new Set('alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '));
const OPERATORS = ['&&', '--', '~~'];

interface Open {
  readonly at: number;
  readonly negated: boolean;
  /** What stands left of an operator, waiting for its right side. */
  pending: { operator: string; left: ClassSet } | undefined;
  items: ClassSet[];
}

const unionOf = (items: readonly ClassSet[]): ClassSet =>
  items.length === 0
    ? { type: 'empty' }
    : items.length === 1 && items[0] !== undefined
      ? items[0]
      : { type: 'union', items };

function setOf({ pending, items }: Open): ClassSet {
  const right = unionOf(items);
  if (pending === undefined) return right;
  return { type: 'operation', operator: pending.operator, sides: [pending.left, right] };
}

/**
 * Reads a bracketed class. Unlike PCRE's, classes nest (`[a[b]]`) and have the operators `&&`, `--` and `~~`; a bracket
 * inside one is a nested class unless it is escaped or begins `[:alpha:]`.
 */
export function bracketedClass(scanner: Scanner): Node {
  const open: Open[] = [];
  const { at } = scanner;
  for (;;) {
    scanner.skipBlanks();
    if (scanner.done) unclosed(scanner, open);
    const top = open.at(-1);
    const char = scanner.char();
    const operator = OPERATORS.find((text) => scanner.pattern.startsWith(text, scanner.at));
    if (char === '[') {
      if (top !== undefined && posix(scanner)) top.items.push({ type: 'posix' });
      else open.push(opening(scanner, open));
    } else if (top === undefined) {
      throw new Error('a class begins with a bracket');
    } else if (char === ']') {
      scanner.bump();
      open.pop();
      const set = setOf(top);
      const outer = open.at(-1);
      if (outer === undefined) return { type: 'class', set, negated: top.negated, at, end: scanner.at };
      outer.items.push({ type: 'bracketed', set, negated: top.negated });
    } else if (operator !== undefined) {
      scanner.take(operator);
      top.pending = { operator, left: setOf(top) };
      top.items = [];
    } else {
      top.items.push(range(scanner, open));
    }
  }
}

/** Behind the last opening bracket and what may only stand first: `^`, hyphens, a closing bracket. */
function opening(scanner: Scanner, open: readonly Open[]): Open {
  const { at } = scanner;
  const next = (): void => {
    if (!scanner.bumpAndSkip()) unclosed(scanner, open, at);
  };
  next();
  const negated = scanner.char() === '^';
  if (negated) next();
  const items: ClassSet[] = [];
  while (scanner.char() === '-') {
    items.push({ type: 'literal' });
    next();
  }
  if (items.length === 0 && scanner.char() === ']') {
    items.push({ type: 'literal' });
    next();
  }
  return { at, negated, pending: undefined, items };
}

function unclosed(scanner: Scanner, open: readonly Open[], at = open.at(-1)?.at ?? scanner.at): never {
  return scanner.refuse('class-unclosed', 'a character class is not closed; [ inside a class opens another one', at);
}

function posix(scanner: Scanner): boolean {
  const match = /\[:\^?([^:]*):\]/y;
  match.lastIndex = scanner.at;
  const found = match.exec(scanner.pattern);
  if (found === null || !POSIX.has(found[1] ?? '')) return false;
  scanner.at += found[0].length;
  return true;
}

type Item = { readonly set: ClassSet; readonly at: number; readonly end: number; readonly point: number | undefined };

function range(scanner: Scanner, open: readonly Open[]): ClassSet {
  const first = item(scanner);
  scanner.skipBlanks();
  if (scanner.done) unclosed(scanner, open);
  const isRange = scanner.char() === '-' && ![']', '-'].includes(scanner.peekBeyondBlanks());
  if (!isRange) return standing(scanner, first);
  if (!scanner.bumpAndSkip()) unclosed(scanner, open);
  const last = item(scanner);
  const [low, high] = [first, last].map(({ point, at, end }) =>
    point === undefined
      ? scanner.refuse(
          'class-range',
          `a range needs a character at both ends, not ${scanner.pattern.slice(at, end)}`,
          at,
          end,
        )
      : point,
  );
  if ((low ?? 0) > (high ?? 0)) {
    scanner.refuse('class-range', 'a range ends before it begins', first.at, last.end);
  }
  return { type: 'range' };
}

function standing(scanner: Scanner, { set, at, end }: Item): ClassSet {
  if (set.type !== 'empty') return set;
  return scanner.refuse(
    'escape-in-class',
    `${scanner.pattern.slice(at, end)} cannot stand in a character class`,
    at,
    end,
  );
}

/** One member; `empty` is an assertion, which nothing takes. */
function item(scanner: Scanner): Item {
  const { at } = scanner;
  const char = scanner.char();
  if (char !== '\\') {
    scanner.bump();
    return { set: { type: 'literal' }, at, end: scanner.at, point: char.codePointAt(0) };
  }
  const node = escape(scanner);
  const { end } = node;
  if (node.type === 'literal') return { set: { type: 'literal' }, at, end, point: node.char.codePointAt(0) };
  if (node.type === 'perl') return { set: { type: 'perl', name: node.name }, at, end, point: undefined };
  if (node.type === 'unicode') return { set: { type: 'unicode', name: node.name }, at, end, point: undefined };
  return { set: { type: 'empty' }, at, end, point: undefined };
}
