import { readDeclarative } from '../../../../lib/compatibility/declarative/document';
import { nestedIn, REFERENCES } from '../../../../lib/compatibility/declarative/kinds';
import { entitiesOf } from '../../../../lib/compatibility/declarative/walk';
import { KongVersion } from '../../../../lib/release/kong-version';
import { readSettings } from '../../../../local/kong/settings';
import { Store } from '../../../../local/kong/store';

const SOME = { id: '00000000-0000-4000-8000-000000000000' };
/** What an entity belongs to when it is nested in it. */
const BELONGS: Readonly<Record<string, readonly string[]>> = { upstreams: ['upstream'], consumers: ['consumer'] };
/** The recordings hold no private keys, and an entity of these kinds is refused without one. */
const NOT_COMPARED = new Set(['file', 'certificates', 'snis', 'workspaces', 'oauth2_tokens', 'sessions']);

/**
 * What the schemas of the stand-in for Kong 3.4.2 refuse of a declarative file, by entity. The schemas are those that real
 * Kong 3.4.2 answered on `/schemas/…`, regexes are compiled by the Rust crate that Kong's router is made with; the code
 * around them is ours.
 */
export function refusals(text: string, file: string): Map<string, string> {
  const upgrade = { from: KongVersion.parse('2.8.5'), to: KongVersion.parse('3.4.2') };
  const store = new Store(undefined as never, readSettings('3.4.2', {}));
  const refused = new Map<string, string>();
  for (const entity of entitiesOf(readDeclarative(text, file, upgrade))) {
    const kind = store.kinds.get(entity.kind);
    if (NOT_COMPARED.has(entity.kind) || kind === undefined) continue;
    const given: Record<string, unknown> = { ...entity.value };
    for (const nested of nestedIn(entity.kind)) delete given[nested];
    for (const [field] of REFERENCES) if (typeof given[field] === 'string') given[field] = SOME;
    for (const field of BELONGS[entity.parent?.kind ?? ''] ?? []) given[field] ??= SOME;
    if (entity.parent?.kind === 'upstreams') given.upstream ??= SOME;
    delete given.ws_id;
    delete given._config;
    try {
      store.complete(kind, given);
    } catch (error) {
      refused.set(
        `${entity.kind} ${entity.name}${entity.parent && entity.kind === 'plugins' ? ` of ${entity.parent.name}` : ''}`,
        (error as Error).message,
      );
    }
  }
  return refused;
}
