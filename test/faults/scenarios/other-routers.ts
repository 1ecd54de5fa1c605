import { EXIT, KongDualClusterError } from '../../../lib/errors';
import type { Scenario } from '../scenario';
import type { World } from '../world/world';
import { reloadRejected, type EdgeNode } from '../world/nodes-router';
import { someStage } from './common';
import type { Random } from '../world/random';

/** A router refuses a write in some stage: it holds and says which node; when that is mended, resume or abort. */
const refusing = (
  name: string,
  says: string,
  router: 'nginx' | 'f5',
  refusal: (node: EdgeNode) => { readonly written: boolean; readonly error: Error },
  message: RegExp,
): Scenario => ({
  name,
  says,
  shape: (shape) => ({ ...shape, isAuthenticated: false }),
  async play(world: World, random: Random) {
    const unit = world.useNodes(router, router === 'f5' ? 1 : random.int(2, 6));
    const stage = someStage(world, random);
    const victim = random.pick(unit.nodes);
    let raising = -1;
    world.onLine.push((line) => line.type === 'raising' && (raising = line.stage));
    unit.refuses = (node) => (node === victim && raising === stage ? refusal(node) : undefined);
    const held = await world.start();
    unit.refuses = () => undefined;
    world.mark();
    const resumes = random.chance(0.5);
    const ended = await (resumes ? world.resume() : world.abort());
    return {
      ended,
      exits: [0],
      weights: resumes ? world.after : world.before,
      lostAtMost: 0,
      also: [
        held.code !== 4 && `it ended with ${held.code}: ${held.message}`,
        !message.test(held.message) && `it does not say why: ${held.message}`,
      ],
    };
  },
});

export const nginxReloadRejected = refusing(
  'nginx reload rejected',
  'one node of several keeps its old workers after a reload',
  'nginx',
  (node) => ({ written: true, error: reloadRejected(node) }),
  /edge-\d: the old workers are still there/,
);

export const f5StaleLock = refusing(
  'F5 stale lock',
  'somebody else has declared the tenant since it was read: the optimistic lock key is stale',
  'f5',
  (node) => ({
    written: false,
    error: new KongDualClusterError('ROUTER_LOCK_STALE', 'the declaration was changed since it was read', {
      found: `${node.name}: 409, the optimistic lock key is stale`,
      remedy: 'shift resume',
      exitCode: EXIT.error,
    }),
  }),
  /optimistic lock key is stale/,
);
