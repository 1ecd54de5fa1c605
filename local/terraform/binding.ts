import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AttributeSchema, BlockSchema, NestedSchema, ObjectType, ValueType } from './schema';

/**
 * Reads a resource's schema out of its generated binding in @cdktf/provider-aws, which was made from the provider's own
 * schema: names, types, nesting and what is required are there. Whether an optional attribute is filled in by the provider is
 * not (the types name that), nor what is sensitive.
 */
export function blockOf(folder: string): BlockSchema {
  const path = join(dirname(require.resolve('@cdktf/provider-aws/package.json')), 'lib', folder, 'index');
  const binding = new Binding(readFileSync(`${path}.js`, 'utf8'), readFileSync(`${path}.d.ts`, 'utf8'));
  return binding.root();
}

const SIMPLE: Readonly<Record<string, ValueType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
};
const OF_LIST: Readonly<Record<string, ValueType>> = {
  stringList: 'string',
  numberList: 'number',
  booleanList: 'bool',
  stringMap: 'string',
  numberMap: 'number',
  booleanMap: 'bool',
  stringMapList: ['map', 'string'],
  stringListList: ['list', 'string'],
};
const GETTERS: Readonly<Record<string, ValueType>> = {
  getStringAttribute: 'string',
  getNumberAttribute: 'number',
  getBooleanAttribute: 'bool',
  getListAttribute: ['list', 'string'],
  getNumberListAttribute: ['list', 'number'],
  getStringMapAttribute: ['map', 'string'],
  getNumberMapAttribute: ['map', 'number'],
  getBooleanMapAttribute: ['map', 'bool'],
};

interface Given {
  readonly required: boolean;
  /** The documents call it a block; else it is an attribute of objects, which JSON must give whole. */
  readonly isBlock: boolean;
}

class Binding {
  private readonly classes = new Map<string, string>();
  private readonly functions = new Map<string, string>();
  private readonly interfaces = new Map<string, string>();
  private readonly rootClass: string;

