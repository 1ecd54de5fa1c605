import type { Violation } from '../../rule';
import { configOf, Draft, isMap, isSet, pathOf } from './config';
import { pluginRule, renameFields, type Rename } from './shapes';

const FLAT = ['host', 'port', 'password', 'username', 'ssl', 'ssl_verify', 'server_name', 'timeout', 'database'].map(
  (field): Rename => ({ from: `config.redis_${field}`, to: `config.redis.${field}` }),
);
/** kong/plugins/{acme,rate-limiting,response-ratelimiting}/schema.lua of 3.6 */
const RENAMES: Readonly<Record<string, readonly Rename[]>> = {
  acme: [
    { from: 'auth', to: 'password' },
    { from: 'ssl_server_name', to: 'server_name' },
    { from: 'namespace', to: 'extra_options.namespace' },
    { from: 'scan_count', to: 'extra_options.scan_count' },
  ].map(({ from, to }) => ({ from: `config.storage_config.redis.${from}`, to: `config.storage_config.redis.${to}` })),
  'rate-limiting': FLAT,
  'response-ratelimiting': FLAT,
};

/** Enterprise plugins whose lists of `host:port` became lists of records in 3.8 (kong.enterprise_edition.tools.redis.v2). */
const NODES = [
  'rate-limiting-advanced',
  'graphql-rate-limiting-advanced',
  'proxy-cache-advanced',
  'graphql-proxy-cache-advanced',
  'ai-rate-limiting-advanced',
];
const LISTS = [
  { from: 'config.redis.cluster_addresses', to: 'config.redis.cluster_nodes', host: 'ip' },
  { from: 'config.redis.sentinel_addresses', to: 'config.redis.sentinel_nodes', host: 'host' },
];
const TIMEOUT = 'config.redis.timeout';

/** The old names are still read up to 4.0; values, some of them passwords, are not told. */
export const redisSharedConfigFuture = pluginRule(
  'plugin-redis-shared-config-future',
  [...Object.keys(RENAMES), ...NODES],
  (plugin, context) => {
    const draft = new Draft(plugin);
    const renames = RENAMES[plugin.value.name as string];
    if (renames !== undefined) {
      return asOne(
        renameFields(
          draft,
          renames,
          ({ from, to }) => `${from} is deprecated since 3.6 (still read); it is called ${to}`,
        ),
      );
    }
    if (!context.upgrade.to.isAtLeastMinor('3.8') || !isMap(configOf(plugin).redis)) return 'not-applicable';
    return [...nodes(draft), ...timeouts(draft)];
  },
);

/** A dump names all nine fields of each plugin: what mends them is one finding. */
function asOne(found: readonly Violation[]): readonly Violation[] {
  const mended = found.filter(({ edits }) => edits !== undefined);
  const [first] = mended;
  if (first === undefined || mended.length === 1) return found;
  const fields = mended.map(({ path }) => path.join('.')).join(', ');
  return [
    ...found.filter(({ edits }) => edits === undefined),
    {
      path: first.path,
      message: `these names are deprecated since 3.6 (still read): ${fields}`,
      edits: mended.flatMap(({ edits }) => edits ?? []),
    },
  ];
}

function nodes(draft: Draft): Violation[] {
  return LISTS.flatMap(({ from, to, host }): Violation[] => {
    if (!draft.has(from)) return [];
    const addresses = draft.get(from);
    const message = `${from} is deprecated since 3.8 (still read); it is called ${to}`;
    const records = Array.isArray(addresses) ? addresses.map((address) => record(address, host)) : [];
    if (records.includes(undefined))
      return [{ path: pathOf(from), message: `${message}, with a host and a port each`, how: `write ${to}` }];
    if (records.length > 0 && !isSet(draft.get(to))) draft.set(to, records);
    draft.remove(from);
    return [{ path: pathOf(from), message, edits: draft.take() }];
  });
}

function record(address: unknown, host: string): Record<string, unknown> | undefined {
  const match = typeof address === 'string' ? /^([^:{}]+):(\d+)$/.exec(address) : null;
  return match === null ? undefined : { [host]: match[1], port: Number(match[2]) };
}

function timeouts(draft: Draft): Violation[] {
  if (!draft.has(TIMEOUT)) return [];
  const value = draft.get(TIMEOUT);
  for (const kind of ['connect', 'send', 'read']) {
    const field = `config.redis.${kind}_timeout`;
    if (isSet(value) && !isSet(draft.get(field))) draft.set(field, value);
  }
  draft.remove(TIMEOUT);
  const message = `${TIMEOUT} is deprecated (still read); there are connect_timeout, send_timeout and read_timeout`;
  return [{ path: pathOf(TIMEOUT), message, edits: draft.take() }];
}
