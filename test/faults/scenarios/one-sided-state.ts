import { shareOf } from '../../../lib/traffic/weights';
import type { Scenario } from '../scenario';
import { heldAt } from './common';

/**
 * A token that was made on one slot after the snapshot is not known on the other: each slot refuses what comes from the other
 * one. No alarm sees it, and at 50 % no comparison either: `plan` looks for the plugins before. What a comparison of the 401s sees
 * is the small share, where the new slot refuses nearly all of them and the old one hardly any.
 */
export const oneSidedState: Scenario = {
  name: 'state on one side',
  says: 'tokens and sessions made on one slot are refused by the other (401 on both)',
  async play(world, random) {
    const { from, to, stages, rate } = world.shape;
    const tokens = random.between(0.05, 0.5);
    const other = (slot: typeof from): number => {
      const [live] = world.weights();
      return live ? tokens * (1 - shareOf(live, slot)) : 0;
    };
    world.slot(from).refused = () => other(from);
    world.slot(to).refused = () => other(to);
    world.during(0, 0, () => world.mark());
    const ended = await world.start();
    const first = stages[0]!.share;
    // From about 30 % on the two rates are too like each other: nothing sees it any more, which is why `plan` looks before.
    const isSeen = first <= 0.2;
    const periods = stages.reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0) / world.shape.periodSeconds + 20;
    return {
      ended,
      exits: isSeen ? [3, 4] : [0, 3, 4],
      ...(isSeen && { message: /401/ }),
      weights: ended.code === 4 ? heldAt(world, ended) : ended.code === 0 ? world.after : world.before,
      lostAtMost: rate * 1.2 * tokens * 2 * (isSeen ? first * 20 : periods / 2) * world.shape.periodSeconds,
    };
  },
};
