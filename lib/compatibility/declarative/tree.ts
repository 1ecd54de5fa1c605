import { copyOf, isEqual } from './equal';
import type { Edit, Path } from './rule';
import { ALIAS, BLOCK, BLOCK_TEXT, isKey, keyName, LIST, MAP, SCALAR, type Source } from './source';

export type Json = Record<string, unknown>;
export type Container = Json | unknown[];

/** A value and the node that it was read from; -1 where there is none: set by an edit, inherited, read from an Admin API. */
export interface Place {
  readonly value: unknown;
  readonly node: number;
}

/** A child of a container as it is now. */
export interface Slot {
  /** In maps. */
  readonly name: string | undefined;
  /** Nodes that it was read from; -1 for what an edit added. */
  readonly keyNode: number;
  readonly node: number;
  readonly isRenamed: boolean;
  /** Its value is no longer the one that was read. */
  readonly isSet: boolean;
}

/** A container that an edit has touched: what it holds now against what its node holds. */
export interface Touched {
  readonly value: Container;
  readonly slots: readonly Slot[];
}

/**
 * The values of a file with their edits. Each edit changes the values and, beside them, what `rewrite` needs to change
 * the text in the same places.
 */
export class Tree {
  /** By node, containers only. */
  readonly touched = new Map<number, Touched>();
  /** Nodes that were taken out, with all that is in them. */
  readonly gone = new Set<number>();
  private aliased: ReadonlySet<number> | undefined;

  constructor(
    readonly root: unknown,
    readonly source: Source | undefined,
  ) {}

  /**
   * Makes all of the edits, or none.
   * @returns whether they were made: not where the text can not follow (anchors, inherited keys) or the path is not there
   */
  apply(at: Place, edits: readonly Edit[]): boolean {
    const undo: (() => void)[] = [];
    for (const edit of edits) {
      if (this.applyOne(at, edit, undo)) continue;
      for (const back of undo.reverse()) back();
      return false;
    }
    return true;
  }

  /**
   * The node that a path leads to, or the last one on the way that was read from the file.
   * @param from where the path begins
   */
  nodeOf(from: Place, path: Path): number {
    let place = from;
    let last = this.resolved(from.node);
    let shown = last;
    for (const segment of path) {
      const slot = this.slotOf(place, segment);
      if (slot === undefined) break;
      const value = (place.value as Json)[segment];
      place = { value, node: slot.isSet ? -1 : slot.node };
      const node = slot.keyNode >= 0 ? slot.keyNode : slot.node;
      if (node < 0) break;
      [last, shown] = [slot.node, node];
      if (last < 0) break;
    }
    return shown;
  }

  private applyOne(at: Place, edit: Edit, undo: (() => void)[]): boolean {
    const last = edit.path.at(-1);
    if (last === undefined) return false;
    let place = at;
    for (const segment of edit.path.slice(0, -1)) {
      const next = this.child(place, segment);
      if (next === undefined) return false;
      place = next;
    }
    const { value } = place;
    if (Array.isArray(value)) {
      return typeof last === 'number' && edit.op !== 'rename' && this.editList(value, place.node, last, edit, undo);
    }
    return isMap(value) && typeof last === 'string' && this.editMap(value, place.node, last, edit, undo);
  }

