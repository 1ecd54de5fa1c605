import { copyOf } from '../../equal';
import type { Edit, Entity, Path } from '../../rule';

/** A map of a file: neither a list nor null. */
export type Fields = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Kong takes an explicit null for a field that was left out. */
export const isSet = (value: unknown): boolean => value !== undefined && value !== null;

export const isEmpty = (value: unknown): boolean =>
  !isSet(value) ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isMap(value) && Object.keys(value).length === 0);

/** `{vault://env/name}`: what it stands for is known to the node only. */
export const isReference = (value: unknown): boolean => typeof value === 'string' && /^\{vault:\/\/.+\}$/.test(value);

/** A number for a message; a text is not told, be it where none belongs. */
export const told = (value: unknown): string => (typeof value === 'number' ? String(value) : 'value');

/** `config.redis.host` as the path that edits and findings want. */
export const pathOf = (dotted: string): string[] => dotted.split('.');

export function valueAt(from: unknown, path: Path): unknown {
  let found = from;
  for (const key of path) {
    if (Array.isArray(found) && typeof key === 'number') found = found[key] as unknown;
    else if (isMap(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found;
}

/** What the plugin's entity itself says, empty where it says nothing. */
export function ownConfigOf(plugin: Entity): Fields {
  return isMap(plugin.value.config) ? plugin.value.config : {};
}

/** The configuration in force: keys of the plugin's own before those of `_plugin_configs`, as decK fills them in. */
export function configOf(plugin: Entity): Fields {
  return isMap(plugin.inherited) ? { ...plugin.inherited, ...ownConfigOf(plugin) } : ownConfigOf(plugin);
}

/** A field of the configuration in force. */
export const inForce = (plugin: Entity, path: Path): unknown => valueAt({ config: configOf(plugin) }, path);

/** One of `_plugin_configs`: what it leaves out may stand in the plugins that take it. */
export const isShared = (plugin: Entity): boolean => plugin.shared !== undefined;

/** A disabled plugin is still validated, but it does nothing to requests. */
export const isDisabled = (plugin: Entity): boolean => plugin.value.enabled === false;

/**
 * A plugin while a rule edits it: what was set by one edit is there for the next, maps that are missing are made once.
 * The entity itself is left alone, it is the engine that applies the edits.
 */
export class Draft {
  private value: Record<string, unknown>;
  private readonly inherited: Fields;
  private edits: Edit[] = [];
  private isCopied = false;

  constructor(plugin: Entity) {
    this.value = plugin.value;
    this.inherited = isMap(plugin.inherited) ? plugin.inherited : {};
  }

  /** With the first edit: most plugins need none. */
  private copy(): void {
    if (!this.isCopied) this.value = { ...this.value, config: copyOf(this.value.config) };
    this.isCopied = true;
  }

  /** The value in force. */
  get(dotted: string): unknown {
    const [top, key, ...inner] = pathOf(dotted) as [string, string, ...string[]];
    return this.inherits(key) ? valueAt(this.inherited, [key, ...inner]) : valueAt(this.value, [top, key, ...inner]);
  }

  private inherits(key: string): boolean {
    return Object.hasOwn(this.inherited, key) && !(isMap(this.value.config) && Object.hasOwn(this.value.config, key));
  }

  /** Whether the plugin itself names the field, be it with null. */
  has(dotted: string): boolean {
    const path = pathOf(dotted);
    const parent = valueAt(this.value, path.slice(0, -1));
    return isMap(parent) && Object.hasOwn(parent, path[path.length - 1] as string);
  }

  set(dotted: string, to: unknown): void {
    this.copy();
    const path = pathOf(dotted);
    const key = path[1] as string;
    // Its own key hides the inherited one as a whole, so that it has to say all of it.
    if (path.length > 2 && this.inherits(key) && isMap(this.inherited[key])) {
      this.set(`config.${key}`, copyOf(this.inherited[key]));
    }
    let depth = 0;
    let parent = this.value;
    while (depth < path.length - 1 && isMap(parent[path[depth] as string])) {
      parent = parent[path[depth] as string] as Record<string, unknown>;
      depth += 1;
    }
    const value = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), to);
    parent[path[depth] as string] = value;
    this.edits.push({ op: 'set', path: path.slice(0, depth + 1), value: copyOf(value) });
  }

  remove(dotted: string): void {
    this.copy();
    const path = pathOf(dotted);
    const parent = valueAt(this.value, path.slice(0, -1));
    if (!isMap(parent)) return;
    Reflect.deleteProperty(parent, path[path.length - 1] as string);
    this.edits.push({ op: 'remove', path });
  }

  /** Under the same map, so that the field keeps its place in the file. */
  rename(dotted: string, to: string): void {
    this.copy();
    const path = pathOf(dotted);
    const parent = valueAt(this.value, path.slice(0, -1)) as Record<string, unknown>;
    const from = path[path.length - 1] as string;
    parent[to] = parent[from];
    Reflect.deleteProperty(parent, from);
    this.edits.push({ op: 'rename', path, to });
  }

  /** The edits since the last time. */
  take(): readonly Edit[] {
    const taken = this.edits;
    this.edits = [];
    return taken;
  }
}
