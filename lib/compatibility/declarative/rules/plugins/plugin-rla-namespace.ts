import type { DeclarativeRule } from '../../rule';
import { Draft, isSet, isShared, pathOf } from './config';
import { namespaceOf } from './rla-namespace';

const FIELD = 'config.namespace';

/** The state is the namespaces given so far: two plugins with the same one would count together. */
export const rlaNamespace: DeclarativeRule<Set<string>> = {
  id: 'plugin-rla-namespace',
  on: ['plugins:rate-limiting-advanced'],
  begin: () => new Set(),
  check(plugin, _context, given) {
    if (plugin.value.name !== 'rate-limiting-advanced' || isShared(plugin)) return 'not-applicable';
    const draft = new Draft(plugin);
    if (isSet(draft.get(FIELD))) return 'compliant';
    const namespace = namespaceOf(plugin, given);
    given.add(namespace);
    draft.set(FIELD, namespace);
    return [
      {
        path: pathOf(FIELD),
        message: `${FIELD} is not set: Kong makes up another one at each import, and with it new counters`,
        edits: draft.take(),
      },
    ];
  },
};
