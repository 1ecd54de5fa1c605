import type { Scenario } from '../scenario';
import { heldAt, someStage } from './common';

export const noDataAtLowWeight: Scenario = {
  name: 'no data at low weight',
  says: 'so few requests that the new slot gets none for a long time, or none of them is published',
  shape: (shape) => ({ ...shape, minRequests: 20 }),
  async play(world, random) {
    const { to } = world.shape;
    const rate = random.spread(0.001, 0.02);
    world.traffic.rate = () => rate;
    if (random.chance(0.5)) world.metrics.publishes = (slot) => slot !== to;
    const ended = await world.start();
    return { ended, exits: [4], message: /no verdict after/, weights: heldAt(world, ended), lostAtMost: 0 };
  },
};

export const staleMetrics: Scenario = {
  name: 'stale metrics',
  says: 'from some moment on nothing new is published',
  async play(world, random) {
    const stage = someStage(world, random, true);
    world.during(stage, random.between(0, 0.5), () => (world.metrics.staleFrom = world.seconds));
    const ended = await world.start();
    return { ended, exits: [4], message: /held: no verdict/, weights: heldAt(world, ended), lostAtMost: 0 };
  },
};

export const gaps: Scenario = {
  name: 'gaps in metrics',
  says: 'a part of the data points is never published, the others come late',
  async play(world, random) {
    world.metrics.gaps = random.between(0.05, 0.4);
    const ended = await world.start();
    const weights = ended.code === 0 ? world.after : heldAt(world, ended);
    return { ended, exits: [0, 4], weights, lostAtMost: 0 };
  },
};

export const missingAlarm: Scenario = {
  name: 'missing alarm',
  says: 'an alarm is deleted, before the start or in some stage',
  async play(world, random) {
    const { to } = world.shape;
    const name = `kong-edge-${to}${random.pick(['ErrorShare', 'P99', 'UnhealthyNodes'])}`;
    const atStart = random.chance(0.3);
    if (atStart) world.deletedAlarms.add(name);
    else world.during(someStage(world, random), random.between(0, 0.8), () => world.deletedAlarms.add(name));
    const ended = await world.start();
    return {
      ended,
      exits: [atStart ? 8 : 4],
      message: atStart ? /there is no alarm/ : /does not exist any more/,
      weights: atStart ? world.before : heldAt(world, ended),
      lostAtMost: 0,
    };
  },
};
