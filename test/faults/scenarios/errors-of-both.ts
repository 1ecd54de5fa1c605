import type { Scenario } from '../scenario';
import { fineOrChance } from './common';

export const risingBackground: Scenario = {
  name: 'rising background',
  says: 'errors rise or fall on both slots alike while the shift is under way; below the alarm',
  shape: (shape, random) => {
    const more = random.between(1, 3);
    return { ...shape, rate: shape.rate * more, perNode: shape.perNode * more };
  },
  async play(world, random) {
    const [first, last] = random.chance(0.7) ? [0.0005, 0.006] : [0.006, 0.0005];
    const seconds = random.between(10, 60) * world.shape.periodSeconds;
    world.traffic.background = (at) => first + (last - first) * Math.min(1, Math.max(0, at / seconds));
    const ended = await world.start();
    const { byChance, ...fine } = fineOrChance(world, ended);
    // With everything on the new slot there is no old one to compare with but that of before: a rise looks like the new slot's.
    const isSoak = ended.state?.stage === world.shape.stages.length - 1 && / before: not by chance/.test(ended.message);
    return { ended, ...fine, ...(!isSoak && { byChance }), lostAtMost: 0 };
  },
};

export const burstyErrors: Scenario = {
  name: 'bursty errors',
  says: 'errors come in bursts on both slots, before the shift too',
  shape: (shape, random) => {
    const high = random.between(0.003, 0.009);
    const part = random.between(0.05, 0.2);
    const of = new Map<number, number>();
    const backgroundAt = (at: number): number => {
      const period = Math.floor(at / shape.periodSeconds + 1e-9);
      if (!of.has(period)) of.set(period, random.chance(part) ? high : 0.0005);
      return of.get(period)!;
    };
    return { ...shape, backgroundAt };
  },
  async play(world) {
    const ended = await world.start();
    const { byChance, ...fine } = fineOrChance(world, ended);
    // Bursts that were measured before make a verdict need many times the requests: then it holds, which is no mistake.
    return { ended, ...fine, ...(byChance === 3 && { byChance }), lostAtMost: 0 };
  },
};

export const slowLeak: Scenario = {
  name: 'slow leak',
  says: 'the new slot gets worse from its first request on, a little every minute',
  async play(world, random) {
    const { to, stages, periodSeconds } = world.shape;
    const whole = stages.reduce((sum, { bakeSeconds }) => sum + bakeSeconds, 0);
    const worst = random.between(0.2, 0.8);
    let since = Infinity;
    world.during(0, 0, () => {
      since = world.seconds;
      world.mark();
    });
    world.slot(to).errors = (at) => Math.max(0, Math.min(worst, (worst * (at - since)) / whole));
    const ended = await world.start();
    // Found when it is some per cent: an alarm at 1 %, a ratio of 2.5 against the old slot, whichever comes first.
    const seconds = 0.05 * whole + 8 * periodSeconds + 10;
    return {
      ended,
      exits: [3],
      weights: world.before,
      lostAtMost: world.shape.rate * 1.1 * Math.min(worst, (worst * seconds) / whole) * seconds + 50,
    };
  },
};
