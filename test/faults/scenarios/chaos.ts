import type { Scenario } from '../scenario';
import type { Random } from '../world/random';
import type { Ended, World } from '../world/world';
import { alarmSeconds, requestsIn, silent, someStage, throttled } from './common';

/** Faults that come together; each says how many seconds longer a loss may last because of it. */
const FAULTS: readonly ((world: World, random: Random) => number)[] = [
  (world, random) => {
    const { to } = world.shape;
    const failing = random.between(0.1, 1);
    world.slot(to).errors = () => failing;
    world.mark();
    return 0;
  },
  (world, random) => {
    const seconds = random.between(1, 40);
    world.fails(/^(Describe|Modify|alarms|counts|minutes|capacity)/, throttled, seconds, random.between(0.1, 0.6));
    return seconds + 30;
  },
  (world, random) => {
    const seconds = random.between(1, 15);
    world.fails(/^table/, silent, seconds);
    return seconds + 30;
  },
  (world) => {
    world.metrics.staleFrom = world.seconds;
    return 60 * world.shape.periodSeconds;
  },
  (world, random) => {
    world.metrics.gaps = random.between(0.1, 0.5);
    return 6 * world.shape.periodSeconds;
  },
  (world, random) => {
    const left = random.int(0, world.shape.nodes - 1);
    Object.assign(world.slot(world.shape.to), { healthy: left, answering: left });
    world.mark();
    return 20;
  },
  (world, random) => {
    const green = random.int(0, 100);
    world.setByHand(random.int(0, world.shape.rules - 1), { blue: 100 - green, green });
    return 60 * world.shape.periodSeconds;
  },
  (world) => {
    world.deletedAlarms.add(`kong-edge-${world.shape.to}ErrorShare`);
    return 60 * world.shape.periodSeconds;
  },
  (world) => {
    world.interrupted = true;
    return 60 * world.shape.periodSeconds;
  },
  (world, random) => {
    let left = random.int(0, 6);
    world.killWhen = () => (left -= 1) < 0;
    return 0;
  },
];

export const chaos: Scenario = {
  name: 'chaos',
  says: 'several of these at once, at any time; whoever comes back resumes, or aborts',
  async play(world, random) {
    let longer = 0;
    for (let count = random.int(2, 5); count > 0; count -= 1) {
      const fault = random.pick(FAULTS);
      world.during(someStage(world, random), random.between(0, 0.9), () => (longer += fault(world, random)));
    }
    let ended: Ended = await world.start();
    let away = 0;
    for (let tries = 0; tries < 3 && [4, 6, 130, 'killed'].includes(ended.code); tries += 1) {
      const seconds = random.between(0, 60);
      away += seconds + 60 * world.shape.periodSeconds;
      await new Promise<void>((resolve) => world.in(seconds, resolve));
      world.interrupted = false;
      world.killWhen = undefined;
      ended = await world.resume();
    }
    world.mark();
    if (![0, 3, 64].includes(Number(ended.code))) ended = await world.abort();
    // What it came to is anything but worse than this; the laws are what counts here.
    return {
      ended,
      exits: [0, 3, 64],
      weights: world.weights(),
      lostAtMost: requestsIn(world, 1, 2 * alarmSeconds(world) + longer + away),
      replays: false,
    };
  },
};
