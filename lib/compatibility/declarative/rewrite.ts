import { KongDualClusterError } from '../../errors';
import { isEqual } from './equal';
import { lineEnd } from './lines';
import { readSource } from './read-source';
import { doubleQuoted, plainValue, scalarText, type Quotes } from './scalar';
import { saysInOrder } from './same';
import {
  behindColon,
  BLOCK,
  BLOCK_TEXT,
  DOUBLE,
  entryStart,
  keyName,
  LIST,
  MAP,
  PLAIN,
  SCALAR,
  SINGLE,
  type Source,
} from './source';
import type { Container, Json, Slot, Touched, Tree } from './tree';

interface Patch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** The container that it adds to at its end. */
  readonly addsTo?: number;
}

/**
 * The text with the tree's edits: what no edit touched stays as it is, byte for byte. A tree without edits gives the
 * text itself.
 */
export function rewrite(tree: Tree): string {
  const { source } = tree;
  if (source === undefined) throw new Error('a tree that was not read from a text');
  const touched = [...tree.touched].sort(([a], [b]) => a - b);
  const patches: Patch[] = [];
  const gone = intervals(touched, source);
  const anchored = new Map<number, unknown>();
  const rewriter = new Rewriter(source, anchored);
  const alive = touched.filter(([node]) => !gone.holds(node));
  const set = setNodes(alive);
  for (const [node, value] of set) if (tree.aliasedNodes.has(node)) anchored.set(node, value);
  for (const [node, change] of alive) patches.push(...rewriter.container(node, change));
  if (anchored.size > 0) patches.push(...aliasesWrittenOut(source, anchored, set, intervals(touched, source)));
  return patched(source.text, patches);
}

/**
 * `rewrite`, read again and compared with the edited values.
 * @param file name of what was read, for the error
 * @throws KongDualClusterError DECLARATIVE_REWRITE_DIFFERS: a fault of this program, nothing may be written
 */
export function rewriteChecked(tree: Tree, file: string): string {
  const text = rewrite(tree);
  if (text === tree.source?.text || holds(text, tree.root)) return text;
  throw new KongDualClusterError('DECLARATIVE_REWRITE_DIFFERS', `${file} can not be rewritten without a mistake`, {
    found: 'a text that does not read back as what was meant',
    remedy:
      'mend by hand what the findings name, without --write; this is a fault of kong-dual-cluster, please report it',
  });
}

function holds(text: string, wanted: unknown): boolean {
  try {
    return saysInOrder(text, wanted) || isEqual(readSource(text, 'the rewritten text').value, wanted);
  } catch {
    return false;
  }
}

/** Nodes with another value than the one that was read. */
function setNodes(touched: readonly (readonly [number, Touched])[]): ReadonlyMap<number, unknown> {
  const set = new Map<number, unknown>();
  for (const [, { value, slots }] of touched) {
    slots.forEach((slot, index) => slot.node >= 0 && slot.isSet && set.set(slot.node, valueOf(value, slot, index)));
  }
  return set;
}

/** Aliases that no edit has touched, where what they stand for has another value now: they keep the one they had. */
function aliasesWrittenOut(
  source: Source,
  anchored: ReadonlyMap<number, unknown>,
  set: ReadonlyMap<number, unknown>,
  gone: { holds(node: number): boolean },
): Patch[] {
  const patches: Patch[] = [];
  for (const [alias, target] of source.targets) {
    if (!anchored.has(target) || gone.holds(alias) || set.has(alias)) continue;
    const written = keyName(source, target);
    // A number or a word as it stands; a text in quotes, which is right behind a bracket too.
    const isText = source.style[target] !== PLAIN || typeof plainValue(written) === 'string';
    const text = isText ? doubleQuoted(written) : written;
    patches.push({ from: source.start[alias]!, to: source.end[alias]!, text });
  }
  return patches;
}

/** Nodes of the text that no longer stand for anything: what is inside of them needs no patch. */
function intervals(touched: readonly (readonly [number, Touched])[], source: Source) {
  const dead: [number, number][] = [];
  for (const [node, { slots }] of touched) {
    const kept = new Set(slots.flatMap((slot) => (slot.isSet ? [] : [slot.node])));
    if (kept.size === 0) dead.push([node + 1, source.next[node]!]);
    else
      for (const { node: child } of read(source, node)) if (!kept.has(child)) dead.push([child, source.next[child]!]);
  }
  dead.sort(([a], [b]) => a - b);
  let at = 0;
  let until = -1;
  return {
    /** Asked in ascending order. */
    holds(node: number): boolean {
      while (at < dead.length && dead[at]![0] <= node) until = Math.max(until, dead[at++]![1]);
      return node < until;
    },
  };
}

