import { getScalarValue, YAMLException, type ScalarEvent } from 'js-yaml';
import { KongDualClusterError } from '../../errors';
import { EventStream, PIECE } from './events';
import { lineEnd, positionIn, type Position } from './lines';
import { plainValue } from './scalar';
import {
  MAP,
  LIST,
  SCALAR,
  ALIAS,
  PLAIN,
  SINGLE,
  DOUBLE,
  BLOCK_TEXT,
  FLOW,
  BLOCK,
  behindColon,
  type Source,
} from './source';

export interface Read {
  readonly source: Source;
  /** The whole as plain values. What an alias stands for is one object in all its places. */
  readonly value: unknown;
}

/**
 * Reads one document.
 * @param file its name, for errors
 * @param pieceSize characters that are parsed at a time where that can be (@default 16,384)
 * @throws KongDualClusterError DECLARATIVE_SYNTAX, DECLARATIVE_DUPLICATE_KEY, DECLARATIVE_CYCLIC_ANCHOR,
 * DECLARATIVE_EXPANDS, DECLARATIVE_SEVERAL_DOCUMENTS
 */
export function readSource(text: string, file: string, pieceSize = PIECE): Read {
  if (text.includes('\0')) {
    throw syntax(file, positionIn(text, text.indexOf('\0')), 'a null byte', 'save it as UTF-8 text');
  }
  if (text.length > pieceSize) {
    try {
      return new Reader(text, file, pieceSize).read();
    } catch {
      // Read as a whole, which also finds the place of an error.
    }
  }
  try {
    return new Reader(text, file, Infinity).read();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const mark = error.mark as { readonly line: number; readonly column: number } | undefined;
    throw syntax(file, { line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1 }, error.reason);
  }
}

const syntax = (file: string, { line, column }: Position, found: string, remedy?: string): KongDualClusterError =>
  new KongDualClusterError('DECLARATIVE_SYNTAX', `${file}:${line}:${column} is not valid YAML or JSON`, {
    found,
    remedy: remedy ?? `mend line ${line}; \`deck file validate ${file}\` names the same place`,
  });

/** Far above a file of the largest size; aliases of aliases reach it with a few lines. */
const MOST_VALUES = 20_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Record_ = Record<string, unknown>;
const DOCUMENT_EVENT = 1;
const LIST_EVENT = 2;
const MAP_EVENT = 3;
const SCALAR_EVENT = 4;
const ALIAS_EVENT = 5;
const POP_EVENT = 6;
const IN_FLOW = 2;

