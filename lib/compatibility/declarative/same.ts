import { getScalarValue, type Event } from 'js-yaml';
import { EventStream, PIECE } from './events';
import { plainValue } from './scalar';

/**
 * Whether a text says these values, keys in the same order. It makes no values of its own, which a large file has no
 * room for twice. Aliases are not followed: false says only that it has to be looked at properly.
 */
export function saysInOrder(text: string, value: unknown): boolean {
  try {
    return new Comparison(text).document(value);
  } catch {
    return false;
  }
}

const DOCUMENT = 1;
const LIST = 2;
const MAP = 3;
const SCALAR = 4;
const POP = 6;
const PLAIN = 1;

class Comparison {
  private readonly events: EventStream;

  constructor(private readonly text: string) {
    this.events = new EventStream(text, PIECE);
  }

  document(value: unknown): boolean {
    return this.events.next()?.type === DOCUMENT && this.node(value) && this.ends() && this.events.peek() === undefined;
  }

  private node(value: unknown): boolean {
    const event = this.events.next()!;
    if (event.type === SCALAR) return event.tagStart < 0 && Object.is(this.scalar(event), value);
    if (typeof value !== 'object' || value === null) return false;
    if (event.type === LIST) return Array.isArray(value) && this.items(value as unknown[]);
    return event.type === MAP && !Array.isArray(value) && this.entries(value as Record<string, unknown>);
  }

  private items(list: readonly unknown[]): boolean {
    for (const item of list) if (!this.node(item)) return false;
    return this.ends();
  }

  private entries(map: Readonly<Record<string, unknown>>): boolean {
    for (const name in map) {
      const key = this.events.next()!;
      if (key.type !== SCALAR || getScalarValue(this.text, key) !== name || !this.node(map[name])) return false;
    }
    return this.ends();
  }

  private ends(): boolean {
    return this.events.next()?.type === POP;
  }

  private scalar(event: Event & { type: typeof SCALAR }): unknown {
    const content = getScalarValue(this.text, event);
    if (event.style !== PLAIN) return content;
    return event.valueStart < 0 ? null : plainValue(content);
  }
}