/** The children as they stand in the text. */
function read({ kind, next }: Source, node: number): { readonly keyNode: number; readonly node: number }[] {
  const children = [];
  for (let child = node + 1; child < next[node]!; child = next[child]!) {
    const keyNode = kind[node] === MAP ? child : -1;
    if (keyNode >= 0) child = next[child]!;
    children.push({ keyNode, node: child });
  }
  return children;
}

function patched(text: string, patches: Patch[]): string {
  // At one place: a value, then what is added to the innermost container, then to those that hold it, then what is
  // taken out.
  const sorted = patches.sort(
    (a, b) => a.from - b.from || a.to - b.to || (b.addsTo ?? Infinity) - (a.addsTo ?? Infinity) || 0,
  );
  const parts: string[] = [];
  let at = 0;
  for (const { from, to, text: replacement } of sorted) {
    if (from < at) throw new Error(`two changes of the text overlap at ${from}`);
    parts.push(text.slice(at, from), replacement);
    at = to;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

class Rewriter {
  private readonly text: string;
  private readonly newline: string;

  /** @param anchored values of anchors that have another one now */
  constructor(
    private readonly source: Source,
    private readonly anchored: ReadonlyMap<number, unknown>,
  ) {
    this.text = source.text;
    this.newline = this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  container(node: number, { value, slots }: Touched): Patch[] {
    const children = read(this.source, node);
    const kept = new Set(slots.map((slot) => slot.node).filter((child) => child >= 0));
    const isFlow = this.source.style[node] !== BLOCK;
    if (kept.size === 0) return [isFlow ? this.flowAnew(node, value) : this.blockAnew(node, value)];
    const patches: Patch[] = [];
    slots.forEach((slot, index) => {
      if (slot.node < 0) return;
      if (slot.isRenamed) patches.push(this.renamed(slot, isFlow));
      if (slot.isSet && !this.isMeant(slot.node, valueOf(value, slot, index))) {
        patches.push(this.replaced(slot, valueOf(value, slot, index), isFlow));
      }
    });
    const isKept = children.map((child) => kept.has(child.node));
    patches.push(...(isFlow ? this.flowRemovals(children, isKept) : this.blockRemovals(node, children, isKept)));
    const added = slots.map((slot, index) => ({ slot, index })).filter(({ slot }) => slot.node < 0);
    if (added.length > 0) {
      const entries = added.map(({ slot, index }) => [slot.name, valueOf(value, slot, index)] as const);
      patches.push(isFlow ? this.flowAdded(node, children, isKept, entries) : this.blockAdded(node, entries));
    }
    return patches;
  }

  /** By an alias as it stands: what it stands for was edited alike. */
  private isMeant(node: number, value: unknown): boolean {
    const target = this.source.targets.get(node);
    return target !== undefined && this.anchored.has(target) && Object.is(this.anchored.get(target), value);
  }

  private renamed({ keyNode, name }: Slot, isFlow: boolean): Patch {
    return {
      from: this.source.start[keyNode]!,
      to: this.source.end[keyNode]!,
      text: scalarText(name, this.quotesOf(keyNode), isFlow),
    };
  }

  private replaced({ keyNode, node }: Slot, value: unknown, isFlow: boolean): Patch {
    const { source, text } = this;
    const from = source.start[node]!;
    if (from < 0) {
      const at = behindColon(text, source.end[keyNode]!);
      if (at === source.end[keyNode]!) return { from: at, to: at, text: `: ${flowText(value)}` };
      const column = this.columnOf(source.start[keyNode]!);
      return { from: at, to: at, text: isFlow ? ` ${flowText(value)}` : this.behindKey(value, column, node) };
    }
    if (isFlow) {
      const quotes = source.kind[node] === SCALAR ? this.quotesOf(node) : 'double';
      return { from, to: source.end[node]!, text: inlineText(value, quotes, true) };
    }
    const isInline = source.kind[node] === SCALAR ? source.style[node] !== BLOCK_TEXT : source.style[node] !== BLOCK;
    const to = this.contentEnd(node);
    if (isInline && !(isNested(value) && source.kind[node] === SCALAR)) {
      const quotes = source.kind[node] === SCALAR ? this.quotesOf(node) : 'plain';
      return { from, to, text: inlineText(value, quotes, false) };
    }
    if (keyNode >= 0) {
      const column = this.columnOf(source.start[keyNode]!);
      return { from: behindColon(text, source.end[keyNode]!), to, text: this.behindKey(value, column, node) };
    }
    const start = source.style[node] === BLOCK_TEXT ? this.headOf(from) : from;
    return { from: start, to, text: this.blockText(value, this.columnOf(start)) };
  }

  /** What follows `key:`, at the indentation that was there where there was one. */
  private behindKey(value: unknown, column: number, before: number): string {
    if (!isNested(value)) return ` ${this.blockText(value, column)}`;
    const { kind, style, start } = this.source;
    const isSame = style[before] === BLOCK && kind[before] === (Array.isArray(value) ? LIST : MAP);
    const indent = isSame ? this.columnOf(start[before]!) : Array.isArray(value) ? column : column + 2;
    return `${this.newline}${' '.repeat(indent)}${this.blockText(value, indent)}`;
  }

  /** A value in block style, its first line without indentation. */
  private blockText(value: unknown, indent: number): string {
    if (!isNested(value)) return inlineText(value, 'plain', false);
    const lines = Array.isArray(value)
      ? value.map((item) => `- ${this.blockText(item, indent + 2)}`)
      : Object.entries(value).map(([name, child]) => this.entryText(name, child, indent));
    return lines.join(this.newline + ' '.repeat(indent));
  }

  private entryText(name: string, value: unknown, indent: number): string {
    return `${scalarText(name, 'plain', false)}:${this.behindKey(value, indent, -1)}`;
  }

  private blockRemovals(node: number, children: readonly Child[], isKept: readonly boolean[]): Patch[] {
    const { text } = this;
    const patches: Patch[] = [];
    children.forEach((child, index) => {
      if (isKept[index]) return;
      const from = this.startOf(node, child);
      const line = text.lastIndexOf('\n', from - 1) + 1;
      const to = this.unitEnd(child.node, child.keyNode);
      if (text.slice(line, from).trim() === '') patches.push({ from: line, to, text: '' });
      else {
        // Behind `- `: what comes next moves up to its place.
        let next = index + 1;
        while (next < children.length && !isKept[next]) next += 1;
        let end = this.unitEnd(children[next - 1]!.node, children[next - 1]!.keyNode);
        while (text[end] === ' ') end += 1;
        patches.push({ from, to: end, text: '' });
        for (let skipped = index + 1; skipped < next; skipped += 1) isKept = isKept.with(skipped, true);
      }
    });
    return patches;
  }

  private blockAdded(node: number, entries: readonly Entry[]): Patch {
    const end = this.source.end[node]!;
    const at = this.endsWithLine(node) ? end : lineEnd(this.text, end);
    const indent = this.columnOf(this.source.start[node]!);
    const lines = entries.map(([name, value]) =>
      name === undefined ? `- ${this.blockText(value, indent + 2)}` : this.entryText(name, value, indent),
    );
    const added = lines.map((line) => ' '.repeat(indent) + line).join(this.newline);
    const isOpen = at > 0 && this.text[at - 1] !== '\n';
    return { from: at, to: at, text: isOpen ? this.newline + added : added + this.newline, addsTo: node };
  }

  /** Nothing that was read is left: the whole is written again in its place. */
  private blockAnew(node: number, value: Container): Patch {
    const { source, text } = this;
    const from = source.start[node]!;
    const to = this.contentEnd(node);
    if (isNested(value)) return { from, to, text: this.blockText(value, this.columnOf(from)) };
    const before = text.slice(0, from).trimEnd();
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const isBehindKey = before.endsWith(':') && !/(^|\s)#/.test(line) && text.slice(before.length, from).includes('\n');
    return isBehindKey
      ? { from: before.length, to, text: ` ${flowText(value)}` }
      : { from, to, text: (source.kind[node] === LIST ? '  ' : '') + flowText(value) };
  }

  private flowAnew(node: number, value: Container): Patch {
    return { from: this.source.start[node]!, to: this.source.end[node]!, text: flowText(value) };
  }

  private flowRemovals(children: readonly Child[], isKept: readonly boolean[]): Patch[] {
    const patches: Patch[] = [];
    for (let index = 0; index < children.length; index += 1) {
      if (isKept[index]) continue;
      const first = index;
      while (index + 1 < children.length && !isKept[index + 1]) index += 1;
      const last = children[index]!;
      if (first > 0) {
        const before = children[first - 1]!;
        patches.push({
          from: this.endOf(before.node, before.keyNode),
          to: this.endOf(last.node, last.keyNode),
          text: '',
        });
      } else {
        const next = children[index + 1]!;
        patches.push({ from: this.flowStart(children[0]!), to: this.flowStart(next), text: '' });
      }
    }
    return patches;
  }

  private flowAdded(
    node: number,
    children: readonly Child[],
    isKept: readonly boolean[],
    entries: readonly Entry[],
  ): Patch {
    const last = children[isKept.lastIndexOf(true)]!;
    const at = this.endOf(last.node, last.keyNode);
    const gap = this.text.slice(this.source.start[node]! + 1, this.flowStart(children[0]!));
    const between = /^\s*\n\s*$/.test(gap) ? gap : ' ';
    const added = entries.map(([name, value]) => {
      return `,${between}${name === undefined ? '' : `${doubleQuoted(name)}: `}${flowText(value)}`;
    });
    return { from: at, to: at, text: added.join(''), addsTo: node };
  }

  private flowStart({ keyNode, node }: Child): number {
    return keyNode >= 0 ? entryStart(this.source, keyNode) : this.source.start[node]!;
  }

  /** Where a child begins: its key, or the dash before it. */
  private startOf(parent: number, { keyNode, node }: Child): number {
    const { start } = this.source;
    if (keyNode >= 0) return entryStart(this.source, keyNode);
    const column = this.columnOf(start[parent]!);
    const ofItem = this.source.style[node] === BLOCK_TEXT ? start[node]! - 1 : start[node]!;
    let line = this.text.lastIndexOf('\n', ofItem - 1) + 1;
    // The dash stands in the column of the list, on the item's line or on one before it.
    while (line > start[parent]! && !/^[ ]*-\s/.test(this.text.slice(line, line + column + 2).slice(0, column + 2))) {
      line = this.text.lastIndexOf('\n', line - 2) + 1;
    }
    return Math.max(line + column, start[parent]!);
  }

  private endOf(node: number, keyNode: number): number {
    const end = this.source.end[node]!;
    return end >= 0 ? end : keyNode < 0 ? -1 : behindColon(this.text, this.source.end[keyNode]!);
  }

  /** Behind the line on which a child ends. */
  private unitEnd(node: number, keyNode: number): number {
    return lineEnd(this.text, this.source.end[node]! < 0 ? this.endOf(node, keyNode) : this.contentEnd(node));
  }

  /** Behind the last character that says something: the line breaks of block text are behind it. */
  private contentEnd(node: number): number {
    const end = this.source.end[node]!;
    if (!this.endsWithLine(node)) return end;
    let at = end;
    while (at > 0 && /\s/.test(this.text[at - 1]!)) at -= 1;
    return at;
  }

  private endsWithLine(node: number): boolean {
    return this.text[this.source.end[node]! - 1] === '\n';
  }

  /** The `|` or `>` of the block text whose first line begins at `from`. */
  private headOf(from: number): number {
    const line = this.text.lastIndexOf('\n', from - 2) + 1;
    return line + this.text.slice(line, from).search(/(?<=^|\s)[|>]/);
  }

  private columnOf(offset: number): number {
    const line = this.text.lastIndexOf('\n', offset - 1) + 1;
    return offset - line - (this.text[line] === '\ufeff' ? 1 : 0);
  }

  private quotesOf(node: number): Quotes {
    const style = this.source.style[node];
    if (style === PLAIN) return 'plain';
    return style === SINGLE ? 'single' : style === DOUBLE ? 'double' : 'plain';
  }
}

type Child = { readonly keyNode: number; readonly node: number };
type Entry = readonly [string | undefined, unknown];

const valueOf = (container: Container, { name }: Slot, index: number): unknown =>
  name === undefined ? (container as unknown[])[index] : (container as Json)[name];
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
/** Has something in it: an empty map is written `{}` in either style. */
const isNested = (value: unknown): value is Container => isContainer(value) && Object.keys(value).length > 0;

const inlineText = (value: unknown, quotes: Quotes, inFlow: boolean): string =>
  isContainer(value) ? flowText(value) : scalarText(value, quotes, inFlow);

/** In flow style; valid as JSON too where every value is. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (!isContainer(value)) return scalarText(value, 'double', true);
  const entries = Object.entries(value).map(([name, child]) => `${doubleQuoted(name)}: ${flowText(child)}`);
  return `{${entries.join(', ')}}`;
}
