import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Action, Rule, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { World } from '../../../local/world/world';
import { TestStack, clientOptions, startTestWorld } from './helpers';

jest.setTimeout(60_000);

let world: World;
let elb: ElasticLoadBalancingV2Client;
let balancer: string;
let listener: string;
let groups: string[];
beforeAll(async () => {
  world = await startTestWorld();
  elb = new ElasticLoadBalancingV2Client(clientOptions(world));
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'balancer', Subnets: ['subnet-1'] }));
  balancer = LoadBalancers![0]!.LoadBalancerArn!;
  groups = [];
  for (let n = 0; n < 6; n++) groups.push(await group(`group-${n}`));
  const { Listeners } = await elb.send(
    new CreateListenerCommand({ LoadBalancerArn: balancer, Port: 9100, Protocol: 'HTTP', DefaultActions: [fixed] }),
  );
  listener = Listeners![0]!.ListenerArn!;
});
afterAll(async () => world.stop());

const fixed: Action = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'nothing & nobody' },
};

async function group(Name: string): Promise<string> {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name, Port: 8000, Protocol: 'HTTP', TargetType: 'ip' }),
  );
  return TargetGroups![0]!.TargetGroupArn!;
}

const path = (value: string): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values: [value] } });
const forward = (...weights: number[]): Action => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: weights.map((Weight, n) => ({ TargetGroupArn: groups[n], Weight })) },
});

let priorities = 100;
async function rule(actions: Action[], conditions = [path('/x')], Priority = ++priorities): Promise<Rule> {
  const { Rules } = await elb.send(
    new CreateRuleCommand({ ListenerArn: listener, Priority, Conditions: conditions, Actions: actions }),
  );
  return Rules![0]!;
}
const read = async (arn: string): Promise<Rule> =>
  (await elb.send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules![0]!;

describe('a forward action', () => {
  test('keeps weights and stickiness as they were given', async () => {
    const made = await rule([
      {
        ...forward(0, 999),
        ForwardConfig: {
          ...forward(0, 999).ForwardConfig,
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
        },
      },
    ]);
    expect((await read(made.RuleArn!)).Actions).toEqual([
      {
        Type: 'forward',
        Order: 1,
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: groups[0], Weight: 0 },
            { TargetGroupArn: groups[1], Weight: 999 },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
        },
      },
    ]);
  });

  test.each([
    ['a weight above 999', [1000], 'Weight'],
    ['a weight below 0', [-1], 'Weight'],
    ['six target groups', [1, 1, 1, 1, 1, 1], '5 target groups'],
  ])('is refused with %s', async (_what, weights, message) => {
    await expect(rule([forward(...weights)])).rejects.toThrow(message);
  });

  test('is refused with a target group that does not exist', async () => {
    await expect(rule([{ Type: 'forward', TargetGroupArn: `${groups[0]}x` }])).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
    });
  });

  test('to one group by its ARN is shown with weight 1 as well', async () => {
    const { Actions } = await rule([{ Type: 'forward', TargetGroupArn: groups[0] }]);
    expect(Actions![0]).toMatchObject({
      TargetGroupArn: groups[0],
      ForwardConfig: { TargetGroups: [{ TargetGroupArn: groups[0], Weight: 1 }] },
    });
  });
});

test('an OIDC action comes back without its client secret, and with its order', async () => {
  const AuthenticateOidcConfig = {
    Issuer: 'https://id.example.test',
    AuthorizationEndpoint: 'https://id.example.test/authorize',
    TokenEndpoint: 'https://id.example.test/token',
    UserInfoEndpoint: 'https://id.example.test/user',
    ClientId: 'kong',
    ClientSecret: 'hush',
    SessionTimeout: 600,
    AuthenticationRequestExtraParams: { prompt: 'login' },
  };
  const made = await rule([
    { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig },
    { ...forward(1), Order: 2 },
  ]);
  const [first, second] = (await read(made.RuleArn!)).Actions!;
  const { ClientSecret: _secret, ...shown } = AuthenticateOidcConfig;
  expect(first).toEqual({ Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: shown });
  expect(second).toMatchObject({ Type: 'forward', Order: 2 });
});

test('Cognito, redirect and fixed-response actions come back as they were given', async () => {
  const cognito: Action = {
    Type: 'authenticate-cognito',
    Order: 1,
    AuthenticateCognitoConfig: {
      UserPoolArn: 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a',
      UserPoolClientId: 'c',
      UserPoolDomain: 'd',
    },
  };
  const redirect: Action = {
    Type: 'redirect',
    Order: 2,
    RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301', Query: '#{query}&a=<b>' },
  };
  expect((await rule([cognito, redirect])).Actions).toEqual([cognito, redirect]);
  expect((await rule([{ ...fixed, Order: 1 }])).Actions).toEqual([{ ...fixed, Order: 1 }]);
});

