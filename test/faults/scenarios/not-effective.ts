import type { Scenario } from '../scenario';
import { heldAt, someStage } from './common';

export const writtenNotEffective: Scenario = {
  name: 'written but not effective',
  says: 'from some stage on the rules say one thing and the requests do another: the share stays where it was',
  async play(world, random) {
    const stage = someStage(world, random);
    const { stages, to } = world.shape;
    const stays = stage === 0 ? 0 : stages[stage - 1]!.share;
    const stuck = to === 'green' ? stays : 1 - stays;
    world.onLine.push((line) => {
      if (line.type === 'raising' && line.stage === stage) world.traffic.effective = () => stuck;
      if (line.type === 'rolling back') world.traffic.effective = undefined;
    });
    const ended = await world.start();
    return {
      ended,
      // The share seen is not the share set; where nothing arrives there is no verdict.
      exits: [3, 4],
      message: /share|requests|no settled/,
      weights: ended.code === 4 ? heldAt(world, ended) : world.before,
      lostAtMost: 0,
    };
  },
};
