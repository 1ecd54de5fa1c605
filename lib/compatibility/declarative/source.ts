import { getScalarValue, type ScalarEvent } from 'js-yaml';
import { lineEnd } from './lines';

export const MAP = 1;
export const LIST = 2;
export const SCALAR = 3;
export const ALIAS = 4;

/** How a node is written. */
export const PLAIN = 1;
export const SINGLE = 2;
export const DOUBLE = 3;
/** `|` and `>`. */
export const BLOCK_TEXT = 4;
export const FLOW = 5;
export const BLOCK = 6;

/**
 * A YAML or JSON text and where in it everything stands. Nodes (maps, lists, scalars, aliases; keys are nodes too) are
 * numbers in the order of the text; a node's children follow it up to `next[node]`. Typed arrays, because a file of
 * 100,000 entities has a million nodes.
 */
export interface Source {
  readonly text: string;
  readonly kind: Uint8Array;
  readonly style: Uint8Array;
  /** Offset of the first character, quotes and brackets included; -1 for an empty scalar. Of block text the first line after its head. */
  readonly start: Int32Array;
  /** Offset behind the last character. */
  readonly end: Int32Array;
  /** The node behind the whole of this one. */
  readonly next: Int32Array;
  /** Nodes with an anchor or a tag, in order. */
  readonly marked: readonly number[];
  readonly tagged: ReadonlySet<number>;
  /** What an alias stands for. */
  readonly targets: ReadonlyMap<number, number>;
  /** Maps with keys inherited by `<<`, and maps that others inherit from. */
  readonly heirs: ReadonlySet<number>;
  readonly bequeathing: ReadonlySet<number>;
}

/** js-yaml's type of a scalar event. */
const SCALAR_EVENT = 4;

/** Behind the colon that follows a key; at the key's end where it has none (`{a, b}`). */
export function behindColon(text: string, keyEnd: number): number {
  let offset = keyEnd;
  for (;;) {
    while (/\s/.test(text[offset] ?? '')) offset += 1;
    // Between `? key` and its colon there may be comments.
    if (text[offset] !== '#' || offset === keyEnd) break;
    offset = lineEnd(text, offset);
  }
  return text[offset] === ':' ? offset + 1 : keyEnd;
}

/** Where the entry of a key begins: at the key, or at the `?` before it. */
export function entryStart({ text, start }: Source, keyNode: number): number {
  let at = start[keyNode]! - 1;
  while (text[at] === ' ' || text[at] === '\t') at -= 1;
  return text[at] === '?' ? at : start[keyNode]!;
}

/** What a key is called, without quotes. */
export function keyName({ text, start, end, style }: Source, node: number): string {
  const [from, to] = [start[node]!, end[node]!];
  if (from < 0) return '';
  if (style[node] === PLAIN && !text.slice(from, to).includes('\n')) return text.slice(from, to);
  const quote = style[node] === PLAIN ? 0 : 1;
  return getScalarValue(text, {
    type: SCALAR_EVENT,
    valueStart: from + quote,
    valueEnd: to - quote,
    anchorStart: -1,
    anchorEnd: -1,
    tagStart: -1,
    tagEnd: -1,
    style: style[node] as ScalarEvent['style'],
    chomping: 1,
    indent: -1,
    fast: false,
  });
}

export function isKey(source: Source, node: number, name: string): boolean {
  const { text, start, end, style } = source;
  return style[node] === PLAIN && end[node]! - start[node]! === name.length
    ? text.startsWith(name, start[node])
    : keyName(source, node) === name;
}
