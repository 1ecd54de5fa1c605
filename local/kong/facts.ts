import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Release } from './settings';
import type { RecordSchema } from './schema';

/** `facts/` stays in the source tree; the compiled program is in dist/local/kong. */
const folder = [join(__dirname, 'facts'), join(__dirname, '../../../local/kong/facts')].find((path) =>
  existsSync(path),
);

export interface SchemaFacts {
  /** Plugins that come with the release, in the order of `GET /plugins/enabled`. */
  readonly plugins: readonly string[];
  /** `plugins.available_on_server` of `GET /`. */
  readonly available: Readonly<Record<string, unknown>>;
  /** By what follows `/schemas/`: `services`, `plugins/key-auth`. */
  readonly schemas: Readonly<Record<string, RecordSchema>>;
}

/** Text of a file in `facts/`. */
export const readFact = (name: string): string => readFileSync(join(folder ?? '', name), 'utf8');
const loaded = new Map<Release, SchemaFacts>();

/** The schemas that a recorded node of this release answered; read once. */
export function schemaFacts(release: Release): SchemaFacts {
  const known = loaded.get(release);
  if (known !== undefined) return known;
  const facts = JSON.parse(readFact(`schemas-${release}.json`)) as SchemaFacts;
  loaded.set(release, facts);
  return facts;
}

/** SQL by `<subsystem>/<migration>` or `<subsystem>/<migration> finish`. */
export function sqlParts(): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const file of ['tables-2.8.sql', 'upgrade-3.4.sql']) {
    for (const part of readFact(file)
      .split(/^-- @ /m)
      .slice(1)) {
      const end = part.indexOf('\n');
      parts.set(part.slice(0, end).trim(), part.slice(end).trim());
    }
  }
  return parts;
}
