import { weightedRule } from '../../../../lib/handlers/weighted-rule/weighted-rule';
import { failure, targetGroupArn } from './fake-elbv2';
import { SECRET_ARN, World, everyPath, host, oidc } from './world';

const world = () => new World(weightedRule);
const json = (value: unknown) => JSON.stringify(value);

describe('given no rule, when CloudFormation creates it', () => {
  test('it forwards with the initial weights and its ARN is the physical id', async () => {
    const w = world();
    const answer = await w.create();
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: expect.stringContaining(':listener-rule/') });
    expect(w.weights()).toEqual({ blue: 100, green: 0 });
    expect(w.elbv2.rule(w.physicalId!)).toMatchObject({ Priority: '1000', Conditions: [everyPath] });
  });

  test('actions before the forward keep their place, and the client secret comes from Secrets Manager', async () => {
    const w = world();
    await w.create(
      w.properties({
        ActionsBefore: json([oidc()]),
        OidcClientSecretArn: SECRET_ARN,
        OidcClientSecretField: 'client_secret',
        StickinessSeconds: 300,
      }),
    );
    expect(w.elbv2.rule(w.physicalId!).Actions).toMatchObject([
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ClientId: 'shop', SessionTimeout: 3600 } },
      {
        Type: 'forward',
        Order: 2,
        ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 300 } },
      },
    ]);
    expect(w.elbv2.secrets.get(w.physicalId!)).toBe('s3cret');
  });

  test('a client secret that cannot be read is named without its text', async () => {
    const w = world();
    w.secret = 'plain-text-not-json';
    const answer = await w.create(
      w.properties({
        ActionsBefore: json([oidc()]),
        OidcClientSecretArn: SECRET_ARN,
        OidcClientSecretField: 'client_secret',
      }),
    );
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('OIDC_SECRET_EMPTY');
    expect(answer.Reason).not.toContain('plain-text');
  });

  test('a second try takes over the rule of a first one whose answer was lost, weights as they live', async () => {
    const w = world();
    await w.create(w.properties({ Conditions: json([host('a.example.com')]) }));
    const first = w.physicalId!;
    w.shift({ blue: 40, green: 60 });
    w.physicalId = undefined;
    const answer = await w.create(w.properties({ Conditions: json([host('a.example.com')]) }));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: first });
    expect(w.weights()).toEqual({ blue: 40, green: 60 });
  });

  test.each([
    ['other conditions', host('b.example.com'), [targetGroupArn('blue'), targetGroupArn('green')]],
    ['another target group', everyPath, [targetGroupArn('blue'), targetGroupArn('other')]],
    ['one target group', everyPath, [targetGroupArn('blue')]],
  ])('a rule with %s at its priority is somebody else’s, and is named', async (_, condition, groups) => {
    const w = world();
    const other = w.elbv2.addRule(
      w.listener,
      1000,
      [condition],
      [{ Type: 'forward', ForwardConfig: { TargetGroups: groups.map((TargetGroupArn) => ({ TargetGroupArn })) } }],
    );
    const answer = await w.create();
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('RULE_PRIORITY_IN_USE');
    expect(answer.Reason).toContain(other);
  });

  test('a failed creation is deleted without a call', async () => {
    const w = world();
    w.elbv2.failures.push({ operation: 'CreateRule', error: failure('TooManyRulesException', 'quota') });
    const answer = await w.create();
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('TooManyRulesException: quota') });
    expect(await w.delete()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: answer.PhysicalResourceId });
    expect(w.elbv2.writes).toEqual([]);
  });

  test('a policy that is not known everywhere yet is waited for', async () => {
    const w = world();
    w.elbv2.failures.push({ operation: 'CreateRule', error: failure('AccessDenied', 'not authorized') });
    expect((await w.create()).Status).toBe('SUCCESS');
    expect(w.slept).toEqual([5000]);
  });

  test('a policy that is missing for good ends in a reason', async () => {
    const w = world();
    for (let i = 0; i < 9; i += 1)
      w.elbv2.failures.push({ operation: 'CreateRule', error: failure('AccessDenied', 'not authorized') });
    expect(await w.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('not authorized') });
  });
});

