import type { Scenario } from '../scenario';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import { breakRising, lostUntilAlarm, someStage } from './common';

/** Plays a run that is killed at a moment, and one command after it. */
const crash = (name: string, says: string, kill: (world: World, random: Random) => void): Scenario => ({
  name,
  says,
  async play(world, random) {
    // A third of them on the way back.
    const stage = someStage(world, random);
    const fails = random.chance(0.33);
    if (fails) breakRising(world, stage, random.between(0, 0.1), 1);
    kill(world, random);
    const first = await world.start();
    if (first.code !== 'killed') {
      const weights = fails ? world.before : world.after;
      return { ended: first, exits: [fails ? 3 : 0], weights, lostAtMost: fails ? lostUntilAlarm(world, stage) : 0 };
    }
    const awaySeconds = random.between(0, 60);
    await new Promise<void>((resolve) => world.in(awaySeconds, resolve));
    world.mark();
    const by = random.pick(['abort here', 'abort elsewhere', 'resume'] as const);
    const ended = by === 'resume' ? await world.resume() : await world.abort({ elsewhere: by === 'abort elsewhere' });
    const wasOver = ended.code === 64 || ended.code === 8;
    const back = by !== 'resume' || world.lines.length === 0 || fails;
    return {
      ended,
      // Killed after its end: there is nothing to go on with, nothing to abort.
      exits: wasOver ? [64, 8] : by === 'resume' ? [fails ? 3 : 0, 64] : [0],
      weights: wasOver ? world.weights() : back ? world.before : world.after,
      lostAtMost: fails ? lostUntilAlarm(world, stage) + world.shape.rate * 1.1 * (awaySeconds + 10) : 0,
      // An abort from elsewhere cannot write to the journal of this machine.
      replays: by !== 'abort elsewhere',
      also: [wasOver && !isEnd(world) && `${by} ended with ${ended.code}, but the run was not over: ${ended.message}`],
    };
  },
});

const isEnd = (world: World): boolean =>
  world.lines.length === 0 || ['done', 'rolled back'].includes(world.dynamo.record?.phase ?? '');

/** At the n-th point whose name matches. */
const nth = (world: World, random: Random, name: RegExp, most: number): void => {
  let left = random.int(1, most);
  world.killWhen = (point) => name.test(point) && (left -= 1) === 0;
};

export const CRASHES: readonly Scenario[] = [
  crash('crash before a write', 'killed between the journal and a write of a rule', (world, random) =>
    nth(world, random, /^before ModifyRule$/, world.shape.rules * world.shape.stages.length),
  ),
  crash('crash after a write', 'killed after a rule was written and before its answer', (world, random) =>
    nth(world, random, /^after ModifyRule$/, world.shape.rules * world.shape.stages.length),
  ),
  crash('crash before the journal', 'killed when something has happened and no line says so', (world, random) =>
    nth(world, random, /^before line/, 3 * world.shape.stages.length + 1),
  ),
  crash('crash anywhere', 'killed at any point: lines, writes, the shared record', (world, random) => {
    world.killAt = random.int(1, 80);
  }),
];
