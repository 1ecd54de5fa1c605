import { ExtensionCodec, decode, encode } from '@msgpack/msgpack';
import type { BlockSchema, ValueType } from './schema';

/** What Terraform does not know before the apply. */
export class Unknown {
  static readonly value = new Unknown();
}

export type Value = null | string | number | boolean | Unknown | readonly Value[] | Values;
export type Values = { readonly [name: string]: Value };

/** Extension 0 is an unknown value; 12 one of which something is known (not null, a prefix), which this does not use. */
const codec = new ExtensionCodec();
codec.register({
  type: 0,
  encode: (value) => (value instanceof Unknown ? new Uint8Array(1) : null),
  decode: () => Unknown.value,
});
codec.register({ type: 12, encode: () => null, decode: () => Unknown.value });

export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

export function read(dynamic: DynamicValue | null | undefined): Values | null {
  if (dynamic?.msgpack?.length) return decode(dynamic.msgpack, { extensionCodec: codec }) as Values | null;
  if (dynamic?.json?.length) return JSON.parse(Buffer.from(dynamic.json).toString()) as Values | null;
  return null;
}

/** Terraform takes an object only whole, with every attribute and block of its schema. */
export const write = (values: Values | null, block: BlockSchema): DynamicValue => ({
  msgpack: encode(values === null ? null : whole(values, block), { extensionCodec: codec }),
});

export function whole(values: Values, block: BlockSchema): Values {
  const result: Record<string, Value> = {};
  for (const [name, { type, writeOnly }] of Object.entries(block.attributes))
    result[name] = writeOnly ? null : shaped(values[name], type);
  for (const [name, { nesting, block: nested }] of Object.entries(block.blocks)) {
    const value = values[name];
    if (value instanceof Unknown) result[name] = value;
    else if (nesting === 'single') result[name] = isObject(value) ? whole(value, nested) : null;
    else
      result[name] = (Array.isArray(value) ? value : []).map((each) =>
        isObject(each) ? whole(each, nested) : (each as Value),
      );
  }
  return result;
}

function shaped(value: Value | undefined, type: ValueType): Value {
  if (value === undefined || value === null) return null;
  if (value instanceof Unknown) return value;
  if (typeof type === 'string') {
    if (type === 'string') return typeof value === 'string' ? value : JSON.stringify(value);
    return type === 'number' ? Number(value) : value === true || value === 'true';
  }
  const [kind, of] = type;
  if (kind === 'object')
    return Object.fromEntries(Object.entries(of).map(([name, each]) => [name, shaped((value as Values)[name], each)]));
  if (kind === 'map')
    return Object.fromEntries(Object.entries(value as Values).map(([name, each]) => [name, shaped(each, of)]));
  return (value as readonly Value[]).map((each) => shaped(each, of));
}

export const isObject = (value: Value | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

export const isEmpty = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/**
 * Whether Terraform's old plug-in SDK, in which most of the AWS provider is written, sees no difference: nothing is the zero
 * value of its type. Sets come in an order that Terraform gives them, here and there.
 */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one instanceof Unknown || other instanceof Unknown) return false;
  if (isEmpty(one) && isEmpty(other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return false;
    return one.every((each, at) => same(each as Value, other[at] as Value));
  }
  if (isObject(one) && isObject(other))
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => same(one[name], other[name]));
  return one === other;
}

export function isKnown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every((each) => isKnown(each as Value));
  return !isObject(value) || Object.values(value).every(isKnown);
}