class Reader {
  private readonly source: Mutable<Source> & { marked: number[] };
  private readonly tagged = new Set<number>();
  private readonly targets = new Map<number, number>();
  private readonly heirs = new Set<number>();
  private readonly bequeathing = new Set<number>();
  private readonly anchors = new Map<string, number>();
  /** Values of anchored nodes that are complete. */
  private readonly anchored = new Map<number, unknown>();
  /** How many values an anchored node is with all its aliases written out. */
  private readonly weights = new Map<number, number>();
  private weight = 0;
  private readonly events: EventStream;
  private nodes = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
    pieceSize: number,
  ) {
    this.events = new EventStream(text, pieceSize);
    const count = 64 + (text.length >> 3);
    this.source = {
      text,
      kind: new Uint8Array(count),
      style: new Uint8Array(count),
      start: new Int32Array(count),
      end: new Int32Array(count),
      next: new Int32Array(count),
      marked: [],
      tagged: this.tagged,
      targets: this.targets,
      heirs: this.heirs,
      bequeathing: this.bequeathing,
    };
  }

  read(): Read {
    if (this.events.next() === undefined) return { source: this.source, value: null };
    const value = this.node();
    this.events.next();
    const another = this.events.peek();
    if (another?.type === DOCUMENT_EVENT) {
      throw new KongDualClusterError('DECLARATIVE_SEVERAL_DOCUMENTS', `${this.file} holds several YAML documents`, {
        found: `a second one that ${another.explicitStart ? 'begins with ---' : 'follows the first'}`,
        remedy: 'put each document into a file of its own; Kong and decK read one',
      });
    }
    return { source: this.source, value };
  }

  private node(): unknown {
    const event = this.events.next()!;
    const node = this.nodes;
    this.nodes += 1;
    if (node >= this.source.kind.length) this.grow();
    const before = this.weight;
    this.weight += 1;
    switch (event.type) {
      case SCALAR_EVENT:
        return this.scalar(node, event);
      case MAP_EVENT:
      case LIST_EVENT: {
        this.source.kind[node] = event.type === MAP_EVENT ? MAP : LIST;
        this.source.style[node] = event.style === IN_FLOW ? FLOW : BLOCK;
        this.source.start[node] = event.start;
        this.mark(node, event);
        const value = event.type === MAP_EVENT ? this.map(node) : this.list(node);
        this.source.next[node] = this.nodes;
        if (event.anchorStart >= 0) this.keep(node, value, this.weight - before);
        return value;
      }
      case ALIAS_EVENT: {
        const name = this.text.slice(event.anchorStart, event.anchorEnd);
        this.source.kind[node] = ALIAS;
        this.source.style[node] = PLAIN;
        this.source.start[node] = event.anchorStart - 1;
        this.source.end[node] = event.anchorEnd;
        this.source.next[node] = this.nodes;
        const target = this.anchors.get(name);
        const position = (): Position => positionIn(this.text, event.anchorStart - 1);
        if (target === undefined) throw syntax(this.file, position(), `*${name}, an anchor that nothing before it has`);
        if (!this.anchored.has(target)) {
          const { line, column } = position();
          throw new KongDualClusterError(
            'DECLARATIVE_CYCLIC_ANCHOR',
            `${this.file}:${line}:${column} contains itself`,
            {
              found: `*${name} inside of &${name}`,
              remedy: 'write out what is meant instead of the alias',
            },
          );
        }
        this.targets.set(node, target);
        this.weight += this.weights.get(target)!;
        if (this.weight > MOST_VALUES) throw this.tooMany(position());
        return this.anchored.get(target);
      }
      default:
        throw new Error(`event ${event.type} where a value is expected`);
    }
  }

  private grow(): void {
    const { source } = this;
    const count = source.kind.length * 2;
    const bytes = (old: Uint8Array): Uint8Array<ArrayBuffer> => {
      const larger = new Uint8Array(count);
      larger.set(old);
      return larger;
    };
    const numbers = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(count);
      larger.set(old);
      return larger;
    };
    source.kind = bytes(source.kind);
    source.style = bytes(source.style);
    source.start = numbers(source.start);
    source.end = numbers(source.end);
    source.next = numbers(source.next);
  }

  private mark(node: number, event: { anchorStart: number; anchorEnd: number; tagStart: number }): void {
    if (event.anchorStart < 0 && event.tagStart < 0) return;
    this.source.marked.push(node);
    if (event.tagStart >= 0) this.tagged.add(node);
    if (event.anchorStart >= 0) this.anchors.set(this.text.slice(event.anchorStart, event.anchorEnd), node);
  }

  private scalar(node: number, event: ScalarEvent): unknown {
    const { source, text } = this;
    const { valueStart, valueEnd, style } = event;
    source.kind[node] = SCALAR;
    source.style[node] = Math.min(style, BLOCK_TEXT);
    const quote = style === SINGLE || style === DOUBLE ? 1 : 0;
    source.start[node] = valueStart < 0 ? -1 : valueStart - quote;
    source.end[node] = valueStart < 0 ? -1 : valueEnd + quote;
    source.next[node] = this.nodes;
    this.mark(node, event);
    const content = event.fast ? text.slice(valueStart, valueEnd) : getScalarValue(text, event);
    const tag = event.tagStart < 0 ? '' : text.slice(event.tagStart, event.tagEnd);
    const isText = style !== PLAIN || tag === '!!str' || tag === '!';
    const value = isText ? content : valueStart < 0 ? null : plainValue(content);
    if (event.anchorStart >= 0) this.keep(node, value, 1);
    return value;
  }

  private keep(node: number, value: unknown, weight: number): void {
    this.anchored.set(node, value);
    this.weights.set(node, weight);
  }

  private tooMany({ line, column }: Position): KongDualClusterError {
    return new KongDualClusterError('DECLARATIVE_EXPANDS', `${this.file}:${line}:${column} is one alias too many`, {
      found: `more than ${MOST_VALUES.toLocaleString('en')} values when every alias is written out`,
      remedy: 'write the file without aliases of what holds aliases itself',
    });
  }

  private list(node: number): unknown[] {
    const items: unknown[] = [];
    let last = -1;
    while (this.events.peek()!.type !== POP_EVENT) {
      const item = this.nodes;
      items.push(this.node());
      const end = this.source.end[item]!;
      last = end >= 0 ? end : behindDash(this.text, last < 0 ? this.source.start[node]! : last);
    }
    this.events.next();
    this.close(node, last);
    return items;
  }

  private map(node: number): Record_ {
    const { source } = this;
    const map: Record_ = {};
    let inherited: number[] | undefined;
    let last = -1;
    while (this.events.peek()!.type !== POP_EVENT) {
      const key = this.nodes;
      const name = this.keyText(key, this.node());
      const child = this.nodes;
      const value = this.node();
      last = source.start[child]! < 0 ? behindColon(this.text, source.end[key]!) : source.end[child]!;
      if (name === '<<' && source.style[key] === PLAIN) (inherited ??= []).push(child);
      else this.put(map, name, value, key);
    }
    this.events.next();
    this.close(node, last);
    if (inherited) this.inherit(node, map, inherited);
    return map;
  }

  private keyText(key: number, value: unknown): string {
    const { source, text } = this;
    const [start, end] = [source.start[key]!, source.end[key]!];
    if (source.kind[key] !== SCALAR) {
      throw syntax(
        this.file,
        positionIn(text, Math.max(start, 0)),
        'a key that is no text',
        'write keys as plain text',
      );
    }
    // `on` and `1` are keys by these names, whatever they would be as values.
    return typeof value === 'string' ? value : start < 0 ? '' : text.slice(start, end);
  }

  private put(map: Record_, name: string, value: unknown, key: number): void {
    if (Object.hasOwn(map, name)) {
      const { line, column } = positionIn(this.text, this.source.start[key]!);
      throw new KongDualClusterError('DECLARATIVE_DUPLICATE_KEY', `${this.file}:${line}:${column} repeats a key`, {
        found: name,
        remedy: 'keep one of the two; Kong takes the last without a word, decK refuses the file',
      });
    }
    if (name === '__proto__') {
      Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
    } else map[name] = value;
  }

  private inherit(node: number, map: Record_, children: readonly number[]): void {
    this.heirs.add(node);
    for (const child of children) {
      const { kind, next } = this.source;
      const sources: number[] = [];
      if (kind[child] === LIST) for (let item = child + 1; item < next[child]!; item = next[item]!) sources.push(item);
      else sources.push(child);
      for (const from of sources) {
        const target = this.targets.get(from) ?? from;
        const value = this.anchored.get(target);
        if (kind[from] !== ALIAS || kind[target] !== MAP) {
          throw syntax(
            this.file,
            positionIn(this.text, Math.max(this.source.start[child]!, 0)),
            '<< with something that is no alias of a map',
            'write `<<: *anchor`, where the anchor stands before a map',
          );
        }
        this.bequeathing.add(target);
        for (const [name, inherited] of Object.entries(value as Record_)) {
          if (!Object.hasOwn(map, name)) map[name] = inherited;
        }
      }
    }
  }

  /** Where a collection ends: behind its bracket, or with its last child. */
  private close(node: number, last: number): void {
    const { source, text } = this;
    const start = source.start[node]!;
    const bracketed = source.style[node] === FLOW && (text[start] === '{' || text[start] === '[');
    source.end[node] = bracketed ? closing(text, Math.max(last, start + 1)) : Math.max(last, start);
  }
}

/** Behind the bracket that closes a flow collection whose last child ends at `at`. */
function closing(text: string, at: number): number {
  for (let offset = at; ; offset += 1) {
    const character = text[offset];
    if (character === ']' || character === '}') return offset + 1;
    if (character === '#') offset = lineEnd(text, offset) - 1;
  }
}

/** Behind the dash of an item that says nothing, the next one from `at` on. */
function behindDash(text: string, at: number): number {
  for (let offset = at; offset < text.length; offset += 1) {
    if (text[offset] === '-') return offset + 1;
    if (text[offset] === '#') offset = lineEnd(text, offset) - 1;
  }
  return at;
}
