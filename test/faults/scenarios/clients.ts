import type { Scenario } from '../scenario';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import { breakRising, fineOrChance, lostUntilAlarm, requestsIn, someStage } from './common';

/** Clients that do not follow the weights as each request would; in half of the seeds the new slot fails. */
const clients = (
  name: string,
  says: string,
  set: (world: World, random: Random) => void,
  /** Requests that may be lost beside what is lost until the alarm. */
  more: (world: World) => number,
): Scenario => ({
  name,
  says,
  async play(world, random) {
    set(world, random);
    const stage = someStage(world, random, true);
    const fails = random.chance(0.5);
    if (fails) breakRising(world, stage, random.between(0, 0.3), 1);
    const ended = await world.start();
    const hasFailed = world.slot(world.shape.to).errors(world.seconds) > 0;
    const fine = fineOrChance(world, ended);
    // What follows late says nothing of the share; a stage that got too little has no verdict.
    return {
      ended,
      exits: hasFailed ? [3] : [0, 3, 4],
      weights: fine.weights,
      lostAtMost: hasFailed ? lostUntilAlarm(world, stage) + more(world) : 0,
      ...(!hasFailed && { isFine: true, ...(ended.code === 3 && { byChance: 3 as const }) }),
    };
  },
});

export const stickyBlue = clients(
  'sticky blue',
  'most clients stay with the slot they were given for a while',
  (world, random) => {
    const stickySeconds = Math.ceil(random.between(1, 6) * world.shape.periodSeconds);
    Object.assign(world.traffic.clients, { sticky: random.between(0.3, 0.9), stickySeconds });
    world.setSticky(stickySeconds);
  },
  (world) => requestsIn(world, 1, 2 * world.traffic.clients.stickySeconds),
);

export const dnsNeverMoves = clients(
  'DNS that never moves',
  'a part of the clients keeps the old address for ever (Route 53)',
  (world, random) => {
    world.useNodes('route53', random.int(1, 3), 'lookups');
    world.traffic.clients.pinned = random.between(0.02, 0.4);
  },
  () => 0,
);

export const natLump = clients(
  'NAT lump',
  'a large part of the connections comes from one address and goes to one slot as a whole (NLB)',
  (world, random) => {
    world.useNodes('nlb', random.int(1, 3), 'connections');
    world.traffic.clients.lump = random.between(0.1, 0.6);
  },
  (world) => requestsIn(world, 0.6, 4 * world.shape.periodSeconds + world.metrics.longestDelay + 8),
);

export const retryStorm: Scenario = {
  name: 'retry storm',
  says: 'every failed request comes again, up to three times, when the new slot fails',
  async play(world, random) {
    world.traffic.clients.retries = random.int(1, 3);
    const stage = someStage(world, random, true);
    const fails = random.chance(0.8);
    const failing = random.between(0.1, 0.6);
    if (fails) breakRising(world, stage, random.between(0, 0.3), failing);
    const ended = await world.start();
    if (!fails) return { ended, ...fineOrChance(world, ended), lostAtMost: 0 };
    return {
      ended,
      exits: [3],
      weights: world.before,
      // Each round fails as often again, and nodes that are full fail the rest.
      lostAtMost: 4 * lostUntilAlarm(world, stage),
    };
  },
};
