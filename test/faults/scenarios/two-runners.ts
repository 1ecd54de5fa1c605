import type { Scenario } from '../scenario';
import type { Ended } from '../world/world';
import { someStage } from './common';

export const twoRunners: Scenario = {
  name: 'two runners',
  says: 'a second start, or a resume from another machine, while the first run is at work',
  async play(world, random) {
    const first = world.start();
    const second = new Promise<Ended>((resolve) =>
      world.during(someStage(world, random), random.between(0, 0.9), () => {
        const other = world.process(random.pick(['here', 'elsewhere']), random.pick([0, -300_000, 300_000]));
        void (random.chance(0.5) ? world.start(other) : world.resume(other)).then(resolve);
      }),
    );
    const [done, ended] = await Promise.all([first, second]);
    return {
      ended,
      // A resume watches the other run for 30 s, which may be its end.
      exits: [5, 64],
      message: /another run is at work.*process \d+, run 20261121T203000Z-4711.*stage \d of \d|no shift to go on with/s,
      weights: world.after,
      lostAtMost: 0,
      also: [done.code !== 0 && `the first run ended with ${done.code}: ${done.message}`],
    };
  },
};
