import { getScalarValue, parseEvents, type Event } from 'js-yaml';
import { plainValue } from './scalar';

/**
 * Whether a text says these values, keys in the same order. It makes no values of its own, which a large file has no
 * room for twice. Aliases are not followed: false says only that it has to be looked at properly.
 * @throws YAMLException
 */
export function saysInOrder(text: string, value: unknown): boolean {
  return new Comparison(text).document(value);
}

const DOCUMENT = 1;
const LIST = 2;
const MAP = 3;
const SCALAR = 4;
const POP = 6;
const PLAIN = 1;

class Comparison {
  private readonly events: readonly Event[];
  private at = 0;

  constructor(private readonly text: string) {
    this.events = parseEvents(text, {});
  }

  document(value: unknown): boolean {
    this.at = 1;
    return this.events[0]?.type === DOCUMENT && this.node(value) && this.at + 1 === this.events.length;
  }

  private node(value: unknown): boolean {
    const event = this.events[this.at]!;
    this.at += 1;
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
      const key = this.events[this.at]!;
      this.at += 1;
      if (key.type !== SCALAR || getScalarValue(this.text, key) !== name || !this.node(map[name])) return false;
    }
    return this.ends();
  }

  private ends(): boolean {
    this.at += 1;
    return this.events[this.at - 1]!.type === POP;
  }

  private scalar(event: Event & { type: typeof SCALAR }): unknown {
    const content = getScalarValue(this.text, event);
    if (event.style !== PLAIN) return content;
    return event.valueStart < 0 ? null : plainValue(content);
  }
}
