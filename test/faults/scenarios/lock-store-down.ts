import type { Scenario } from '../scenario';
import { breakRising, lostUntilAlarm, silent, someStage } from './common';

export const lockStoreDown: Scenario = {
  name: 'lock store down',
  says: 'the table with the lock does not answer any more; then, or some time later, the new slot fails',
  async play(world, random) {
    const stage = someStage(world, random);
    const { to } = world.shape;
    const part = random.between(0, 0.5);
    const isEarly = random.chance(0.5);
    let isDown = false;
    if (isEarly) world.during(stage, random.between(0, part), () => (isDown = true));
    breakRising(world, stage, isEarly ? part : random.between(0, 0.1), 1);
    world.faults.push((operation, when) => {
      isDown ||= !isEarly && world.alarm(`kong-edge-${to}ErrorShare`).state === 'ALARM';
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
