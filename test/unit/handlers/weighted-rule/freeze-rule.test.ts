import { freezeRule } from '../../../../lib/handlers/weighted-rule/freeze-rule';
import { World } from './world';

const OFF = { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['KONG_FREEZE_IS_OFF'] } };
const WRITES = {
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values: ['POST', 'PUT', 'PATCH', 'DELETE'] },
};
const FROZEN = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '423' } };

async function made() {
  const world = new World(freezeRule, 'Custom::KongFreezeRule');
  const properties = (overrides: Record<string, unknown> = {}) =>
    world.properties({
      Priority: 1,
      Conditions: JSON.stringify([OFF]),
      Actions: JSON.stringify([FROZEN]),
      ...overrides,
    });
  await world.create(properties());
  return { world, properties };
}

describe('given the freeze rule', () => {
  test('it is made with a condition that matches nothing', async () => {
    const { world } = await made();
    expect(world.elbv2.rule(world.physicalId!)).toMatchObject({ Priority: '1', Conditions: [OFF], Actions: [FROZEN] });
  });

  test('when it is switched on, an update of the stack does not thaw the configuration', async () => {
    const { world, properties } = await made();
    world.elbv2.rule(world.physicalId!).Conditions = [WRITES];
    const next = properties({ Priority: 2, Actions: JSON.stringify([{ ...FROZEN, Order: 1 }]) });
    expect((await world.update(next, properties())).Status).toBe('SUCCESS');
    expect(world.elbv2.rule(world.physicalId!)).toMatchObject({
      Priority: '2',
      Conditions: [WRITES],
      Actions: [FROZEN],
    });
  });

  test('when its listener is replaced, the new one is as frozen as the old one', async () => {
    const { world, properties } = await made();
    world.elbv2.rule(world.physicalId!).Conditions = [WRITES];
    await world.update(properties({ ListenerArn: world.elbv2.addListener(8444) }), properties());
    expect(world.elbv2.rule(world.physicalId!)).toMatchObject({ Conditions: [WRITES], Actions: [FROZEN] });
  });

  test('it can always be deleted, also twice', async () => {
    const { world, properties } = await made();
    expect((await world.delete(properties())).Status).toBe('SUCCESS');
    expect((await world.delete(properties())).Status).toBe('SUCCESS');
  });
});
