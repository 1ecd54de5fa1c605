import type { Scenario } from '../scenario';
import { World } from '../world/world';
import { someStage } from './common';

export const wrongAccount: Scenario = {
  name: 'wrong account',
  says: 'a run is killed and resumed with the credentials of another account, where a system of the same name stands',
  async play(world, random) {
    const process = world.process();
    world.during(someStage(world, random), random.between(0, 0.9), () => process.kill());
    await world.start(process);
    const other = new World(world.shape, random.fork('other'), undefined, world.clock);
    other.account = '999900001111';
    other.lines.push(...world.lines);
    const wrong = await other.resume();
    world.mark();
    const resumes = random.chance(0.5);
    const ended = await (resumes ? world.resume() : world.abort());
    return {
      ended,
      exits: [0],
      weights: resumes ? world.after : world.before,
      lostAtMost: 0,
      also: [
        wrong.code !== 8 && `in the other account it ended with ${wrong.code}: ${wrong.message}`,
        !/111122223333.*999900001111/.test(wrong.message) && `it does not say which: ${wrong.message}`,
        other.writes > 0 && `${other.writes} writes in the other account`,
      ],
    };
  },
};
