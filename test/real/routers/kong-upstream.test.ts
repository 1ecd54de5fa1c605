import { Client } from 'pg';
import { KongUpstreamRouter } from '../../../lib/routers/kong-upstream/kong-upstream-router';
import type { Weights } from '../../../lib/traffic/weights';
import { kong, nodeEnv, removeWorkFolder, requireBuild, startNode, type Node, type Release } from '../kong/harness';
import { startPostgres, type TestPostgres } from '../postgres';
import { conforms, type Rig } from './conformance';

type Json = Record<string, unknown>;
const TARGETS = { blue: ['127.77.9.71:8000', '127.77.9.72:8000'], green: ['127.77.9.73:8000'] };
const FACTOR = { blue: 1, green: 2 };

/** One node of each release of the stand-in, with databases of their own. */
async function kongs(): Promise<Rig> {
  requireBuild();
  const postgres: TestPostgres = await startPostgres();
  const nodes: { readonly url: string; readonly node: Node; readonly database: string }[] = [];
  for (const [release, address] of [
    ['2.8.5', '127.77.9.61'],
    ['3.4.2', '127.77.9.62'],
  ] as [Release, string][]) {
    const database = `front_${release.replaceAll('.', '_')}`;
    await postgres.createDatabase(database);
    const env = nodeEnv(postgres, database, address);
    await kong(release, ['migrations', 'bootstrap'], env);
    nodes.push({ url: `http://${address}:8001`, node: await startNode(release, env), database });
  }
  const ask = async (place: number, method: string, path: string, body?: Json): Promise<Json> => {
    const response = await fetch(`${nodes[place]!.url}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  };
  const targets = async (place: number): Promise<Json[]> => {
    const { data } = await ask(place, 'GET', '/upstreams/front/targets');
    return Array.isArray(data) ? (data as Json[]) : [];
  };
  const places = nodes.map((_, place) => place);
  const weightsAt = async (place: number): Promise<Weights> => {
    const all = await targets(place);
    const of = (slot: 'blue' | 'green'): number =>
      all
        .filter(({ target }) => TARGETS[slot].includes(String(target)))
        .reduce((sum, { weight }) => sum + Number(weight), 0);
    return { blue: of('blue'), green: of('green') };
  };
  let moments: Weights[][] = [];
  const send = globalThis.fetch;
  // The router's own writes only: those of this file carry no Accept.
  globalThis.fetch = async (input, init) => {
    const response = await send(input, init);
    const isRouter = new Headers(init?.headers).has('accept') && init?.method !== 'GET' && response.ok;
    if (isRouter) moments.push(await Promise.all(places.map(weightsAt)));
    return response;
  };
  const state = async (weight: boolean): Promise<unknown> =>
    Promise.all(
      places.map(async (place) => {
        const { updated_at: _, created_at: __, id: ___, ...upstream } = await ask(place, 'GET', '/upstreams/front');
        const all = (await targets(place)).map((each) => ({
          target: each.target,
          tags: each.tags,
          ...(weight && { weight: each.weight }),
        }));
        return [upstream, all.sort((a, b) => String(a.target).localeCompare(String(b.target)))];
      }),
    );
  const another = (): KongUpstreamRouter =>
    new KongUpstreamRouter({ adminUrls: nodes.map(({ url }) => url), upstream: 'front', targets: TARGETS });
  return {
    router: another(),
    another,
    reset: async () => {
      for (const place of places) {
        await ask(place, 'DELETE', '/upstreams/front');
        await ask(place, 'POST', '/upstreams', { name: 'front', slots: 500, tags: ['kept'] });
        for (const target of TARGETS.blue)
          await ask(place, 'POST', '/upstreams/front/targets', { target, weight: 1000, tags: ['blue'] });
        for (const target of TARGETS.green) await ask(place, 'POST', '/upstreams/front/targets', { target, weight: 0 });
      }
      moments = [];
    },
    weights: () => Promise.all(places.map(weightsAt)),
    setByHand: async (place, wanted) => {
      for (const slot of ['blue', 'green'] as const)
        for (const target of TARGETS[slot])
          await ask(place, 'PATCH', `/upstreams/front/targets/${target}`, { weight: wanted[slot] * FACTOR[slot] });
    },
    everything: () => state(true),
    rest: () => state(false),
    moments: () => moments,
    makeIneffective: async () => {
      // Past Kong: its balancer goes on with what it has in memory, and the Admin API shows what is in the database.
      const right = await targets(1);
      for (const { target } of right)
        await ask(1, 'PATCH', `/upstreams/front/targets/${String(target)}`, { weight: 7 });
      // Its balancer follows a moment later.
      const follows = async (): Promise<boolean> => {
        const { data } = await ask(1, 'GET', '/upstreams/front/health');
        return (data as { data: { nodeWeight: number } }[]).every((each) => each.data.nodeWeight === 7);
      };
      for (const end = Date.now() + 10_000; !(await follows()) && Date.now() < end;)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const { KONG_PG_USER: user, KONG_PG_PASSWORD: password } = nodes[1]!.node.env;
      const client = new Client({
        host: postgres.host,
        port: postgres.port,
        user,
        password,
        database: nodes[1]!.database,
      });
      await client.connect();
      for (const { id, weight } of right)
        await client.query('UPDATE targets SET weight = $1 WHERE id = $2', [weight, id]);
      await client.end();
    },
    damage: async (place) => {
      await ask(place, 'DELETE', `/upstreams/front/targets/${TARGETS.green[0]}`);
    },
    remove: async (place) => {
      await ask(place, 'DELETE', '/upstreams/front');
    },
    stop: async () => {
      globalThis.fetch = send;
      for (const { node } of nodes) await node.stop();
      await postgres.stop();
      removeWorkFolder();
    },
  };
}

conforms('kongUpstream on the stand-in of 2.8 and of 3.4', kongs, { shares: [0.001, 0.05, 1 / 3, 0.9] });
