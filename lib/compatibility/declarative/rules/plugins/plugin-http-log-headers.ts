import type { Violation } from '../../rule';
import { ownConfigOf, Draft, isEmpty, isMap, isReference, pathOf } from './config';
import { pluginRule } from './shapes';

const HEADERS = 'config.headers';

/**
 * 3.x takes one string a header. A list is joined as `migrations finish` joins it (recorded: ["abc", "def"] becomes
 * "abc, def"); an empty list said nothing. The values are often credentials and are never told.
 */
export const httpLogHeaders = pluginRule('plugin-http-log-headers', ['http-log'], (plugin) => {
  const { headers } = ownConfigOf(plugin);
  if (!isMap(headers)) return [];
  const draft = new Draft(plugin);
  return Object.entries(headers).flatMap(([name, values]): Violation[] => {
    if (!Array.isArray(values)) return [];
    const path = [...pathOf(HEADERS), name];
    const message = `${HEADERS}.${name} is a list: http-log of 3.x refuses it ("expected a string")`;
    if (values.length > 1 && values.some(isReference)) {
      return [
        {
          path,
          message: `${message}; a vault reference is only read where it is the whole value`,
          how: 'put the joined value behind one reference',
        },
      ];
    }
    const kept = { ...(draft.get(HEADERS) as Record<string, unknown>) };
    if (values.length === 0) Reflect.deleteProperty(kept, name);
    else kept[name] = values.map(String).join(', ');
    return [{ path, message, edits: edited(draft, kept, name) }];
  });
});

function edited(draft: Draft, kept: Record<string, unknown>, name: string): Violation['edits'] {
  if (isEmpty(kept)) {
    draft.set(HEADERS, null);
    return draft.take();
  }
  // A header may have a dot in its name, which a dotted path cannot say.
  const path = [...pathOf(HEADERS), name];
  const edit = name in kept ? ({ op: 'set', path, value: kept[name] } as const) : ({ op: 'remove', path } as const);
  draft.set(HEADERS, kept);
  draft.take();
  return [edit];
}