test('every kind of condition comes back as it was given', async () => {
  const conditions: RuleCondition[] = [
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Tester', Values: ['green-<token>'] } },
    { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'version', Value: 'v1' }, { Value: '*example*' }] } },
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } },
    { Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } },
    { Field: 'host-header', Values: ['a.example.test'], HostHeaderConfig: { Values: ['a.example.test'] } },
  ];
  const made = await rule([forward(1)], conditions);
  expect((await read(made.RuleArn!)).Conditions).toEqual(conditions);
});

describe('ModifyRule', () => {
  test('without actions keeps them', async () => {
    const { RuleArn, Actions } = await rule([forward(30, 70)]);
    await elb.send(new ModifyRuleCommand({ RuleArn, Conditions: [path('/y')] }));
    const after = await read(RuleArn!);
    expect(after.Actions).toEqual(Actions);
    expect(after.Conditions![0]!.PathPatternConfig!.Values).toEqual(['/y']);
  });

  test('without conditions keeps them, and without anything is refused', async () => {
    const { RuleArn, Conditions } = await rule([forward(30, 70)]);
    await elb.send(new ModifyRuleCommand({ RuleArn, Actions: [forward(0, 100)] }));
    expect((await read(RuleArn!)).Conditions).toEqual(Conditions);
    await expect(elb.send(new ModifyRuleCommand({ RuleArn }))).rejects.toThrow();
  });
});

describe('ModifyRule of a rule with an OIDC action', () => {
  const oidc = (change: Partial<Action['AuthenticateOidcConfig']>): Action => ({
    Type: 'authenticate-oidc',
    Order: 1,
    AuthenticateOidcConfig: {
      Issuer: 'https://id.example.test',
      AuthorizationEndpoint: 'https://id.example.test/authorize',
      TokenEndpoint: 'https://id.example.test/token',
      UserInfoEndpoint: 'https://id.example.test/user',
      ClientId: 'kong',
      ...change,
    },
  });
  const modify = (RuleArn: string, change: Partial<Action['AuthenticateOidcConfig']>) =>
    elb.send(new ModifyRuleCommand({ RuleArn, Actions: [oidc(change), { ...forward(10, 90), Order: 2 }] }));
  const made = async (): Promise<string> =>
    (await rule([oidc({ ClientSecret: 'hush' }), { ...forward(90, 10), Order: 2 }])).RuleArn!;
  const weightsOf = async (arn: string) =>
    (await read(arn)).Actions![1]!.ForwardConfig!.TargetGroups!.map(({ Weight }) => Weight);

  test.each([
    ['neither the secret nor the word to keep it', {}],
    ['UseExistingClientSecret false and no secret', { UseExistingClientSecret: false }],
    ['both', { ClientSecret: 'other', UseExistingClientSecret: true }],
  ])('is refused with %s, and nothing changes', async (_what, change) => {
    const arn = await made();
    await expect(modify(arn, change)).rejects.toMatchObject({ name: 'InvalidLoadBalancerActionException' });
    expect(await weightsOf(arn)).toEqual([90, 10]);
  });

  test('keeps the secret on demand, again and again; or takes a new one', async () => {
    const arn = await made();
    for (const change of [
      { UseExistingClientSecret: true },
      { UseExistingClientSecret: true },
      { ClientSecret: 'b' },
    ]) {
      await modify(arn, change);
      expect(await weightsOf(arn)).toEqual([10, 90]);
    }
    expect(JSON.stringify(await read(arn))).not.toContain('ClientSecret');
  });

  test('cannot keep a secret that never was; a new rule needs one', async () => {
    const { RuleArn } = await rule([forward(1)]);
    const refused = { name: 'InvalidLoadBalancerActionException' };
    await expect(modify(RuleArn!, { UseExistingClientSecret: true })).rejects.toMatchObject(refused);
    await expect(rule([oidc({}), { ...forward(1), Order: 2 }])).rejects.toMatchObject(refused);
  });
});

describe('DescribeRules', () => {
  test('tells the rules that are asked for, however many; one that does not exist: RuleNotFound', async () => {
    const made: string[] = [];
    for (let n = 0; n < 25; n++) made.push((await rule([forward(1)])).RuleArn!);
    const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: made }));
    expect(Rules!.map(({ RuleArn }) => RuleArn).sort()).toEqual([...made].sort());
    await expect(elb.send(new DescribeRulesCommand({ RuleArns: [made[0]!, `${made[1]}x`] }))).rejects.toMatchObject({
      name: 'RuleNotFoundException',
    });
  });

  test('of a listener comes in pages, by priority, the default rule last', async () => {
    const { Rules: all } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
    const seen: Rule[] = [];
    let Marker: string | undefined;
    do {
      const page = await elb.send(new DescribeRulesCommand({ ListenerArn: listener, PageSize: 7, Marker }));
      expect(page.Rules!.length).toBeLessThanOrEqual(7);
      seen.push(...page.Rules!);
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(seen.length).toBeGreaterThan(25);
    expect(seen).toEqual(all);
    const priorities = seen.slice(0, -1).map(({ Priority }) => Number(Priority));
    expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ IsDefault: true, Priority: 'default' });
  });

  test.each([
    ['of a listener that does not exist', { ListenerArn: 'arn:nothing' }, 'ListenerNotFoundException'],
    ['of nothing', {}, 'ValidationError'],
    ['with a page size of 401', { PageSize: 401 }, 'ValidationError'],
  ])('%s is refused', async (_what, ask, name) => {
    const request = 'PageSize' in ask ? { ...ask, ListenerArn: listener } : ask;
    await expect(elb.send(new DescribeRulesCommand(request))).rejects.toMatchObject({ name });
  });
});

