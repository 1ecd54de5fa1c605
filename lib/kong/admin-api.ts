import type { Upgrade } from '../compatibility/changes';
import { formatVersionOfKong, type DeclarativeDocument } from '../compatibility/declarative/document';
import { Tree } from '../compatibility/declarative/tree';
import { KongDualClusterError } from '../errors';
import { KongVersion } from '../release/kong-version';
import { AdminClient, type AdminClientOptions } from './admin-client';
import { ADMIN_TABLES } from './admin-tables';

type Json = Record<string, unknown>;

export interface ReadAdminOptions extends AdminClientOptions {
  /** Told before each table is read. */
  readonly onTable?: (text: string) => void;
}

/** At a time, where one request an entity is needed. */
const AT_ONCE = 8;

/**
 * Everything that an Admin API holds, of all workspaces, in the form of a file that `kong config db_export` writes. It only reads.
 * @throws KongDualClusterError ADMIN_URL_INVALID, ADMIN_NOT_KONG, ADMIN_DENIED, ADMIN_FAILED, ADMIN_REDIRECTS,
 * ADMIN_UNREACHABLE, ADMIN_ANSWER_INCOMPLETE
 */
export async function readAdminApi(
  url: string,
  upgrade: Upgrade,
  { onTable = () => undefined, ...options }: ReadAdminOptions,
): Promise<DeclarativeDocument> {
  const client = new AdminClient(url, options);
  const notes: string[] = [];
  const running = await versionOf(client, url);
  if (KongVersion.tryParse(running)?.minor() !== upgrade.from.minor()) {
    notes.push(`the node at ${url} says that it is Kong ${running}, but --from is ${upgrade.from.toString()}`);
  }
  const workspaces = (await client.list('/workspaces')) ?? [];
  const root: Record<string, Json[]> = {};
  if (workspaces.length > 1) root.workspaces = workspaces;
  for (const workspace of workspaces.length > 1 ? workspaces : [undefined]) {
    const prefix = workspace === undefined ? '' : `/${encodeURIComponent(String(workspace.name))}`;
    for (const [path, table] of ADMIN_TABLES) {
      onTable(`${prefix}/${path}`);
      const items = await client.list(`${prefix}/${path}`);
      // An export names no table that is empty.
      if (items === undefined || items.length === 0) continue;
      if (table === 'upstreams') await addTargets(client, prefix, items);
      if (table === 'consumer_groups') await addGroupPlugins(client, prefix, items);
      if (workspace !== undefined) for (const item of items) item.ws_id = workspace.id;
      root[table] = (root[table] ?? []).concat(items);
    }
  }
  return { tree: new Tree(root, undefined), file: url, formatVersion: formatVersionOfKong(upgrade), notes };
}

async function versionOf(client: AdminClient, url: string): Promise<string> {
  const root = await client.get('/');
  if (typeof root?.version === 'string') return root.version;
  throw new KongDualClusterError('ADMIN_NOT_KONG', `what answers at ${url} is not the Admin API of a Kong node`, {
    found: root === undefined ? '404' : 'an answer without a version',
    remedy: 'give the URL of its admin_listen, with the path where a proxy stands before it: `curl -s URL/ | head`',
  });
}

/** Targets have no list of their own over all upstreams. */
async function addTargets(client: AdminClient, prefix: string, upstreams: readonly Json[]): Promise<void> {
  await inTurn(upstreams, async (upstream) => {
    upstream.targets = (await client.list(`${prefix}/upstreams/${String(upstream.id)}/targets`)) ?? [];
  });
}

/** Before 3.4 the plugins of a consumer group are told with the group only. */
async function addGroupPlugins(client: AdminClient, prefix: string, groups: readonly Json[]): Promise<void> {
  await inTurn(groups, async (group) => {
    const whole = await client.get(`${prefix}/consumer_groups/${String(group.id)}`);
    if (Array.isArray(whole?.plugins)) group.plugins = whole.plugins;
  });
}

async function inTurn<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await act(item);
    }),
  );
}