  constructor(js: string, types: string) {
    for (const [, name = '', body = ''] of js.matchAll(/^class (\w+) extends [^\n]*\{\n([\s\S]*?)^\}/gm))
      this.classes.set(name, body);
    for (const [, name = '', body = ''] of js.matchAll(/^function (\w+)ToHclTerraform\(struct\) \{\n([\s\S]*?)^\}/gm))
      this.functions.set(name, body);
    for (const [, name = '', body = ''] of types.matchAll(/^export interface (\w+)[^\n]*\{\n([\s\S]*?)^\}/gm))
      this.interfaces.set(name, body);
    const root = /^class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider) /m.exec(js)?.[1];
    if (root === undefined) throw new Error('the binding has no resource');
    this.rootClass = root;
  }

  root(): BlockSchema {
    const body = this.classes.get(this.rootClass) ?? '';
    return this.block(body.slice(body.indexOf('synthesizeHclAttributes()')), `${this.rootClass}Config`, body);
  }

  /** @param written where the attributes are written as HCL; @param read the class that reads them */
  private block(written: string, interfaceName: string, read: string): BlockSchema {
    const attributes: Record<string, AttributeSchema> = {};
    const blocks: Record<string, NestedSchema> = {};
    const given = this.given(interfaceName);
    const entries = written.matchAll(
      /^ {8,12}"?(\w+)"?: \{\n\s+value: ([^\n]*),\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",/gm,
    );
    for (const [, name = '', value = '', isBlock, kind = '', storage = ''] of entries) {
      const { required, isBlock: documented } = given.get(name) ?? { required: false, isBlock: true };
      const role = required ? { required } : { optional: true };
      if (isBlock === 'false') attributes[name] = { type: plain(kind, storage), ...role, ...writeOnly(name) };
      else {
        const nested = /(\w+)ToHclTerraform/.exec(value)?.[1] ?? '';
        const many = value.includes('listMapperHcl');
        const className = nested.charAt(0).toUpperCase() + nested.slice(1);
        const block = this.block(
          this.functions.get(nested) ?? '',
          className,
          this.classes.get(`${className}OutputReference`) ?? '',
        );
        const nesting = kind === 'struct' ? 'single' : kind === 'set' ? 'set' : 'list';
        // Attributes that may be written as blocks, too: Terraform knows them as attributes.
        if (!documented && nesting !== 'single')
          attributes[name] = { type: [nesting, ['object', objectOf(block)]], ...role, computed: true };
        else
          blocks[name] = {
            nesting,
            block,
            ...(required ? { min: 1 } : {}),
            ...(many || nesting === 'single' ? {} : { max: 1 }),
          };
      }
    }
    Object.assign(attributes, this.computed(read, attributes));
    for (const name of Object.keys(blocks)) delete attributes[name];
    return { attributes, blocks };
  }

  private given(interfaceName: string): Map<string, Given> {
    const found = new Map<string, Given>();
    const body = this.interfaces.get(interfaceName) ?? '';
    for (const [, comment = '', optional] of body.matchAll(/\/\*\*([\s\S]*?)\*\/\s*readonly \w+(\??):/g)) {
      const name = /#(\w+) \w+#\w+\}/.exec(comment)?.[1];
      if (name !== undefined)
        found.set(name, {
          required: optional !== '?',
          isBlock: new RegExp(`^\\s*\\* ${name} block$`, 'm').test(comment),
        });
    }
    return found;
  }

  /** What only the provider gives. */
  private computed(read: string, known: Readonly<Record<string, unknown>>): Record<string, AttributeSchema> {
    const found: Record<string, AttributeSchema> = {};
    for (const [, name = ''] of read.matchAll(/\/\/ (\w+) - computed: true, optional: false, required: false/g)) {
      if (name in known) continue;
      const getter = new RegExp(`(Fn\\.tolist\\()?this\\.(get\\w+Attribute)\\('${name}'\\)`).exec(read);
      const map = new RegExp(`new cdktf\\.(\\w+)Map\\(this, "${name}"\\)`).exec(read)?.[1];
      const complex = new RegExp(`new (\\w+)List\\(this, "${name}", (true|false)\\)`).exec(read);
      const type = getter
        ? asSet(GETTERS[getter[2] ?? ''], getter[1] !== undefined)
        : map
          ? (['map', SIMPLE[map.toLowerCase()] ?? 'string'] satisfies ValueType)
          : complex
            ? this.computedList(complex[1] ?? '', complex[2] === 'true')
            : undefined;
      if (type !== undefined) found[name] = { type, computed: true };
    }
    return found;
  }

  private computedList(className: string, isSet: boolean): ValueType {
    const element = this.computed(this.classes.get(`${className}OutputReference`) ?? '', {});
    return [isSet ? 'set' : 'list', ['object', objectOf({ attributes: element, blocks: {} })]];
  }
}

function plain(kind: string, storage: string): ValueType {
  const simple = SIMPLE[storage];
  if (kind === 'simple' && simple !== undefined) return simple;
  const element = OF_LIST[storage];
  if (element !== undefined && (kind === 'list' || kind === 'set' || kind === 'map')) return [kind, element];
  throw new Error(`the binding has a type that this does not read: ${kind} ${storage}`);
}

function asSet(type: ValueType | undefined, isSet: boolean): ValueType | undefined {
  return isSet && Array.isArray(type) && type[0] === 'list' ? ['set', type[1]] : type;
}

/** Terraform keeps what ends so out of plans and states. */
const writeOnly = (name: string) => (name.endsWith('_wo') ? { writeOnly: true, sensitive: true } : {});

function objectOf({ attributes, blocks }: BlockSchema): ObjectType {
  return Object.fromEntries([
    ...Object.entries(attributes).map(([name, { type }]) => [name, type] as const),
    ...Object.entries(blocks).map(
      ([name, { nesting, block }]) =>
        [name, nesting === 'single' ? ['object', objectOf(block)] : [nesting, ['object', objectOf(block)]]] as const,
    ),
  ] as [string, ValueType][]);
}