  /** Takes an item out of a list, or puts another in its place. */
  private editList(
    list: unknown[],
    listNode: number,
    index: number,
    edit: Edit & { op: 'set' | 'remove' },
    undo: (() => void)[],
  ): boolean {
    const isNew = index === list.length && edit.op === 'set';
    if (!(index in list) && !isNew) return false;
    if (edit.op === 'set' && !isNew && isEqual(list[index], edit.value)) return true;
    const slots = this.openSlots(list, listNode);
    if (slots === undefined) return false;
    const before = slots?.[index];
    if (before && !this.mayReplace(before, edit)) return false;
    // An empty item has no place in the text.
    if (this.source && slots && before && before.node >= 0 && this.source.start[before.node]! < 0) return false;
    const items = list.slice(index, index + 1);
    if (edit.op === 'remove') {
      list.splice(index, 1);
      undo.push(() => list.splice(index, 0, ...items));
      this.store(list, listNode, slots && slots.toSpliced(index, 1), before, undo);
    } else {
      list[index] = copyOf(edit.value);
      undo.push(() => (isNew ? list.pop() : (list[index] = items[0])));
      const slot: Slot = before ? { ...before, isSet: true } : ADDED;
      this.store(list, listNode, slots && slots.toSpliced(index, isNew ? 0 : 1, slot), before, undo);
    }
    return true;
  }

  private editMap(map: Json, node: number, name: string, edit: Edit, undo: (() => void)[]): boolean {
    const has = Object.hasOwn(map, name);
    if (edit.op !== 'set' && !has) return false;
    if (edit.op === 'set' && has && isEqual(map[name], edit.value)) return true;
    if (edit.op === 'rename' && edit.to === name) return true;
    if (edit.op === 'rename' && Object.hasOwn(map, edit.to)) return false;
    const slots = this.openSlots(map, node);
    if (slots === undefined) return false;
    const index = slots ? slots.findIndex((slot) => slot.name === name) : -1;
    const before = slots?.[index];
    // Inherited by `<<`: the text of it is somewhere else.
    if (slots && has && before === undefined) return false;
    if (before && edit.op !== 'rename' && !this.mayReplace(before, edit)) return false;
    if (before && edit.op === 'rename' && before.keyNode >= 0 && this.isMarked(before.keyNode)) return false;
    const entries = Object.entries(map);
    undo.push(() => refill(map, entries));
    let changed: Slot[] | null = slots;
    if (edit.op === 'set') {
      map[name] = copyOf(edit.value);
      const slot: Slot = before ? { ...before, isSet: true } : { ...ADDED, name };
      changed = slots && slots.toSpliced(before ? index : slots.length, before ? 1 : 0, slot);
    } else if (edit.op === 'remove') {
      delete map[name];
      changed = slots && slots.toSpliced(index, 1);
    } else {
      refill(
        map,
        entries.map(([key, value]) => [key === name ? edit.to : key, value]),
      );
      changed = slots && before ? slots.toSpliced(index, 1, { ...before, name: edit.to, isRenamed: true }) : slots;
    }
    this.store(map, node, changed, edit.op === 'rename' ? undefined : before, undo);
    return true;
  }

  private store(
    value: Container,
    node: number,
    slots: readonly Slot[] | null,
    replaced: Slot | undefined,
    undo: (() => void)[],
  ): void {
    if (slots === null) return;
    const key = this.resolved(node);
    const before = this.touched.get(key);
    this.touched.set(key, { value, slots });
    undo.push(() => (before ? this.touched.set(key, before) : this.touched.delete(key)));
    if (replaced && replaced.node >= 0 && !replaced.isSet && this.source!.kind[replaced.node] !== SCALAR) {
      this.gone.add(replaced.node);
      undo.push(() => this.gone.delete(replaced.node));
    }
  }

  /** Null where there is no text to follow, undefined where the text can not be changed. */
  private openSlots(value: Container, node: number): Slot[] | null | undefined {
    if (this.source === undefined || node < 0) return null;
    const at = this.resolved(node);
    // What others inherit would change in them too; `[a: b]` has no brackets of its own.
    if (this.source.bequeathing.has(at)) return undefined;
    const isImplicit = this.source.style[at] !== BLOCK && !'{['.includes(this.source.text[this.source.start[at]!]!);
    if (isImplicit || this.source.kind[at] !== (Array.isArray(value) ? LIST : MAP)) return undefined;
    return this.slots(at);
  }

