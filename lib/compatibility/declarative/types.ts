import { KongDualClusterError } from '../../errors';
import { positionIn } from './lines';
import type { Json, Place, Tree } from './tree';

/** Sets and arrays of the schemas in Kong's kong/db/schema/entities, of every table: */
const LISTS_OF_ALL = ['tags'];
const LISTS: Readonly<Record<string, readonly string[]>> = {
  plugins: ['protocols'],
  routes: ['destinations', 'hosts', 'methods', 'paths', 'protocols', 'snis', 'sources'],
  services: ['ca_certificates'],
};
/** Records and maps of the same. */
const MAPS: Readonly<Record<string, readonly string[]>> = { plugins: ['config'], routes: ['headers'] };

type Wanted = 'a list' | 'a map';

/**
 * What Kong and decK refuse to load, so that rules need not guess what is meant. An empty map is an empty list to Kong,
 * and the other way round: Lua knows one kind of table.
 */
export class Types {
  constructor(
    private readonly tree: Tree,
    private readonly file: string,
  ) {}

  /** @throws KongDualClusterError DECLARATIVE_WRONG_TYPE */
  ofEntity(kind: string, entity: Place): void {
    const value = entity.value as Json;
    this.ofFields(entity, value, LISTS_OF_ALL, 'a list');
    this.ofFields(entity, value, LISTS[kind], 'a list');
    this.ofFields(entity, value, MAPS[kind], 'a map');
  }

  private ofFields(entity: Place, value: Json, fields: readonly string[] | undefined, wanted: Wanted): void {
    for (let index = 0; fields && index < fields.length; index += 1) {
      const field = fields[index]!;
      if (value[field] !== undefined) this.ofField(entity, field, value[field], wanted);
    }
  }

  /** @throws KongDualClusterError DECLARATIVE_WRONG_TYPE */
  ofField(holder: Place, field: string, value: unknown, wanted: Wanted): void {
    if (!isWrong(value, wanted)) return;
    throw this.wrong(this.tree.nodeOf(holder, [field]), wanted, `${field}: ${typeOf(value)}`);
  }

  /**
   * An item of a table.
   * @throws KongDualClusterError DECLARATIVE_WRONG_TYPE
   */
  ofItem(kind: string, { value, node }: Place): void {
    // SNIs are told by their names alone in some answers of Kong.
    if (kind === 'snis' || !isWrong(value, 'a map')) return;
    throw this.wrong(node, 'a map', `${typeOf(value)} among the ${kind}`);
  }

  private wrong(node: number, wanted: Wanted, found: string): KongDualClusterError {
    const { source } = this.tree;
    const place = source && node >= 0 ? positionIn(source.text, Math.max(source.start[node]!, 0)) : undefined;
    const where = place ? `${this.file}:${place.line}:${place.column}` : this.file;
    return new KongDualClusterError('DECLARATIVE_WRONG_TYPE', `${where} is not ${wanted}`, {
      found,
      remedy: `write ${wanted} there${wanted === 'a list' ? ', for example [a, b]' : ', for example {name: a}'}; Kong and decK refuse the file as it is`,
    });
  }
}

function isWrong(value: unknown, wanted: Wanted): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'object') {
    // decK puts in what the environment says before it reads the file.
    return !(typeof value === 'string' && value.includes('${{'));
  }
  return Array.isArray(value) !== (wanted === 'a list') && Object.keys(value).length > 0;
}

/** The value itself may be a secret. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? 'a map';
}
