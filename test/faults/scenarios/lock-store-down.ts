import type { Scenario } from '../scenario';
import { breakRising, lostUntilAlarm, silent, someStage } from './common';

export const lockStoreDown: Scenario = {
  name: 'lock store down',
  says: 'the table with the lock answers nothing any more when the new slot is found to fail',
  async play(world, random) {
    const stage = someStage(world, random);
    const { to } = world.shape;
    breakRising(world, stage, random.between(0, 0.1), 1);
    let isDown = false;
    world.faults.push((operation, when) => {
      isDown ||= world.alarm(`kong-edge-${to}ErrorShare`).state === 'ALARM';
      if (isDown && when === 'before' && operation.startsWith('table')) throw silent();
    });
    const ended = await world.start();
    return {
      ended,
      exits: [3],
      message: /rolled back/,
      weights: world.before,
      lostAtMost: lostUntilAlarm(world, stage),
    };
  },
};