  private slots(node: number): Slot[] {
    const touched = this.touched.get(node);
    if (touched) return touched.slots as Slot[];
    const { kind, next } = this.source!;
    const slots: Slot[] = [];
    const isMap = kind[node] === MAP;
    const isHeir = this.source!.heirs.has(node);
    for (let child = node + 1; child < next[node]!; child = next[child]!) {
      const keyNode = isMap ? child : -1;
      if (isMap) child = next[child]!;
      const name =
        isMap && !(isHeir && isKey(this.source!, keyNode, '<<')) ? keyName(this.source!, keyNode) : undefined;
      slots.push({ name, keyNode, node: child, isRenamed: false, isSet: false });
    }
    return slots;
  }

  /** Nodes that aliases stand for. */
  get aliasedNodes(): ReadonlySet<number> {
    return (this.aliased ??= new Set(this.source?.targets.values()));
  }

  private mayReplace({ keyNode, node, isSet }: Slot, edit: Edit): boolean {
    if (node < 0) return true;
    const { kind, style, start, marked, next, tagged } = this.source!;
    const end = next[node]!;
    let index = indexOfAtLeast(marked, keyNode >= 0 ? keyNode : node);
    for (; index < marked.length && marked[index]! < end; index += 1) {
      const mark = marked[index]!;
      // An anchor with nothing behind it has no place for a value.
      if ((tagged.has(mark) || start[mark]! < 0) && !isSet) return false;
      if (!this.aliasedNodes.has(mark)) continue;
      // The anchor stays, before another scalar: `rewrite` sees to its aliases. All else would leave them without one.
      const isScalar = mark === node && kind[node] === SCALAR && style[node] !== BLOCK_TEXT;
      if (!isScalar || edit.op !== 'set' || typeof edit.value === 'object') return false;
    }
    return true;
  }

  private isMarked(node: number): boolean {
    const { marked } = this.source!;
    return marked[indexOfAtLeast(marked, node)] === node;
  }

  private child(place: Place, segment: string | number): Place | undefined {
    const { value } = place;
    if (Array.isArray(value) ? !(segment in value) : !isMap(value) || !Object.hasOwn(value, segment)) return undefined;
    const slot = this.slotOf(place, segment);
    return { value: (value as Json)[segment], node: slot === undefined || slot.isSet ? -1 : slot.node };
  }

  private slotOf(place: Place, segment: string | number): Slot | undefined {
    if (this.source === undefined || place.node < 0 || typeof place.value !== 'object' || place.value === null) {
      return undefined;
    }
    const node = this.resolved(place.node);
    const touched = this.touched.get(node);
    if (touched) {
      return typeof segment === 'number' ? touched.slots[segment] : touched.slots.find(({ name }) => name === segment);
    }
    const { kind, next } = this.source;
    let index = 0;
    for (let child = node + 1; child < next[node]!; child = next[child]!) {
      if (kind[node] === MAP) {
        const keyNode = child;
        child = next[child]!;
        if (typeof segment !== 'string' || !isKey(this.source, keyNode, segment)) continue;
        return { name: segment, keyNode, node: child, isRenamed: false, isSet: false };
      }
      if (index === segment) return { name: undefined, keyNode: -1, node: child, isRenamed: false, isSet: false };
      index += 1;
    }
    return undefined;
  }

  private resolved(node: number): number {
    return this.source !== undefined && node >= 0 && this.source.kind[node] === ALIAS
      ? this.source.targets.get(node)!
      : node;
  }
}

const ADDED: Slot = { name: undefined, keyNode: -1, node: -1, isRenamed: false, isSet: true };
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function refill(map: Json, entries: readonly (readonly [string, unknown])[]): void {
  // From the last on, which leaves V8's quick form of objects as it is.
  for (const name of Object.keys(map).reverse()) delete map[name];
  for (const [name, value] of entries) map[name] = value;
}

function indexOfAtLeast(sorted: readonly number[], node: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < node) low = middle + 1;
    else high = middle;
  }
  return low;
}
