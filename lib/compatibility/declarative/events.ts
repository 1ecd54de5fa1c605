import { parseEvents, type Event } from 'js-yaml';
import { blockEvents } from './block-events';

/** Characters after which a large file is cut at the next item of a list at its top. */
export const PIECE = 1 << 14;

/** The text can not be read in pieces: there is an anchor, an alias or a tag in it, or something that only the whole shows. */
export class NeedsWhole extends Error {}

/**
 * The events of a YAML text, of which only a piece is in memory: they take twenty times the room of their text. A file of Kong is a map of
 * long lists; it is cut before items of these lists and before keys at the top, and each piece is parsed by itself.
 */
export class EventStream {
  private readonly pieces: Generator<Piece, void>;
  private ahead: Piece | undefined;
  private events: (Event | undefined)[] = [];
  private at = 0;
  private isFirst = true;

  /** @param size characters of a piece; Infinity for the whole */
  constructor(
    private readonly text: string,
    size: number,
  ) {
    this.pieces = pieces(text, size);
    this.ahead = this.take();
  }

  /** @throws YAMLException, NeedsWhole */
  peek(): Event | undefined {
    while (this.at >= this.events.length && this.ahead) this.load();
    return this.events[this.at];
  }

  /** @throws YAMLException, NeedsWhole */
  next(): Event | undefined {
    const event = this.peek();
    // What was read may be let go.
    this.events[this.at] = undefined;
    this.at += 1;
    return event;
  }

  private take(): Piece | undefined {
    const taken = this.pieces.next();
    return taken.done ? undefined : taken.value;
  }

  private load(): void {
    const piece = this.ahead!;
    this.ahead = this.take();
    this.at = 0;
    const isWhole = this.isFirst && this.ahead === undefined;
    if (isWhole) this.events = parseEvents(this.text, {});
    else {
      const part = this.text.slice(piece.from, piece.to);
      this.events = this.joined(piece, blockEvents(part, piece.from) ?? eventsAt(part, piece.from));
    }
    this.isFirst = false;
  }

  /** Without the beginnings and ends that the piece has only because it stands alone. */
  private joined({ inList }: Piece, events: Event[]): Event[] {
    const [document, root] = events;
    const isExpected =
      document?.type === DOCUMENT &&
      root?.type === (inList ? LIST : MAP) &&
      root.style === IN_BLOCK &&
      (this.isFirst || (!document.explicitStart && !document.explicitEnd));
    if (!isExpected) throw new NeedsWhole();
    // Open at the end are the document, its map and, where items follow, the list.
    const open = (this.ahead === undefined ? 0 : 2) + (this.ahead?.inList ? 1 : 0);
    const own = inList ? 1 : 0;
    if (this.ahead === undefined) for (let i = 0; i < own; i += 1) events.push({ type: POP });
    else events.length -= open - own;
    return this.isFirst ? events : events.slice(2);
  }
}

const DOCUMENT = 1;
const LIST = 2;
const MAP = 3;
const SCALAR = 4;
const ALIAS = 5;
const POP = 6;
const IN_BLOCK = 1;

/** The events of a piece that begins there. */
function eventsAt(piece: string, from: number): Event[] {
  const events = parseEvents(piece, {});
  let documents = 0;
  for (const event of events) {
    if (event.type === DOCUMENT) documents += 1;
    else if (event.type === ALIAS) throw new NeedsWhole();
    else if (event.type !== POP) shift(event, from);
  }
  if (documents > 1) throw new NeedsWhole();
  return events;
}

function shift(event: Exclude<Event, { type: 1 | 5 | 6 }>, by: number): void {
  if (event.anchorStart >= 0 || event.tagStart >= 0) throw new NeedsWhole();
  if (event.type !== SCALAR) event.start += by;
  else if (event.valueStart >= 0) {
    event.valueStart += by;
    event.valueEnd += by;
  }
}

interface Piece {
  readonly from: number;
  readonly to: number;
  /** It begins with an item of the list that the piece before ends in, else with a key at the top. */
  readonly inList: boolean;
}

function* pieces(text: string, size: number): Generator<Piece, void> {
  let from = 0;
  let inList = false;
  /** Column of the dashes of the list that the lines are in. */
  let column = -1;
  let isBehindKey = false;
  let items = 0;
  let hasKey = false;
  const isCuttable = text.length > size && !/^\ufeff?\s*[{[]/.test(text.slice(0, 1000));
  for (let line = 0; isCuttable && line < text.length; line = text.indexOf('\n', line) + 1 || text.length) {
    const first = text[line]!;
    // Most lines are inside of an item.
    if (first === ' ' && column >= 0 && !isBehindKey && text[line + column] !== '-') continue;
    if (KEY_START.test(first)) {
      // A piece that begins with an item holds nothing but items.
      if (inList || (hasKey && line - from >= size)) {
        yield { from, to: line, inList };
        [from, inList] = [line, false];
      }
      const whole = text.slice(line, (text.indexOf('\n', line) + 1 || text.length + 1) - 1);
      isBehindKey = /^[^#]*:\s*(?:\s#.*)?$/.test(whole);
      [column, items, hasKey] = [-1, 0, true];
      continue;
    }
    if (!BELOW_KEY.test(first)) throw new NeedsWhole();
    if (!isBehindKey && column < 0) continue;
    let start = line;
    while (text[start] === ' ') start += 1;
    if (isBehindKey) {
      if (/[\r\n#]/.test(text[start] ?? '\n')) continue;
      column = text[start] === '-' ? start - line : -1;
      isBehindKey = false;
    }
    if (start - line !== column || text[start] !== '-' || !/\s/.test(text[start + 1] ?? '')) continue;
    items += 1;
    if (items === 1 || line - from < size) continue;
    yield { from, to: line, inList };
    [from, inList] = [line, true];
  }
  yield { from, to: text.length, inList };
}
const KEY_START = /[A-Za-z_"']/;
/** Begins a line that goes on with what stands under a key; anything else may be a key of another kind (`? key`). */
const BELOW_KEY = /[\s#-]/;
