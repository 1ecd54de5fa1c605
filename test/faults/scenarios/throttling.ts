import type { Scenario } from '../scenario';
import { breakRising, heldAt, lostUntilAlarm, someStage, throttled } from './common';

export const throttling: Scenario = {
  name: 'throttling',
  says: 'AWS refuses a part of all calls for a while; in half of the seeds the new slot fails meanwhile',
  async play(world, random) {
    const stage = someStage(world, random);
    const fails = random.chance(0.5);
    const seconds = random.between(5, 10 * world.shape.periodSeconds);
    if (fails) breakRising(world, stage, random.between(0, 0.1), 1);
    world.during(stage, 0, () =>
      world.fails(/^(Describe|Modify|alarms|counts|minutes|capacity)/, throttled, seconds, random.between(0.3, 0.85)),
    );
    const ended = await world.start();
    const weights = ended.code === 4 ? heldAt(world, ended) : fails ? world.before : world.after;
    return {
      ended,
      exits: fails ? [3] : [0, 4],
      weights,
      // A throttled answer about the alarms costs looks, a throttled write some seconds more.
      lostAtMost: fails ? 1.5 * lostUntilAlarm(world, stage) : 0,
    };
  },
};
