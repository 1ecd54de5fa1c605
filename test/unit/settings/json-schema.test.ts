import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchema, schemasAt } from '../../../lib/settings/json-schema';
import type { JsonSchema } from '../../../lib/settings/json-schema';

describe('the JSON Schema of the settings', () => {
  test('the committed file is current (npm run build makes it)', () => {
    const committed = readFileSync(join(__dirname, '../../../schema/dual-cluster.schema.json'), 'utf8');
    expect(committed).toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  });

  test('what has a default is not asked for, and unknown keys are refused', () => {
    const schema = jsonSchema() as { required?: string[]; additionalProperties?: boolean };
    expect(schema.required).toEqual(['name', 'live', 'network', 'slots']);
    expect(schema.additionalProperties).toBe(false);
  });

  test('given a key path, then every branch that may stand there is found', () => {
    const keys = schemasAt(jsonSchema(), ['slots', 'blue', 'datastore']).flatMap((node) =>
      Object.keys(node.properties ?? {}),
    );
    expect(keys).toEqual(['new', 'snapshot', 'pointInTime', 'existing']);
    expect(schemasAt(jsonSchema(), ['edge', 'adopted', 'rules', 0, 'priority'])[0]?.maximum).toBe(50000);
    expect(schemasAt(jsonSchema(), ['nothing', 'here'])).toEqual([]);
  });

  test('docs/settings.md has a line for every key, and none for a key that is not there', () => {
    const page = readFileSync(join(__dirname, '../../../docs/settings.md'), 'utf8');
    const told = [...page.matchAll(/^\| `([a-zA-Z0-9.]+)` \|/gm)].map(([, key]) => key);
    expect(told.sort()).toEqual([...new Set(keysBelow(jsonSchema()))].sort());
  });
});

/** Paths of the keys that hold a value; what `adopt` writes is one key. Both slots are alike. */
function keysBelow(schema: JsonSchema, path: readonly string[] = []): string[] {
  const properties = schemasAt(schema, []).flatMap((node) => Object.entries(node.properties ?? {}));
  if (properties.length === 0 || path.at(-1) === 'adopted') return [path.join('.')];
  return properties.flatMap(([key, child]) =>
    keysBelow(child, [...path, path.length === 1 && path[0] === 'slots' ? 'SLOT' : key]),
  );
}
