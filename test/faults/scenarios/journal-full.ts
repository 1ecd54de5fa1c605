import type { Scenario } from '../scenario';
import { breakRising, failure, lostUntilAlarm, someStage } from './common';

export const journalFull: Scenario = {
  name: 'journal full',
  says: 'the disk of the journal is full: no weight rises any more, and a rollback does not wait for room',
  async play(world, random) {
    const stage = someStage(world, random);
    const fails = random.chance(0.5);
    if (fails) breakRising(world, stage, 0.02, 1);
    world.during(stage, 0.03, () => {
      world.journalError = () => failure('Error', 'ENOSPC: no space left on device');
    });
    const ended = await world.start();
    return {
      ended,
      exits: fails ? [3] : [1],
      message: fails ? /rolled back/ : /ENOSPC/,
      weights: fails ? world.before : world.at(stage),
      lostAtMost: fails ? lostUntilAlarm(world, stage) : 0,
      replays: false,
    };
  },
};
