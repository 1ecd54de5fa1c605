import type { TestPostgres } from '../postgres';
import { firstDifference, normalize, withoutMachine } from './compare';
import { fixedIds } from './admin-replay';
import {
  copyDatabase,
  kong,
  moved,
  nodeEnv,
  recorded,
  sql,
  startNode,
  type Node,
  type Release,
  type Result,
} from './harness';
import { ask, parsed } from './http';

interface StatusExchange {
  readonly kongVersion: Release;
  readonly state: string;
  readonly listener?: string;
  readonly command?: string;
  readonly path?: string;
  readonly status?: number;
  readonly exitCode?: number;
  readonly body?: unknown;
  readonly output?: string;
}

const ADDRESS: Record<Release, string> = { '2.8.5': '127.77.9.28', '3.4.2': '127.77.9.34' };
const PORT: Readonly<Record<string, number>> = { status: 8100, admin: 8001, proxy: 8000 };

/** Replays the recorded states of /status and /status/ready, with a node of each release over its own database. */
export async function replayStatus(postgres: TestPostgres): Promise<Result[]> {
  const exchanges = recorded<StatusExchange[]>('status-api/exchanges.json');
  const results: Result[] = [];
  const nodes = new Map<Release, Node>();
  const environment = (release: Release, database: string): Record<string, string> =>
    nodeEnv(postgres, database, ADDRESS[release]);
  const stop = async (release: Release): Promise<void> => {
    await nodes.get(release)?.stop();
    nodes.delete(release);
  };
  const reachable = async (yes: boolean): Promise<void> => {
    for (const name of ['status28', 'status34']) {
      await sql(postgres, 'postgres', `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`, true);
      if (!yes)
        await sql(
          postgres,
          'postgres',
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
          true,
        );
    }
  };
  await copyDatabase(postgres, 't28', 'status28');
  await copyDatabase(postgres, 't34finish', 'status34');
  let state = '';
  for (const one of exchanges) {
    const release = one.kongVersion;
    const now = `${release} ${one.state}`;
    if (now !== state) {
      state = now;
      if (/never started|stopped|after a failed/.test(one.state)) await stop(release);
      else if (one.state.startsWith('database=off')) {
        if (!nodes.get(release)?.env['KONG_DATABASE']) {
          await stop(release);
          nodes.set(release, await startNode(release, { ...environment(release, 'status34'), KONG_DATABASE: 'off' }));
        }
      } else if (/pending|on a database after 3\.4/.test(one.state)) {
        await stop(release);
        const name = `state${results.length}`;
        await copyDatabase(postgres, /pending|after 3\.4 up/.test(one.state) ? 't34up' : 't34finish', name);
        nodes.set(release, await startNode(release, environment(release, name)));
      } else {
        if (!nodes.has(release)) {
          await reachable(true);
          nodes.set(
            release,
            await startNode(release, environment(release, release === '2.8.5' ? 'status28' : 'status34')),
          );
        }
        await reachable(!one.state.includes('db down'));
      }
    }
    const name = `${release} ${one.state}: ${one.command ?? `${one.listener} ${one.path}`}`;
    const difference =
      one.command === undefined ? await listener(one) : await command(one, environment(release, 'status28'), release);
    results.push({ name, ...(difference === undefined ? {} : { difference }) });
    if (one.command?.includes('restart')) await stop(release);
  }
  for (const release of [...nodes.keys()]) await stop(release);
  await reachable(true);
  return results;
}

async function command(
  one: StatusExchange,
  env: Record<string, string>,
  release: Release,
): Promise<string | undefined> {
  if (one.command?.includes('start')) return 'kong start and restart in the background are not there';
  const { exitCode, output } = await kong(release, one.command?.split(' ').slice(1, 2) ?? [], env);
  if (exitCode !== one.exitCode) return `exit code ${one.exitCode} ≠ ${exitCode}`;
  const plain = (text: string): string => text.replaceAll(env['KONG_PREFIX'] ?? '', '<prefix>').trim();
  return plain(output) === one.output?.trim()
    ? undefined
    : `text: ${JSON.stringify(one.output)} ≠ ${JSON.stringify(plain(output))}`;
}

async function listener(one: StatusExchange): Promise<string | undefined> {
  const [path = '/', note = ''] = (one.path ?? '/').split(' (');
  const got = await ask(ADDRESS[one.kongVersion], PORT[one.listener ?? ''] ?? 0, {
    method: 'GET',
    path,
    headers: {
      host: 'gw.example.test',
      ...(path === '/auth/key' ? { apikey: note === '' ? 'alice-key' : `not-cached-${one.state.length}` } : {}),
    },
  });
  if (got.status !== one.status) return `status ${one.status} ≠ ${got.status}`;
  if (one.body === null || one.body === undefined || path === '/metrics') return undefined;
  const theirs = typeof one.body === 'string' ? parsed(moved(one.body)) : one.body;
  if (typeof theirs === 'string' && theirs.startsWith('{')) return undefined; // the recording is cut after 300 or 700 characters
  const known = fixedIds();
  return firstDifference(normalize(withoutMachine(theirs), known), normalize(withoutMachine(parsed(got.body)), known));
}