describe('given a rule in the middle of a shift, when the stack is updated', () => {
  async function shifting(overrides: Record<string, unknown> = {}) {
    const w = world();
    const old = w.properties(overrides);
    await w.create(old);
    w.shift({ blue: 75, green: 25 });
    return { w, old, before: w.elbv2.writes.length };
  }

  test('another live slot in the settings is not read', async () => {
    const { w, old, before } = await shifting();
    expect((await w.update(w.properties({ BlueWeight: 0, GreenWeight: 100 }), old)).Status).toBe('SUCCESS');
    expect(w.weights()).toEqual({ blue: 75, green: 25 });
    expect(w.writesSince(before)).toEqual([]);
  });

  test('a new priority is set and nothing else', async () => {
    const { w, old, before } = await shifting();
    await w.update(w.properties({ Priority: 900 }), old);
    expect(w.elbv2.rule(w.physicalId!).Priority).toBe('900');
    expect(w.writesSince(before)).toEqual(['SetRulePriorities']);
  });

  test('a priority that is taken is refused with its holder, before anything is written', async () => {
    const { w, old } = await shifting();
    const other = w.elbv2.addRule(w.listener, 900, [host('x.example.com')], [{ Type: 'fixed-response' }]);
    const answer = await w.update(w.properties({ Priority: 900, Conditions: json([host('new.example.com')]) }), old);
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(other) });
    expect(w.elbv2.rule(w.physicalId!)).toMatchObject({ Priority: '1000', Conditions: [everyPath] });
  });

  test('a priority that another rule of the deployment is about to leave is waited for', async () => {
    const { w, old } = await shifting();
    const other = w.elbv2.addRule(w.listener, 900, [host('x.example.com')], [{ Type: 'fixed-response' }]);
    w.onSleep = () => {
      w.elbv2.rule(other).Priority = '800';
    };
    expect((await w.update(w.properties({ Priority: 900 }), old)).Status).toBe('SUCCESS');
    expect(w.elbv2.rule(w.physicalId!).Priority).toBe('900');
  });

  test('new conditions are written without actions', async () => {
    const { w, old, before } = await shifting();
    await w.update(w.properties({ Conditions: json([host('new.example.com')]) }), old);
    expect(w.elbv2.writes.slice(before)).toEqual([
      { name: 'ModifyRule', input: { RuleArn: w.physicalId, Conditions: [host('new.example.com')] } },
    ]);
  });

  test('a replaced target group is swapped, everything else of the live list stays', async () => {
    const { w, old } = await shifting({
      ActionsBefore: json([oidc()]),
      OidcClientSecretArn: SECRET_ARN,
      OidcClientSecretField: 'client_secret',
      StickinessSeconds: 300,
    });
    const swapped = { ...old, GreenTargetGroupArn: targetGroupArn('green-2') };
    w.secret = undefined; // an update does not need it: the rule keeps the secret it has
    expect((await w.update(swapped, old)).Status).toBe('SUCCESS');
    expect(w.weights()).toEqual({ blue: 75, 'green-2': 25 });
    expect(w.elbv2.rule(w.physicalId!).Actions).toMatchObject([
      { Type: 'authenticate-oidc', Order: 1 },
      {
        Type: 'forward',
        Order: 2,
        ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 300 } },
      },
    ]);
    expect(w.elbv2.secrets.get(w.physicalId!)).toBe('s3cret');
  });

  test('the same event twice writes once', async () => {
    const { w, old } = await shifting();
    const swapped = { ...old, GreenTargetGroupArn: targetGroupArn('green-2') };
    await w.update(swapped, old);
    const before = w.elbv2.writes.length;
    await w.update(swapped, old);
    expect(w.writesSince(before)).toEqual([]);
  });

  test('an authentication that the owner added is taken over, with the live weights', async () => {
    const { w, old } = await shifting();
    const next = w.properties({
      ActionsBefore: json([oidc()]),
      OidcClientSecretArn: SECRET_ARN,
      OidcClientSecretField: 'client_secret',
    });
    expect((await w.update(next, old)).Status).toBe('SUCCESS');
    expect(w.elbv2.rule(w.physicalId!).Actions?.map(({ Type }) => Type)).toEqual(['authenticate-oidc', 'forward']);
    expect(w.weights()).toEqual({ blue: 75, green: 25 });
    expect(w.elbv2.secrets.get(w.physicalId!)).toBe('s3cret');
  });

  test('another stickiness is written with the live weights', async () => {
    const { w, old } = await shifting();
    await w.update(w.properties({ StickinessSeconds: 60 }), old);
    expect(w.elbv2.rule(w.physicalId!).Actions?.[0]?.ForwardConfig?.TargetGroupStickinessConfig).toEqual({
      Enabled: true,
      DurationSeconds: 60,
    });
    expect(w.weights()).toEqual({ blue: 75, green: 25 });
  });

  test('a replaced listener gets a new rule with the live weights, and the old one may then be deleted', async () => {
    const { w, old } = await shifting();
    w.elbv2.targets.set(targetGroupArn('blue'), ['healthy']);
    const oldArn = w.physicalId!;
    const next = w.properties({ ListenerArn: w.elbv2.addListener(8443) });
    const answer = await w.update(next, old);
    expect(answer.PhysicalResourceId).not.toBe(oldArn);
    expect(w.weights()).toEqual({ blue: 75, green: 25 });
    w.physicalId = oldArn;
    expect((await w.delete(old)).Status).toBe('SUCCESS');
    expect(w.elbv2.rules.some(({ RuleArn }) => RuleArn === oldArn)).toBe(false);
  });

  test('a rule that was removed by hand is made as a first one is', async () => {
    const { w, old } = await shifting();
    w.elbv2.rules.pop();
    const answer = await w.update(w.properties({ BlueWeight: 0, GreenWeight: 100 }), old);
    expect(answer.Status).toBe('SUCCESS');
    expect(w.weights()).toEqual({ blue: 0, green: 100 });
  });

  test('a failed update that rolls back leaves the weights to the runner', async () => {
    const { w, old } = await shifting();
    const next = w.properties({ Priority: 900, GreenTargetGroupArn: targetGroupArn('green-2') });
    w.elbv2.failures.push({ operation: 'ModifyRule', error: failure('ServiceUnavailable', 'no') });
    expect((await w.update(next, old)).Status).toBe('FAILED');
    w.shift({ blue: 50, green: 50 });
    expect((await w.update(old, next)).Status).toBe('SUCCESS');
    expect(w.weights()).toEqual({ blue: 50, green: 50 });
    expect(w.elbv2.rule(w.physicalId!).Priority).toBe('1000');
  });
});

