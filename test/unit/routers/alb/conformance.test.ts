import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AlbRouter } from '../../../../lib/routers/alb/alb-router';
import { weightsOf, withWeights } from '../../../../lib/traffic/rule-actions';
import { allOn, type Weights } from '../../../../lib/traffic/weights';
import { ALL_SHARES, conforms, type Rig } from '../../../real/routers/conformance';
import { FakeElbv2, targetGroupArn } from '../../handlers/weighted-rule/fake-elbv2';

const GROUPS = { blue: targetGroupArn('blue'), green: targetGroupArn('green') };
const ADMIN = { blue: targetGroupArn('admin-blue'), green: targetGroupArn('admin-green') };

/** Six rules, more than are written at once, one of them with an authentication in front; and the Admin API's. */
function albOnTheFake(): Promise<Rig> {
  const elb = new FakeElbv2();
  const listener = elb.addListener(443);
  const forward = (groups = GROUPS): Action => ({
    Type: 'forward',
    Order: 2,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: groups.green, Weight: 0 },
        { TargetGroupArn: groups.blue, Weight: 100 },
      ],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
    },
  });
  const oidc: Action = {
    Type: 'authenticate-oidc',
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: 'https://id.example.com',
      AuthorizationEndpoint: 'https://id.example.com/auth',
      TokenEndpoint: 'https://id.example.com/token',
      UserInfoEndpoint: 'https://id.example.com/user',
      ClientId: 'kong',
    },
  };
  const ruleArns = [1, 2, 3, 4, 5, 6].map((n) =>
    elb.addRule(
      listener,
      n,
      [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${n}`] } }],
      n === 3 ? [oidc, forward()] : [forward()],
    ),
  );
  elb.secrets.set(ruleArns[2]!, 'hidden');
  const ruleArn = elb.addRule(elb.addListener(8444), 1, [], [forward(ADMIN)]);
  const first = structuredClone(elb.rules);
  let moments: Weights[][] = [];
  const weights = (): Weights[] => ruleArns.map((arn) => weightsOf(elb.rule(arn).Actions ?? [], GROUPS)!);
  const client = {
    send: async (command: Parameters<typeof elb.client.send>[0]) => {
      const before = elb.writes.length;
      const answer: unknown = await elb.client.send(command);
      const written = elb.writes.slice(before).some(({ input }) => input.RuleArn !== ruleArn);
      if (written) moments.push(weights());
      return answer;
    },
  };
  const another = (): AlbRouter =>
    new AlbRouter(client as never, { ruleArns, targetGroups: GROUPS, follower: { ruleArn, targetGroups: ADMIN } });
  return Promise.resolve({
    router: another(),
    another,
    reset: () => {
      elb.rules.splice(0, elb.rules.length, ...structuredClone(first));
      moments = [];
      return Promise.resolve();
    },
    weights: () => Promise.resolve(weights()),
    setByHand: (place, wanted) => {
      const rule = elb.rule(ruleArns[place]!);
      rule.Actions = withWeights(rule.Actions ?? [], GROUPS, wanted);
      return Promise.resolve();
    },
    everything: () => Promise.resolve(structuredClone(elb.rules)),
    rest: () =>
      Promise.resolve(
        elb.rules.map((rule) => ({
          ...rule,
          Actions: withWeights(withWeights(rule.Actions ?? [], GROUPS, allOn('blue')), ADMIN, allOn('blue')),
        })),
      ),
    moments: () => moments,
    damage: (place) => {
      elb.rule(ruleArns[place]!).Actions = [{ Type: 'forward', TargetGroupArn: GROUPS.blue }];
      return Promise.resolve();
    },
    remove: (place) => {
      elb.rules.splice(elb.rules.indexOf(elb.rule(ruleArns[place]!)), 1);
      return Promise.resolve();
    },
    secrets: ['hidden'],
    stop: () => Promise.resolve(),
  });
}

conforms('alb on a fake of the API', albOnTheFake, { shares: ALL_SHARES, cannot: ['makeIneffective'] });
