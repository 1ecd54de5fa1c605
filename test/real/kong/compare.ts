import { isDeepStrictEqual } from 'node:util';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIMES = new Set(['created_at', 'updated_at', 'last_seen', 'expires']);
/** What a run makes for itself: keys and secrets by chance, certificates of our own. */
const MADE = new Set(['cert', 'cert_digest', 'node_id', 'access_token', 'hostname', 'pid', 'session_id']);

/**
 * JSON with everything taken out that another run of real Kong would have different too: ids that Kong made (`known` holds
 * those that the sample fixes), dates, seconds left, generated keys; lists under `data` and `snis` get an order.
 */
export function normalize(value: unknown, known: ReadonlySet<string>, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((one) => normalize(one, known, key));
    return ['data', 'snis', 'hosts'].includes(key)
      ? list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : list;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, normalize(one, known, name)]);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (value === null || value === undefined) return value ?? null;
  if (TIMES.has(key)) return '<time>';
  if (key === 'ttl') return '<seconds left>';
  if (MADE.has(key)) return `<${key}>`;
  if (typeof value !== 'string') return value;
  if (
    ['key', 'secret', 'client_secret', 'client_id'].includes(key) &&
    (value.length >= 32 || value.includes('PRIVATE KEY') || value.includes('removed>'))
  )
    return `<${key}>`;
  return value.replace(UUID, (id) => (known.has(id) ? id : '<id>'));
}

/** The first place where two values differ, as `path: expected ≠ found`; undefined when alike. */
export function firstDifference(expected: unknown, found: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(expected, found)) return undefined;
  const object = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (object(expected) && object(found) && Array.isArray(expected) === Array.isArray(found)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const inner = firstDifference(expected[key], found[key], path === '' ? key : `${path}.${key}`);
      if (inner !== undefined) return inner;
    }
  }
  const show = (value: unknown): string =>
    value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 90) ?? '');
  return `${path === '' ? 'body' : path}: ${show(expected)} ≠ ${show(found)}`;
}

/** Texts of commands without what differs by machine or is Lua's own: dates, stack traces, notes about prefix folders, the error log (a file there). */
export function normalizeText(text: string): string {
  return text
    .replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, '')
    .replace(/^\[error\] the router .*\n/gm, '')
    .replace(/^stack traceback:\n(?:\t.*\n)*/gm, '')
    .replace(/^prefix directory .* not found, trying to create it\n/gm, '')
    .replace(/database '\w+'/g, "database '<name>'")
    .replace(/<kong-[\d.]+>\/kong\/init\.lua:\d+: /g, '')
    .replace(/\n{2,}/g, '\n\n')
    .trim();
}

/** Counts, memory and Lua tables of one machine in `/status`: only that they are there. */
export function withoutMachine(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { memory, server, ...rest } = body as Record<string, unknown>;
  const keys = (value: unknown): string[] => Object.keys(value ?? {}).sort();
  return { ...rest, ...(memory ? { memory: keys(memory) } : {}), ...(server ? { server: keys(server) } : {}) };
}