describe('given a rule, when CloudFormation deletes it', () => {
  async function serving(weights = { blue: 75, green: 25 }) {
    const w = world();
    await w.create();
    w.shift(weights);
    w.elbv2.targets.set(targetGroupArn('blue'), ['healthy', 'unhealthy']);
    return w;
  }
  const forward = (name: string, Weight?: number) => ({
    Type: 'forward' as const,
    ForwardConfig: {
      TargetGroups: [{ TargetGroupArn: targetGroupArn(name), ...(Weight !== undefined && { Weight }) }],
    },
  });

  test('it goes when no group has a target', async () => {
    const w = world();
    await w.create();
    expect((await w.delete()).Status).toBe('SUCCESS');
    expect(w.elbv2.rules.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
  });

  test('it goes when the targets are only draining', async () => {
    const w = await serving();
    w.elbv2.targets.set(targetGroupArn('blue'), ['draining']);
    expect((await w.delete()).Status).toBe('SUCCESS');
  });

  test('it stays while it serves registered targets, and the message says which', async () => {
    const w = await serving();
    const answer = await w.delete();
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('RULE_STILL_SERVES');
    expect(answer.Reason).toContain(`${targetGroupArn('blue')} with 2 targets at weight 75`);
    expect(w.weights()).toEqual({ blue: 75, green: 25 });
  });

  test('the owner’s rule beneath, with the same conditions, takes over', async () => {
    const w = await serving();
    w.elbv2.addRule(w.listener, 2000, [everyPath], [forward('blue')]);
    expect((await w.delete()).Status).toBe('SUCCESS');
  });

  test('so does a default action', async () => {
    const w = await serving();
    w.elbv2.addListener(80, undefined, [forward('blue')]);
    expect((await w.delete()).Status).toBe('SUCCESS');
  });

  test('a rule that asks for more (a tester header) does not', async () => {
    const w = await serving();
    const header = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kong-Tester', Values: ['blue-1'] } };
    w.elbv2.addRule(w.listener, 10, [everyPath, header], [forward('blue')]);
    expect((await w.delete()).Status).toBe('FAILED');
  });

  test('nor does a rule of another load balancer, or one at weight 0', async () => {
    const w = await serving();
    const elsewhere = w.elbv2.addListener(443, 'app/other/60dc6c495c0c9188');
    w.elbv2.addRule(elsewhere, 1, [everyPath], [forward('blue')]);
    w.elbv2.addRule(w.listener, 2000, [everyPath], [forward('blue', 0)]);
    expect((await w.delete()).Status).toBe('FAILED');
  });

  test('an idle group with targets keeps it, unless any other rule has the group', async () => {
    const w = await serving({ blue: 0, green: 100 });
    expect((await w.delete()).Reason).toContain('2 targets at weight 0');
    w.elbv2.addRule(w.listener, 10, [host('x.example.com')], [forward('blue')]);
    expect((await w.delete()).Status).toBe('SUCCESS');
  });

  test('it is done when the rule is gone already, or its listener', async () => {
    const w = await serving();
    w.elbv2.removeListener(w.listener);
    expect((await w.delete()).Status).toBe('SUCCESS');
  });
});
