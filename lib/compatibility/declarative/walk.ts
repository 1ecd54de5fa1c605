import type { DeclarativeDocument } from './document';
import { nameOf, nestedIn, nounOf, REFERENCES, TABLES } from './kinds';
import type { Entity, Path } from './rule';
import { ALIAS, isKey, MAP } from './source';
import type { Json, Place, Tree } from './tree';
import { Types } from './types';

/** An entity and where in the tree it stands. */
export interface ReadEntity extends Entity {
  readonly parent: ReadEntity | undefined;
  /** The node of its map; -1 where there is no text. */
  readonly node: number;
  /** The list that it is an item of; undefined for the file itself. */
  readonly list: Place | undefined;
  /** Its config is shared by several plugins (`_plugin_configs`); it is reported once, under the plugin's name. */
  readonly shared?: SharedConfig;
}

export interface SharedConfig {
  /** Key in `_plugin_configs`. */
  readonly name: string;
  readonly place: Place;
  /** Plugins of one name use it, so that it may be changed for them. */
  readonly isOfOne: boolean;
}

/**
 * Every entity, what holds others before these, in the order of the file; the file itself first.
 * @throws KongDualClusterError DECLARATIVE_WRONG_TYPE
 */
export function entitiesOf({ tree, file }: DeclarativeDocument): ReadEntity[] {
  const found: ReadEntity[] = [];
  const root = tree.root as Json;
  const top: ReadEntity = {
    kind: 'file',
    name: file,
    value: root,
    parent: undefined,
    file,
    workspace: typeof root._workspace === 'string' ? root._workspace : undefined,
    node: tree.source ? 0 : -1,
    list: undefined,
  };
  found.push(top);
  const children = [...childrenOf(tree, { value: root, node: top.node })];
  // First, so that a plugin's rules see what it inherits as it will be.
  const configs = children.find(({ name, value }) => name === '_plugin_configs' && isMap(value));
  if (configs) found.push(...sharedConfigs(tree, top, configs));
  const shared = configs?.value as Json | undefined;
  // An Admin API has checked what it holds.
  const types = tree.source && new Types(tree, file);
  const walk: Walk = { tree, found, types, workspaces: workspaceNames(root), configs: shared };
  for (const child of children) {
    if (TABLES.has(child.name)) types?.ofField({ value: root, node: top.node }, child.name, child.value, 'a list');
    if (Array.isArray(child.value) && child.name !== GROUP_PLUGINS) walkTable(walk, child.name, child, top);
  }
  const ofGroups = children.find(({ name, value }) => name === GROUP_PLUGINS && Array.isArray(value));
  if (ofGroups) walkTable(walk, 'plugins', ofGroups, top, groupsOf(found));
  return found;
}

/** What an export of Enterprise calls plugins of consumer groups; each names its group. */
const GROUP_PLUGINS = 'consumer_group_plugins';

/** The group that a plugin names, by id or name. */
function groupsOf(found: readonly ReadEntity[]): (plugin: Json) => ReadEntity | undefined {
  const groups = new Map<unknown, ReadEntity>();
  for (const entity of found) {
    if (entity.kind === 'consumer_groups') groups.set(entity.value.name, entity).set(entity.value.id, entity);
  }
  return ({ consumer_group: given }) => {
    const key = isMap(given) ? (given.id ?? given.name) : given;
    return key === undefined ? undefined : groups.get(key);
  };
}

interface Walk {
  readonly tree: Tree;
  readonly found: ReadEntity[];
  readonly types: Types | undefined;
  readonly workspaces: ReadonlyMap<string, string> | undefined;
  /** `_plugin_configs`, where the file has it. */
  readonly configs: Json | undefined;
}

