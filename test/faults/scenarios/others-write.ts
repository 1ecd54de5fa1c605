import { allOn, type Weights } from '../../../lib/traffic/weights';
import type { Scenario } from '../scenario';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import { requestsIn, someStage } from './common';

/** Seconds until the next look must have seen what somebody else did. */
const ONE_POLL = 4;

/** Somebody else writes to the rules while a stage is watched: it stops at once and leaves everything as they made it. */
const others = (
  name: string,
  says: string,
  write: (world: World, random: Random) => void,
  lostAtMost: (world: World) => number = () => 0,
): Scenario => ({
  name,
  says,
  async play(world, random) {
    let [at, seen] = [0, 0];
    let theirs: (Weights | undefined)[] = [];
    world.during(someStage(world, random), random.between(0.05, 0.8), () => {
      write(world, random);
      at = world.seconds;
      theirs = world.weights();
    });
    world.onLine.push((line) => line.type === 'conflict' && (seen = world.seconds));
    const ended = await world.start();
    return {
      ended,
      exits: [6],
      message: /somebody else changed the weights|does not split/,
      weights: theirs,
      lostAtMost: lostAtMost(world),
      also: [seen - at > ONE_POLL && `seen after ${seen - at} s`],
    };
  },
});

/** One part of the requests comes to each rule. */
const oneRule = (world: World): number => requestsIn(world, 1 / world.shape.rules, ONE_POLL);

export const OTHERS: readonly Scenario[] = [
  others('IaC reset', 'a deployment sets every rule, or one of them, to what its template says', (world, random) => {
    const { rules, from } = world.shape;
    const one = random.int(0, rules - 1);
    for (let rule = 0; rule < rules; rule += 1)
      if (rule === one || random.chance(0.7)) world.setByHand(rule, allOn(from));
  }),
  others('console edit', 'a person changes the weights of one rule in the console', (world, random) => {
    const green = random.pick([3, 33, 67, 91]);
    world.setByHand(random.int(0, world.shape.rules - 1), { blue: 100 - green, green });
  }),
  others(
    'zero-sum weights',
    'both weights of a rule are set to 0: it answers 503',
    (world, random) => world.setByHand(random.int(0, world.shape.rules - 1), { blue: 0, green: 0 }),
    oneRule,
  ),
  others(
    'actions clobbered',
    'the actions of a rule are replaced by a maintenance page',
    (world, random) => {
      const rule = world.elb.rule(random.pick(world.rules));
      rule.Actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } }];
    },
    oneRule,
  ),
];
