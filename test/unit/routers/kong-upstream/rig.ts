import { KongUpstreamRouter } from '../../../../lib/routers/kong-upstream/kong-upstream-router';
import type { KongUpstreamSettings } from '../../../../lib/settings/router-schema';
import type { Weights } from '../../../../lib/traffic/weights';
import type { Rig } from '../../../real/routers/conformance';
import { FakeDatabase, FakeKongAdmin, type FakeUpstream } from '../../../real/routers/fake-kong-admin';

export const TARGETS = { blue: ['blue.internal:8000'], green: ['green.internal:8000'] };

export const upstreamOf = ({ blue, green }: KongUpstreamSettings['targets'], old = 1000): FakeUpstream => ({
  id: 'c7a34af0-9c6e-4f8b-93f7-5d7b6d0a9a11',
  name: 'kong',
  algorithm: 'round-robin',
  hash_on: 'none',
  slots: 10_000,
  targets: [
    ...blue.map((target, i) => ({ id: `b${i}`, target, weight: old, tags: ['blue'] })),
    ...green.map((target, i) => ({ id: `g${i}`, target, weight: 0, tags: null })),
  ],
});

/** Hurried: what waits a second in production waits 10 ms here. */
const HURRIED = {
  sleep: (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds / 100)),
  now: (): number => performance.now() * 100,
};

export const routerOf = (
  nodes: readonly Pick<FakeKongAdmin, 'url'>[],
  targets = TARGETS,
  token?: string,
): KongUpstreamRouter =>
  new KongUpstreamRouter(
    { adminUrls: nodes.map(({ url }) => url), upstream: 'kong', targets },
    token === undefined ? undefined : () => Promise.resolve(token),
    HURRIED,
  );

/** Requests that a node sends to each slot. */
export function sentBy(node: FakeKongAdmin, targets = TARGETS): Weights {
  const of = (slot: 'blue' | 'green'): number =>
    targets[slot].reduce((sum, target) => sum + node.sent('kong', target), 0);
  return { blue: of('blue'), green: of('green') };
}

/** Two nodes with databases of their own. @param addresses of the first name of each slot */
export async function kongOnTheFake(targets = TARGETS, addresses: Weights = { blue: 1, green: 1 }): Promise<Rig> {
  const nodes = await Promise.all([0, 1].map(() => new FakeKongAdmin(new FakeDatabase()).start()));
  const total = (slot: 'blue' | 'green'): number => addresses[slot] + targets[slot].length - 1;
  let moments: Weights[][] = [];
  for (const node of nodes) {
    for (const slot of ['blue', 'green'] as const) node.dns[targets[slot][0]!.replace(/:\d+$/, '')] = addresses[slot];
    node.written = () => moments.push(nodes.map((each) => sentBy(each, targets)));
  }
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const by = divisor(total('blue'), total('green'));
  const another = (): KongUpstreamRouter => routerOf(nodes, targets);
  const state = (): FakeUpstream[][] => nodes.map(({ database }) => structuredClone(database.upstreams));
  /** A target that was made again has another id and place. */
  const plain = (weight: boolean): unknown =>
    state().map((upstreams) =>
      upstreams.map((upstream) => ({
        ...upstream,
        targets: upstream.targets
          .map((each) => ({ target: each.target, tags: each.tags, ...(weight && { weight: each.weight }) }))
          .sort((a, b) => a.target.localeCompare(b.target)),
      })),
    );
  return {
    router: another(),
    another,
    reset: () => {
      const old = (1000 * total('green')) / by;
      for (const node of nodes) {
        node.frozen = false;
        node.database.upstreams = [upstreamOf(targets, old)];
      }
      moments = [];
      return Promise.resolve();
    },
    weights: () => Promise.resolve(nodes.map((node) => sentBy(node, targets))),
    setByHand: (place, wanted) => {
      const factor = { blue: total('green') / by, green: total('blue') / by };
      for (const each of nodes[place]!.database.upstreams[0]!.targets) {
        const slot = targets.blue.includes(each.target) ? 'blue' : 'green';
        each.weight = wanted[slot] * factor[slot];
      }
      return Promise.resolve();
    },
    everything: () => Promise.resolve(plain(true)),
    rest: () => Promise.resolve(plain(false)),
    moments: () => moments,
    makeIneffective: () => {
      const node = nodes[1]!;
      const targetsOf = node.database.upstreams[0]!.targets;
      const right = targetsOf.map(({ weight }) => weight);
      for (const each of targetsOf) each.weight = 7;
      node.freeze();
      targetsOf.forEach((each, i) => (each.weight = right[i]!));
      return Promise.resolve();
    },
    damage: (place) => {
      nodes[place]!.database.upstreams[0]!.targets.pop();
      return Promise.resolve();
    },
    remove: (place) => {
      nodes[place]!.database.upstreams = [];
      return Promise.resolve();
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
