import * as z from 'zod';
import { settingsSchema } from './schema';

/** JSON Schema of a node; what the settings use of it. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** JSON Schema of dual-cluster.yaml as a person writes it; the build puts it into schema/dual-cluster.schema.json. */
export function jsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { io: 'input' });
  return { $schema, title: 'dual-cluster.yaml of kong-dual-cluster', ...schema } as JsonSchema;
}

/** The part of a schema that describes a key path: through maps, lists and every branch of a union. */
export function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  let nodes = branches(schema);
  for (const key of path) {
    nodes = nodes.flatMap((node) => {
      if (typeof key === 'number') return node.items === undefined ? [] : branches(node.items);
      const child = node.properties?.[String(key)];
      if (child !== undefined) return branches(child);
      return typeof node.additionalProperties === 'object' ? branches(node.additionalProperties) : [];
    });
  }
  return nodes;
}

const branches = (schema: JsonSchema): JsonSchema[] => schema.anyOf?.flatMap(branches) ?? [schema];
