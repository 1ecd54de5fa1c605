import type { ExitCode } from '../../../lib/errors';
import { conflict } from '../../../lib/routers/failures';
import type { Scenario } from '../scenario';
import type { World } from '../world/world';
import { reloadRejected, type EdgeNode } from '../world/nodes-router';
import { someStage } from './common';
import type { Random } from '../world/random';

/** A router refuses a write in some stage: it stops and says why; when that is mended, resume or abort. */
const refusing = (
  name: string,
  says: string,
  router: 'nginx' | 'f5',
  refusal: (node: EdgeNode) => { readonly written: boolean; readonly error: Error },
  exit: ExitCode,
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
        held.code !== exit && `it ended with ${held.code}: ${held.message}`,
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
  4,
  /edge-\d: the old workers are still there/,
);

export const f5StaleLock = refusing(
  'F5 stale lock',
  'somebody else has declared the tenant since it was read: the optimistic lock key is stale',
  'f5',
  ({ name: id, loaded: weights }) => ({
    written: false,
    error: conflict([{ id, weights }], [], [`${id}, and its tenant was changed between the read and the write`]),
  }),
  6,
  /its tenant was changed between the read and the write/,
);
