import type { Scenario } from '../scenario';
import { expired, heldAt, someStage } from './common';

export const credentialsEnd: Scenario = {
  name: 'credentials end',
  says: 'they end in the middle of a bake, the table included; after a new login resume or abort',
  async play(world, random) {
    world.during(someStage(world, random), random.between(0, 0.9), () => world.fails(/./, expired));
    const held = await world.start();
    const stays = world.weights();
    world.faults.length = 0;
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
        JSON.stringify(stays) !== JSON.stringify(heldAt(world, held)) && `traffic moved: ${JSON.stringify(stays)}`,
      ],
    };
  },
};
