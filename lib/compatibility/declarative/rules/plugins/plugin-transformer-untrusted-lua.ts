import type { Path } from '../../rule';
import { configOf, isMap } from './config';
import { noticed } from './shapes';

/** A template, `$(headers.x)`, is Lua. */
export const transformerUntrustedLua = noticed(
  'plugin-transformer-untrusted-lua',
  ['request-transformer', 'request-transformer-advanced'],
  (plugin) => {
    const path = firstTemplate(configOf(plugin), ['config']);
    return path === undefined
      ? undefined
      : { path, message: `the template in ${path.join('.')} runs under untrusted_lua of kong.conf since 3.3` };
  },
);

function firstTemplate(value: unknown, path: Path): Path | undefined {
  if (typeof value === 'string') return value.includes('$(') ? path : undefined;
  const inner: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(isMap(value) ? value : {});
  for (const [key, item] of inner) {
    const found = firstTemplate(item, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
