import type { Scenario } from '../scenario';
import { alarmSeconds, breakRising, heldAt, lostUntilAlarm, requestsIn, someStage } from './common';

const before = (name: string, says: string, state: { registered: number; healthy: number }): Scenario => ({
  name,
  says,
  async play(world, random) {
    const rising = world.slot(world.shape.to);
    const atStart = random.chance(0.3);
    const go = (): void => void Object.assign(rising, { ...state, answering: state.healthy });
    const stage = someStage(world, random);
    if (atStart) go();
    else world.during(stage, random.between(0, 0.1), () => (world.mark(), go()));
    const ended = await world.start();
    return {
      ended,
      // A load balancer's own errors are below its alarm where the share is small: then no verdict, and it holds.
      exits: atStart ? [8] : [3, 4],
      message: atStart ? /has 0 healthy nodes/ : /./,
      weights: ended.code === 4 ? heldAt(world, ended) : world.before,
      lostAtMost: atStart
        ? 0
        : ended.code === 4
          ? requestsIn(world, world.shape.stages[stage]!.share, 30 * world.shape.periodSeconds)
          : lostUntilAlarm(world, stage),
    };
  },
});

export const greenUnregistered = before('green unregistered', 'the new slot has no targets, at the start or later', {
  registered: 0,
  healthy: 0,
});
export const greenUnhealthy = before('green unhealthy', 'no node of the new slot answers, at the start or later', {
  registered: 2,
  healthy: 0,
});

export const blueScaledIn: Scenario = {
  name: 'blue scaled in',
  says: 'the old slot has few nodes left, or none, when the new one fails',
  async play(world, random) {
    const { from, nodes, perNode, rate } = world.shape;
    const stage = someStage(world, random, true);
    const left = random.pick([0, 0, 1, nodes - 1]);
    const gone = left === 0;
    breakRising(world, stage, 0.02, 1);
    world.during(stage, 0.02, () =>
      Object.assign(world.slot(from), { registered: left, healthy: left, answering: left }),
    );
    const ended = await world.start();
    const room = left * perNode;
    const seconds = alarmSeconds(world) + 5;
    return {
      ended,
      exits: gone ? [4] : [3],
      message: gone ? /no healthy node to go back to/ : /rolled back/,
      weights: gone ? heldAt(world, ended) : world.before,
      // What the old slot cannot serve is lost whatever one does.
      lostAtMost:
        lostUntilAlarm(world, stage) + requestsIn(world, Math.max(0, 1 - room / rate), seconds) * (gone ? 2 : 1),
    };
  },
};

export const greenUnderscaled: Scenario = {
  name: 'green underscaled',
  says: 'the nodes of the new slot are as many, and each can serve a part only',
  async play(world, random) {
    const { nodes, rate, stages } = world.shape;
    const part = random.between(0.1, 0.5);
    world.slot(world.shape.to).perNode = (rate * 0.6 * part) / nodes;
    const stage = stages.findIndex(({ share }) => share * rate > rate * 0.6 * part);
    world.during(stage, 0, () => world.mark());
    const ended = await world.start();
    return {
      ended,
      exits: [3],
      weights: world.before,
      lostAtMost: lostUntilAlarm(
        world,
        stage,
        1 - (0.6 * part) / stages[Math.min(stage + 1, stages.length - 1)]!.share + 0.1,
      ),
    };
  },
};
