import type { Scenario } from '../scenario';
import { fineOrChance } from './common';

export const fine: Scenario = {
  name: 'fine',
  says: 'nothing goes wrong',
  async play(world) {
    const ended = await world.start();
    return { ended, ...fineOrChance(world, ended), message: /done: |rolled back|held: /, lostAtMost: 0 };
  },
};