test('a rule has tags, and tags of a rule that does not exist are refused', async () => {
  const tag = { Key: 'shift', Value: 'run-1' };
  const { Rules } = await elb.send(
    new CreateRuleCommand({
      ListenerArn: listener,
      Priority: ++priorities,
      Conditions: [path('/tagged')],
      Actions: [forward(1)],
      Tags: [tag],
    }),
  );
  const ResourceArns = [Rules![0]!.RuleArn!];
  await elb.send(new AddTagsCommand({ ResourceArns, Tags: [{ Key: 'a', Value: 'b' }] }));
  const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns }));
  expect(TagDescriptions![0]!.Tags).toEqual([tag, { Key: 'a', Value: 'b' }]);
  await expect(elb.send(new DescribeTagsCommand({ ResourceArns: [`${ResourceArns[0]}x`] }))).rejects.toMatchObject({
    name: 'RuleNotFoundException',
  });
});

describe('a priority', () => {
  test('in use is refused to a new rule', async () => {
    const { Priority } = await rule([forward(1)]);
    await expect(rule([forward(1)], [path('/z')], Number(Priority))).rejects.toMatchObject({
      name: 'PriorityInUseException',
    });
  });

  test('is moved by SetRulePriorities, also as an exchange; one in use is refused and nothing moves', async () => {
    const [one, two, other] = [await rule([forward(1)]), await rule([forward(1)]), await rule([forward(1)])];
    const set = (pairs: [Rule, string | undefined][]) =>
      elb.send(
        new SetRulePrioritiesCommand({
          RulePriorities: pairs.map(([{ RuleArn }, priority]) => ({ RuleArn, Priority: Number(priority) })),
        }),
      );
    await set([
      [one, two.Priority],
      [two, one.Priority],
    ]);
    expect((await read(one.RuleArn!)).Priority).toBe(two.Priority);
    expect((await read(two.RuleArn!)).Priority).toBe(one.Priority);
    await expect(set([[one, other.Priority]])).rejects.toMatchObject({ name: 'PriorityInUseException' });
    expect((await read(one.RuleArn!)).Priority).toBe(two.Priority);
  });
});

test('a target group in use is not deleted, an unused one is', async () => {
  const [used, free] = [await group('used'), await group('free')];
  await rule([{ Type: 'forward', TargetGroupArn: used }]);
  await expect(elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: used }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
  });
  await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: free }));
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [used] }));
  expect(TargetGroups![0]!.LoadBalancerArns).toEqual([balancer]);
});

test('a target of a group that no rule names is unused; a protected load balancer stays', async () => {
  const TargetGroupArn = await group('idle');
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '127.1.0.1', Port: 8000 }] }));
  const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  expect(TargetHealthDescriptions).toMatchObject([
    { Target: { Id: '127.1.0.1', Port: 8000 }, TargetHealth: { State: 'unused', Reason: 'Target.NotInUse' } },
  ]);
  const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'true' }];
  await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: balancer, Attributes }));
  await expect(elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: balancer }))).rejects.toThrow(
    'deletion protection',
  );
  await elb.send(new AddTagsCommand({ ResourceArns: [balancer], Tags: [{ Key: 'a', Value: 'b' }] }));
});

test('a rule of CloudFormation has the weights of its template, and a taken priority fails the stack', async () => {
  const template = (priority: number, weight: number) => ({
    Resources: {
      Rule: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: listener,
          Priority: priority,
          Conditions: [{ Field: 'path-pattern', Values: ['/cfn'] }],
          Actions: [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: groups[0], Weight: weight },
                  { TargetGroupArn: groups[1], Weight: 100 - weight },
                ],
              },
            },
          ],
        },
      },
    },
    Outputs: { Arn: { Value: { Ref: 'Rule' } } },
  });
  const stack = new TestStack(world, 'rule');
  expect(await stack.create(template(5000, 90))).toBe('CREATE_COMPLETE');
  const { Arn } = await stack.outputs();
  const weights = async () => (await read(Arn!)).Actions![0]!.ForwardConfig!.TargetGroups!.map(({ Weight }) => Weight);
  expect(await weights()).toEqual([90, 10]);
  expect(await stack.update(template(5000, 40))).toBe('UPDATE_COMPLETE');
  expect(await weights()).toEqual([40, 60]);
  const second = new TestStack(world, 'second-rule');
  expect(await second.create(template(5000, 90))).toBe('ROLLBACK_COMPLETE');
  expect(await second.reasons()).toContain('PriorityInUse');
});
