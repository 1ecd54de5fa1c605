import type { Scenario } from '../scenario';
import { breakRising, lostUntilAlarm, someStage } from './common';

export const greenFails: Scenario = {
  name: 'green fails',
  says: 'the new slot answers 5xx from some moment of some stage on',
  async play(world, random) {
    const stage = someStage(world, random);
    const last = stage === world.shape.stages.length - 1;
    const failing = random.spread(0.05, 1);
    breakRising(world, stage, random.between(0, last ? 0.1 : 0.9), failing);
    const ended = await world.start();
    return {
      ended,
      exits: [3],
      message: /rolled back to (blue|green) in [\d.]+ s/,
      weights: world.before,
      lostAtMost: lostUntilAlarm(world, stage, failing),
    };
  },
};