function walkTable(
  walk: Walk,
  kind: string,
  list: Place,
  holder: ReadEntity,
  parentOf: (value: Json) => ReadEntity | undefined = () => (holder.kind === 'file' ? undefined : holder),
): void {
  const { tree, found, workspaces, configs } = walk;
  // Entities of custom plugins may hold anything.
  const types = TABLES.has(kind) ? walk.types : undefined;
  const nested = nestedIn(kind);
  const items = list.value as readonly unknown[];
  let next = firstItem(tree, list);
  for (let index = 0; index < items.length; index += 1) {
    const node = next;
    next = node < 0 ? -1 : tree.source!.next[node]!;
    const value = items[index];
    types?.ofItem(kind, { value, node });
    if (!isMap(value)) continue;
    types?.ofEntity(kind, { value, node });
    const parent = parentOf(value);
    const entity: ReadEntity = {
      kind,
      name: nameOf(kind, value, index + 1),
      value,
      parent,
      file: holder.file,
      workspace:
        workspaces && typeof value.ws_id === 'string' ? (workspaces.get(value.ws_id) ?? value.ws_id) : holder.workspace,
      node,
      list,
      inherited: configs && typeof value._config === 'string' ? configs[value._config] : undefined,
    };
    found.push(entity);
    // A key at a time, in the order of the file.
    for (const table of nested.length === 0 ? [] : Object.keys(value)) {
      if (!nested.includes(table)) continue;
      types?.ofField({ value, node }, table, value[table], 'a list');
      if (!Array.isArray(value[table])) continue;
      const place = childOf(tree, { value, node }, table);
      walkTable(walk, table, place, entity);
    }
  }
}

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A plugin for each name that uses a config of `_plugin_configs`: as decK sees it, with this config. */
function sharedConfigs(tree: Tree, top: ReadEntity, configs: Place): ReadEntity[] {
  const users = new Map<string, Set<string>>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null) {
      const { _config: used, name } = value as Json;
      if (typeof used === 'string' && typeof name === 'string') {
        users.set(used, (users.get(used) ?? new Set()).add(name));
      }
      Object.values(value).forEach(collect);
    }
  };
  collect(top.value);
  const found: ReadEntity[] = [];
  for (const { name, value, node } of childrenOf(tree, configs)) {
    const names = [...(users.get(name) ?? [])].sort();
    for (const plugin of names) {
      found.push({
        ...top,
        kind: 'plugins',
        name: plugin,
        value: { name: plugin, config: value },
        node,
        shared: { name, place: { value, node }, isOfOne: names.length === 1 },
      });
    }
  }
  return found;
}

/** By id, where a file holds more than one. */
function workspaceNames(root: Json): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(root.workspaces) || root.workspaces.length < 2) return undefined;
  const named = (root.workspaces as Json[]).filter(
    ({ id, name }) => typeof id === 'string' && typeof name === 'string',
  );
  return new Map(named.map(({ id, name }) => [id as string, name as string]));
}

function* childrenOf(tree: Tree, { value, node }: Place): Generator<{ name: string } & Place> {
  for (const name of Object.keys(value as Json)) yield { name, ...childOf(tree, { value, node }, name) };
}

function childOf({ source }: Tree, { value, node }: Place, name: string): Place {
  const child = (value as Json)[name];
  if (source === undefined || node < 0) return { value: child, node: -1 };
  const { kind, next, targets } = source;
  const map = kind[node] === ALIAS ? targets.get(node)! : node;
  for (let key = map + 1; kind[map] === MAP && key < next[map]!; key = next[next[key]!]!) {
    if (isKey(source, key, name)) return { value: child, node: next[key]! };
  }
  return { value: child, node: -1 };
}

/** The node of a list's first item; -1 where there is no text. */
function firstItem({ source }: Tree, { node }: Place): number {
  if (source === undefined || node < 0) return -1;
  return (source.kind[node] === ALIAS ? source.targets.get(node)! : node) + 1;
}

/** Entities that flat files refer to, by kind and id or name. */
export class References {
  private readonly referred = new Map<string, Entity>();

  constructor(entities: readonly Entity[]) {
    for (const entity of entities) {
      const { kind, value } = entity;
      if (typeof value.id === 'string' && REFERENCES.some(([, referred]) => referred === kind)) {
        this.referred.set(`${kind} ${value.id}`, entity);
      }
    }
  }

  /**
   * What an entity belongs to without standing in it: ` of route "users" of service "orders"`; empty where it is nested or
   * belongs to none.
   * @param depth references that are followed: a file may refer in a circle
   */
  of({ parent, value }: Entity, depth = 3): string {
    if (parent !== undefined || depth === 0) return '';
    for (const [field, kind] of REFERENCES) {
      const given = value[field];
      const key: unknown =
        typeof given === 'object' && given !== null ? ((given as Json).id ?? (given as Json).name) : given;
      if (typeof key !== 'string') continue;
      const found = this.referred.get(`${kind} ${key}`);
      return ` of ${nounOf(kind)} "${found?.name ?? key}"${found === undefined ? '' : this.of(found, depth - 1)}`;
    }
    return '';
  }
}

/** As a person calls it: `plugin "acl" of route "users" of service "orders"`. */
export function described(entity: ReadEntity, references: References, showWorkspace: boolean): string {
  if (entity.kind === 'file') return 'file';
  const parts: string[] = [];
  for (let at: ReadEntity | undefined = entity; at; at = at.parent) {
    parts.push(`${nounOf(at.kind)} ${at.name.startsWith('#') ? at.name : `"${at.name}"`}${references.of(at)}`);
  }
  if (entity.shared) parts.push(`_plugin_configs "${entity.shared.name}"`);
  const workspace = showWorkspace && entity.workspace !== undefined ? ` in workspace "${entity.workspace}"` : '';
  return parts.join(' of ') + workspace;
}

/** `config.headers.X-Key`, `paths[0]`; null for the whole. */
export function fieldText(path: Path): string | null {
  if (path.length === 0) return null;
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
