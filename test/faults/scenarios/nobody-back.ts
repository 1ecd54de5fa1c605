import type { Scenario } from '../scenario';
import { requestsIn, someStage } from './common';

export const nobodyBack: Scenario = {
  name: 'nobody back',
  says: 'killed in the middle of a stage and nobody comes for an hour: the dead-man timer, else one command',
  async play(world, random) {
    const { deadManSeconds, to } = world.shape;
    const process = world.process();
    const fails = random.chance(0.5);
    world.during(someStage(world, random), random.between(0, 0.9), () => {
      process.kill();
      world.mark();
      if (fails) world.slot(to).errors = () => 1;
    });
    const killed = await world.start(process);
    await new Promise<void>((resolve) => world.in(3600, resolve));
    const seconds = world.secondsToBlue;
    const alone = world.weights();
    const isBack = alone.every((each, i) => each?.blue === world.before[i]?.blue);
    if (deadManSeconds === undefined) world.mark();
    const elsewhere = random.chance(0.5);
    const ended = await world.abort({ elsewhere });
    // The timer counts from the last sign of life, and the schedule fires within a minute of its time.
    const most = (deadManSeconds ?? 3600) + 60;
    return {
      ended,
      exits: [0],
      weights: world.before,
      lostAtMost: fails ? requestsIn(world, 1, most + 20) : 0,
      replays: !elsewhere,
      also: [
        killed.code !== 'killed' && `the run ended with ${killed.code}`,
        deadManSeconds !== undefined && !isBack && `the timer did not put it back: ${world.schedule.outcomes.join()}`,
        deadManSeconds !== undefined && (seconds ?? Infinity) > most && `back after ${seconds} s, at most ${most}`,
        deadManSeconds === undefined && isBack && 'it went back without a timer',
      ],
    };
  },
};
