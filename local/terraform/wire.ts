import type { AttributeSchema, BlockSchema } from './schema';

/** A schema as the protocol wants it. Its version is always 0: no state of the real provider is read here. */
export const schemaMessage = (block: BlockSchema) => ({ version: 0, block: blockMessage(block) });

interface BlockMessage {
  readonly attributes: readonly unknown[];
  readonly block_types: readonly unknown[];
}

function blockMessage({ attributes, blocks }: BlockSchema): BlockMessage {
  return {
    attributes: Object.entries(attributes).map(([name, attribute]) => attributeMessage(name, attribute)),
    block_types: Object.entries(blocks).map(([name, { nesting, block, min, max }]) => ({
      type_name: name,
      block: blockMessage(block),
      nesting: { single: 1, list: 2, set: 3 }[nesting],
      ...(nesting === 'single' ? {} : { min_items: min ?? 0, max_items: max ?? 0 }),
    })),
  };
}

const attributeMessage = (name: string, attribute: AttributeSchema) => ({
  name,
  type: Buffer.from(JSON.stringify(attribute.type)),
  required: attribute.required ?? false,
  optional: attribute.optional ?? false,
  computed: attribute.computed ?? false,
  sensitive: attribute.sensitive ?? false,
  write_only: attribute.writeOnly ?? false,
});

export interface Diagnostic {
  readonly severity: 1 | 2;
  readonly summary: string;
  readonly detail: string;
}

export const failure = (error: unknown): Diagnostic => ({
  severity: 1,
  summary: error instanceof Error ? error.message.split('\n')[0] || error.name : String(error),
  detail: error instanceof Error ? error.message : '',
});
