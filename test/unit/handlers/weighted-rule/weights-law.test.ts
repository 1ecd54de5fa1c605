import fc from 'fast-check';
import { weightedRule } from '../../../../lib/handlers/weighted-rule/weighted-rule';
import type { Weights } from '../../../../lib/traffic/weights';
import { failure, targetGroupArn } from './fake-elbv2';
import type { Properties } from './world';
import { SECRET_ARN, World, everyPath, host, oidc } from './world';

/**
 * Law (DESIGN, "The weights are not the template's"): whatever CloudFormation sends, and however often it fails and
 * rolls back, the live weights are those of the last runner write, or the first ones when there was none. While a
 * listener is being replaced two rules live, the old one and the new one, and the runner moves both.
 */
const weights = fc.record({ blue: fc.integer({ min: 0, max: 999 }), green: fc.integer({ min: 1, max: 999 }) });
const deployment = fc.record({
  Priority: fc.integer({ min: 1, max: 50000 }),
  Conditions: fc.constantFrom([everyPath], [host('a.example.com')], [host('b.example.com'), everyPath]),
  ActionsBefore: fc.constantFrom([], [oidc()], [oidc('other')]),
  blue: fc.constantFrom('blue', 'blue-2'),
  green: fc.constantFrom('green', 'green-2'),
  StickinessSeconds: fc.constantFrom(undefined, 60, 300),
  live: fc.constantFrom([100, 0], [0, 100]),
  listener: fc.constantFrom(443, 8443),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('shift' as const), weights }),
  fc.record({
    kind: fc.constant('deploy' as const),
    deployment,
    fails: fc.constantFrom(undefined, 'before' as const, 'after' as const),
    failing: fc.constantFrom('ModifyRule', 'CreateRule', 'SetRulePriorities', 'DescribeRules'),
    during: fc.option(weights),
  }),
);

test('for any sequence of deployments, failures and rollbacks the weights change by the runner alone', async () => {
  await fc.assert(
    fc.asyncProperty(deployment, fc.array(step, { maxLength: 12 }), async (first, steps) => {
      const world = new World(weightedRule);
      const listeners: Record<number, string> = { 443: world.listener, 8443: world.elbv2.addListener(8443) };
      const propertiesOf = (d: typeof first): Properties =>
        world.properties({
          ListenerArn: listeners[d.listener],
          Priority: d.Priority,
          Conditions: JSON.stringify(d.Conditions),
          ActionsBefore: JSON.stringify(d.ActionsBefore),
          BlueTargetGroupArn: targetGroupArn(d.blue),
          GreenTargetGroupArn: targetGroupArn(d.green),
          BlueWeight: d.live[0],
          GreenWeight: d.live[1],
          StickinessSeconds: d.StickinessSeconds,
          OidcClientSecretArn: SECRET_ARN,
          OidcClientSecretField: 'client_secret',
        });
      let current = first;
      await world.create(propertiesOf(first));
      let expected: Weights = { blue: first.live[0], green: first.live[1] };
      const cleanUp = async (old: string, properties: Properties) => {
        if (old === world.physicalId) return;
        const now = world.physicalId;
        world.physicalId = old;
        expect((await world.delete(properties)).Status).toBe('SUCCESS');
        world.physicalId = now;
      };
      for (const s of steps) {
        if (s.kind === 'shift') {
          world.shiftAll(s.weights);
          expected = s.weights;
        } else {
          const [old, next] = [propertiesOf(current), propertiesOf(s.deployment)];
          const oldId = world.physicalId!;
          if (s.fails === 'before') {
            world.elbv2.failures.push({ operation: s.failing, error: failure('ServiceUnavailable', 'no') });
          }
          const answer = await world.update(next, old);
          world.elbv2.failures.length = 0;
          if (s.during) {
            world.shiftAll(s.during);
            expected = s.during;
          }
          if (s.fails === undefined && answer.Status === 'SUCCESS') {
            await cleanUp(oldId, old);
            current = s.deployment;
          } else {
            // The stack fails here or elsewhere: CloudFormation calls again with the old properties.
            const failedId = world.physicalId!;
            expect((await world.update(old, next)).Status).toBe('SUCCESS');
            await cleanUp(failedId, next);
          }
        }
        expect(world.weights()).toEqual({ [current.blue]: expected.blue, [current.green]: expected.green });
        expect(world.elbv2.rules.filter(({ IsDefault }) => !IsDefault)).toHaveLength(1);
        expect(world.elbv2.rule(world.physicalId!)).toMatchObject({
          Priority: String(current.Priority),
          ListenerArn: listeners[current.listener],
        });
      }
    }),
    { numRuns: 400 },
  );
});
