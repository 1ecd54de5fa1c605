import type { Scenario } from '../scenario';
import { denied, someStage } from './common';

export const partialMultiRule: Scenario = {
  name: 'partial multi-rule',
  says: 'one of several rules cannot be written in some stage; it is mended, then resume or abort',
  shape: (shape, random) => ({ ...shape, rules: random.int(2, 8) }),
  async play(world, random) {
    const stage = someStage(world, random);
    const victims = world.rules.filter((_, i) => i === 0 || random.chance(0.3));
    let isMended = false;
    let raising = -1;
    world.onLine.push((line) => line.type === 'raising' && (raising = line.stage));
    const modify = world.elb.client.send;
    world.elb.client.send = (command) => {
      const { RuleArn } = command.input as { RuleArn?: string };
      const isVictim =
        RuleArn !== undefined && victims.includes(RuleArn) && command.constructor.name.startsWith('Modify');
      return isVictim && raising === stage && !isMended ? Promise.reject(denied()) : modify(command);
    };
    const held = await world.start();
    const partial = world.weights();
    isMended = true;
    world.mark();
    const resumes = random.chance(0.5);
    const ended = await (resumes ? world.resume() : world.abort());
    return {
      ended,
      exits: [0],
      weights: resumes ? world.after : world.before,
      lostAtMost: 0,
      also: [
        held.code !== 4 && `a write that is denied ended with ${held.code}: ${held.message}`,
        !/not authorized/.test(held.message) && `it does not say why: ${held.message}`,
        victims.length < world.rules.length &&
          partial.every((each) => each?.green === partial[0]?.green) &&
          'no rule was written',
      ],
    };
  },
};
