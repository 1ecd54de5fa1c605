import type { Scenario } from '../scenario';
import type { Ended } from '../world/world';
import { heldAt, someStage } from './common';

export const clockSkew: Scenario = {
  name: 'clock skew',
  says: 'the clock of the runner is wrong by up to two hours; a machine with another one wants to take over, or aborts',
  async play(world, random) {
    const skewMs = (): number => random.between(-7_200_000, 7_200_000);
    const stage = someStage(world, random, true);
    const aborts = random.chance(0.5);
    const own = random.chance(0.3) ? random.between(-5000, 5000) : skewMs();
    const running = world.start(world.process('here', own));
    let other: Promise<Ended> | undefined;
    world.during(stage, random.between(0, 0.9), () => {
      world.mark();
      other = aborts
        ? world.abort({ elsewhere: true, skewMs: skewMs() })
        : world.resume(world.process('elsewhere', skewMs()));
    });
    const ended = await running;
    const second = await other;
    // A clock that is behind sets the dead-man timer to a time that is over: everything goes back at once.
    const fired = world.schedule.outcomes.includes('rolled back');
    const { deadManSeconds = Infinity } = world.shape;
    const back = (aborts && second !== undefined) || fired;
    return {
      ended,
      // Whose clock is wrong sees no data of its stage, and holds; or sees it late.
      exits: back ? [3, 5] : [0, 4],
      weights: back ? world.before : ended.code === 4 ? heldAt(world, ended) : world.after,
      lostAtMost: 0,
      replays: !back,
      also: [
        second !== undefined &&
          !(aborts ? [0] : [5, 64]).includes(Number(second.code)) &&
          `the other machine: ${second.code} ${second.message}`,
        fired && -own / 1000 < deadManSeconds - 120 && 'the timer fired while its runner lived',
      ],
    };
  },
};
