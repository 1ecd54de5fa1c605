import { weightsGuard } from '../../../../lib/handlers/weighted-rule/weights-guard';
import { targetGroupArn } from './fake-elbv2';
import { World, everyPath } from './world';

/** A native rule with the live weights, and the guard beside it. */
async function guarded(live: { blue: number; green: number }) {
  const world = new World(weightsGuard, 'Custom::KongWeightsGuard');
  world.elbv2.addRule(
    world.listener,
    1000,
    [everyPath],
    [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: targetGroupArn('blue'), Weight: live.blue },
            { TargetGroupArn: targetGroupArn('green'), Weight: live.green },
          ],
        },
      },
    ],
  );
  await world.create();
  return world;
}

describe('given weights in the template, when the rule is about to be written', () => {
  const old = { BlueWeight: 100, GreenWeight: 0 };
  const next = { BlueWeight: 90, GreenWeight: 10 };

  test.each([
    ['the last deployment wrote', { blue: 100, green: 0 }],
    ['this one is about to write', { blue: 90, green: 10 }],
  ])('live weights that %s let it through', async (_, live) => {
    const world = await guarded(live);
    expect((await world.update(world.properties(next), world.properties(old))).Status).toBe('SUCCESS');
  });

  test('any others stop it, with live, old and new in the message', async () => {
    const world = await guarded({ blue: 50, green: 50 });
    const answer = await world.update(world.properties(next), world.properties(old));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('WEIGHTS_CHANGED_OUTSIDE');
    expect(answer.Reason).toContain(
      'live blue 50, green 50, last deployment blue 100, green 0, this one blue 90, green 10',
    );
    expect(answer.Reason).toContain('set weights in the settings to blue 50, green 50');
  });

  test('they stop it also when only a condition changes, because the weights are written with it', async () => {
    const world = await guarded({ blue: 50, green: 50 });
    const answer = await world.update(
      world.properties({ ...old, Conditions: JSON.stringify([]), Priority: 900 }),
      world.properties(old),
    );
    expect(answer.Status).toBe('FAILED');
  });

  test('the rollback of its own refusal goes through', async () => {
    const world = await guarded({ blue: 50, green: 50 });
    world.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect((await world.update(world.properties(old), world.properties(next))).Status).toBe('SUCCESS');
  });

  test('a rule that is not there has no weights to lose', async () => {
    const world = await guarded({ blue: 50, green: 50 });
    world.elbv2.rules.pop();
    expect((await world.update(world.properties(next), world.properties(old))).Status).toBe('SUCCESS');
  });

  test('it writes nothing, ever', async () => {
    const world = await guarded({ blue: 100, green: 0 });
    await world.update(world.properties(next), world.properties(old));
    await world.delete();
    expect(world.elbv2.writes).toEqual([]);
  });
});
