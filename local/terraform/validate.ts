import type { BlockSchema } from './schema';
import { isObject } from './values';
import type { Value, Values } from './values';

/** What the provider's plug-in SDK refuses beyond what Terraform does by itself: a value for what it alone decides. */
export function unconfigurable(config: Values, block: BlockSchema, at = ''): readonly string[] {
  const own = Object.entries(block.attributes)
    .filter(([name, { optional, required }]) => !optional && !required && (config[name] ?? null) !== null)
    .map(([name]) => `${at}${name}`);
  const nested = Object.entries(block.blocks).flatMap(([name, { block: inner }]) =>
    each(config[name]).flatMap((value) => unconfigurable(value, inner, `${at}${name}.`)),
  );
  return [...own, ...nested];
}

const each = (value: Value | undefined): readonly Values[] =>
  (Array.isArray(value) ? (value as readonly Value[]) : [value]).filter(isObject);
