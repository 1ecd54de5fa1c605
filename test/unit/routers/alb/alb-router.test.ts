import fc from 'fast-check';
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AlbRouter } from '../../../../lib/routers/alb/alb-router';
import { weightsOf } from '../../../../lib/traffic/rule-actions';
import { sameShare, type Weights } from '../../../../lib/traffic/weights';
import { FakeElbv2, failure, targetGroupArn } from '../../handlers/weighted-rule/fake-elbv2';

const GROUPS = { blue: targetGroupArn('blue'), green: targetGroupArn('green') };
const ADMIN = { blue: targetGroupArn('admin-blue'), green: targetGroupArn('admin-green') };
const OTHER = targetGroupArn('other');
const BLUE = { blue: 100, green: 0 };
const GREEN = { blue: 0, green: 100 };
const split = (green: number): Weights => ({ blue: 100 - green, green });

const forward = (weights: Weights, groups = GROUPS): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: groups.blue, Weight: weights.blue },
      { TargetGroupArn: groups.green, Weight: weights.green },
    ],
  },
});
/** What an owner puts in front of a forward, and around it. */
const OIDC: Action = {
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://id.example.com',
    AuthorizationEndpoint: 'https://id.example.com/auth',
    TokenEndpoint: 'https://id.example.com/token',
    UserInfoEndpoint: 'https://id.example.com/user',
    ClientId: 'kong',
    SessionTimeout: 3600,
    AuthenticationRequestExtraParams: { prompt: 'login' },
  },
};
const sticky = (weights: Weights): Action => ({
  ...forward(weights),
  Order: 2,
  ForwardConfig: {
    ...forward(weights).ForwardConfig,
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
  },
});

/** Rules of one listener with these action lists, and the Admin API's. */
function made(lists: readonly Action[][], admin: Weights = BLUE) {
  const elb = new FakeElbv2();
  const listener = elb.addListener(443);
  const ruleArns = lists.map((actions, i) => elb.addRule(listener, i + 1, [], structuredClone(actions)));
  const ruleArn = elb.addRule(elb.addListener(8444), 1, [], [forward(admin, ADMIN)]);
  for (const arn of ruleArns) elb.secrets.set(arn, 'hidden');
  const router = new AlbRouter(elb.client as never, {
    ruleArns,
    targetGroups: GROUPS,
    follower: { ruleArn, targetGroups: ADMIN },
  });
  const weights = () => ruleArns.map((arn) => weightsOf(elb.rule(arn).Actions ?? [], GROUPS));
  const adminWeights = () => weightsOf(elb.rule(ruleArn).Actions ?? [], ADMIN);
  return { elb, router, ruleArns, ruleArn, weights, adminWeights };
}

describe('apply', () => {
  test('sets the weights of every rule, in one write each', async () => {
    const { elb, router, ruleArns, weights } = made([[forward(BLUE)], [forward(BLUE)]]);
    const { written } = await router.apply({ expected: [BLUE], to: split(5) });
    expect(weights()).toEqual([split(5), split(5)]);
    expect(written).toEqual(ruleArns);
    expect(elb.writes.map(({ name }) => name)).toEqual(['ModifyRule', 'ModifyRule']);
  });

  test('changes nothing but the weights: other actions, their order, stickiness and the order of groups stay', async () => {
    const turned: Action = { ...sticky(BLUE) };
    turned.ForwardConfig = {
      ...turned.ForwardConfig,
      TargetGroups: [...turned.ForwardConfig!.TargetGroups!].reverse(),
    };
    const { elb, router, ruleArns } = made([
      [OIDC, sticky(BLUE)],
      [OIDC, turned],
    ]);
    await router.apply({ expected: [BLUE], to: split(25) });
    await router.apply({ expected: [split(25)], to: BLUE });
    expect(ruleArns.map((arn) => elb.rule(arn).Actions)).toEqual([
      [OIDC, sticky(BLUE)],
      [OIDC, turned],
    ]);
  });

  test('a rule with authenticate-oidc is written with the word that its client secret stays', async () => {
    const { elb, router } = made([[OIDC, sticky(BLUE)]]);
    await router.apply({ expected: [BLUE], to: split(25) });
    const [first] = elb.writes[0]!.input.Actions as Action[];
    expect(first).toEqual({
      ...OIDC,
      AuthenticateOidcConfig: { ...OIDC.AuthenticateOidcConfig, UseExistingClientSecret: true },
    });
    expect(JSON.stringify(elb.writes)).not.toContain('hidden');
  });

  test('writes no conditions and no priority: those are the template’s', async () => {
    const { elb, router } = made([[forward(BLUE)]]);
    await router.apply({ expected: [BLUE], to: split(5) });
    expect(Object.keys(elb.writes[0]!.input)).toEqual(['RuleArn', 'Actions']);
  });

  test('foreign weights in one of many rules: a conflict that names it, and nothing is written', async () => {
    const { elb, router, ruleArns } = made([[forward(BLUE)], [forward(split(50))], [forward(BLUE)]]);
    await expect(router.apply({ expected: [BLUE], to: split(5) })).rejects.toMatchObject({
      code: 'ROUTER_CONFLICT',
      exitCode: 6,
      found: `${ruleArns[1]} has blue 50, green 50; expected blue 100, green 0`,
    });
    expect(elb.writes).toEqual([]);
  });

  test('a rule with both weights 0 is a foreign change', async () => {
    const { router } = made([[forward({ blue: 0, green: 0 })]]);
    await expect(router.apply({ expected: [split(50)], to: split(75) })).rejects.toMatchObject({
      code: 'ROUTER_CONFLICT',
    });
  });

  test('a partial state is completed: only what is not there yet is written', async () => {
    const { router, ruleArns, weights } = made([[forward(split(5))], [forward(BLUE)], [forward(split(5))]]);
    const { written } = await router.apply({ expected: [BLUE], to: split(5) });
    expect(written).toEqual([ruleArns[1]]);
    expect(weights()).toEqual([split(5), split(5), split(5)]);
  });

  test('weights that mean the same are not foreign: 1 : 0 is 100 : 0', async () => {
    const { router, weights } = made([[forward({ blue: 1, green: 0 })]]);
    await router.apply({ expected: [BLUE], to: split(5) });
    expect(weights()).toEqual([split(5)]);
  });

  test('one write that fails: the others are made, the error is told, and the next apply completes it', async () => {
    const { elb, router, weights } = made(Array.from({ length: 6 }, () => [forward(BLUE)]));
    elb.failures.push({ operation: 'ModifyRule', error: failure('ThrottlingException', 'Rate exceeded') });
    await expect(router.apply({ expected: [BLUE], to: split(5) })).rejects.toThrow('Rate exceeded');
    expect(weights().filter((each) => sameShare(each!, split(5)))).toHaveLength(5);
    expect((await router.apply({ expected: [BLUE], to: split(5) })).written).toHaveLength(1);
  });

  test('somebody who writes between our write and our look is a conflict', async () => {
    const { elb, router, ruleArns } = made([[forward(BLUE)], [forward(BLUE)]]);
    const { send } = elb.client;
    let written = 0;
    elb.client.send = async (command) => {
      const answer = await send(command);
      if (command.constructor.name === 'ModifyRuleCommand' && (written += 1) === 2) {
        elb.rule(ruleArns[0]!).Actions = [forward(split(50))];
      }
      return answer;
    };
    await expect(router.apply({ expected: [BLUE], to: split(5) })).rejects.toMatchObject({ code: 'ROUTER_CONFLICT' });
  });

  test('is asked before each few writes, and writes nothing more once that throws', async () => {
    const { elb, router } = made(Array.from({ length: 10 }, () => [forward(BLUE)]));
    let asked = 0;
    const mayWrite = (): Promise<void> => ((asked += 1) > 1 ? Promise.reject(new Error('lost')) : Promise.resolve());
    await expect(router.apply({ expected: [BLUE], to: split(5), mayWrite })).rejects.toThrow('lost');
    expect(elb.writes).toHaveLength(4);
    await expect(router.restore(await router.read(), () => Promise.reject(new Error('lost')))).resolves.toEqual({
      written: [],
    });
  });

  test('a write without an answer is given up, and told as a time-out: it may still arrive', async () => {
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      expect(ms).toBe(2500);
      return AbortSignal.abort();
    });
    const { elb, router } = made([[forward(BLUE)]]);
    const { send } = elb.client;
    elb.client.send = (command: Parameters<typeof send>[0], options?: { abortSignal?: AbortSignal }) =>
      options?.abortSignal?.aborted ? Promise.reject(failure('AbortError', 'Request aborted')) : send(command);
    await expect(router.apply({ expected: [BLUE], to: split(5) })).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringContaining('had no answer in 2.5 s'),
    });
    timeout.mockRestore();
  });

  test('refuses weights that no load balancer takes before it reads anything', async () => {
    const { router } = made([[forward(BLUE)]]);
    await expect(router.apply({ expected: [BLUE], to: { blue: 0, green: 1000 } })).rejects.toMatchObject({
      code: 'WEIGHTS_OUT_OF_RANGE',
    });
  });

  test('45 rules, of which DescribeRules is asked in parts of 20', async () => {
    const { elb, router, weights } = made(Array.from({ length: 45 }, () => [forward(BLUE)]));
    const sizes: number[] = [];
    const { send } = elb.client;
    elb.client.send = (command) => {
      const { RuleArns } = command.input as { RuleArns?: string[] };
      if (RuleArns) sizes.push(RuleArns.length);
      return send(command);
    };
    await router.apply({ expected: [BLUE], to: split(5) });
    expect(weights().every((each) => sameShare(each!, split(5)))).toBe(true);
    expect(sizes.slice(0, 3)).toEqual([20, 20, 6]);
  });
});

describe('the rule that follows', () => {
  test('stays at every share below everything', async () => {
    const { router, adminWeights } = made([[forward(BLUE)]]);
    await router.apply({ expected: [BLUE], to: split(99) });
    expect(adminWeights()).toEqual(BLUE);
  });

  test('flips when one slot has everything, and back', async () => {
    const { router, adminWeights } = made([[forward(split(50))]]);
    await router.apply({ expected: [split(50)], to: GREEN });
    expect(adminWeights()).toEqual(GREEN);
    await router.apply({ expected: [GREEN], to: BLUE });
    expect(adminWeights()).toEqual(BLUE);
  });

  test('that did not follow is a difference only where one slot has everything', async () => {
    const { elb, router, ruleArn } = made([[forward(GREEN)]]);
    expect(await router.verify(GREEN)).toMatchObject({
      holds: false,
      differences: [`${ruleArn} has blue 100, green 0`],
    });
    elb.rule(ruleArn).Actions = [forward(GREEN, ADMIN)];
    expect((await router.verify(GREEN)).holds).toBe(true);
  });
});

describe('read', () => {
  test('tells how long clients stay with their slot', async () => {
    const { router } = made([[forward(BLUE)], [OIDC, sticky(BLUE)]]);
    expect((await router.read()).stickySeconds).toBe(600);
  });

  test('a rule that is gone is exit code 6 with the deploy that makes it again', async () => {
    const { elb, router, ruleArns } = made([[forward(BLUE)], [forward(BLUE)]]);
    elb.rules.splice(
      elb.rules.findIndex(({ RuleArn }) => RuleArn === ruleArns[1]),
      1,
    );
    await expect(router.read()).rejects.toMatchObject({ code: 'ROUTER_RULE_MISSING', exitCode: 6 });
  });

  test.each([
    ['one group only', [{ Type: 'forward', TargetGroupArn: GROUPS.blue }]],
    [
      'a third group',
      [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [...forward(BLUE).ForwardConfig!.TargetGroups!, { TargetGroupArn: OTHER, Weight: 1 }],
          },
        },
      ],
    ],
    ['another group', [forward(BLUE, { ...GROUPS, green: OTHER })]],
    ['no group', [{ Type: 'fixed-response' }]],
  ] as [string, Action[]][])('a rule that forwards to %s is exit code 6', async (_, actions) => {
    const { router } = made([[forward(BLUE)], actions]);
    await expect(router.read()).rejects.toMatchObject({ code: 'ROUTER_RULE_CHANGED', exitCode: 6 });
  });
});

describe('restore', () => {
  test('from the saved reading alone, through JSON, by another router: byte for byte what was there', async () => {
    const before = [[OIDC, sticky(BLUE)], [forward(split(10))]];
    const { elb, router, ruleArns, ruleArn } = made(before);
    const saved = JSON.stringify(await router.read());
    for (const arn of [...ruleArns, ruleArn]) {
      const groups = arn === ruleArn ? ADMIN : GROUPS;
      elb.rule(arn).Actions = elb
        .rule(arn)
        .Actions!.map((action) =>
          action.Type === 'forward'
            ? { ...action, ForwardConfig: { ...action.ForwardConfig, ...forward(GREEN, groups).ForwardConfig } }
            : action,
        );
    }
    const other = new AlbRouter(elb.client as never, {
      ruleArns,
      targetGroups: GROUPS,
      follower: { ruleArn, targetGroups: ADMIN },
    });
    await other.restore(JSON.parse(saved) as Awaited<ReturnType<typeof router.read>>);
    expect(ruleArns.map((arn) => elb.rule(arn).Actions)).toEqual(before);
    expect(elb.rule(ruleArn).Actions).toEqual([forward(BLUE, ADMIN)]);
  });

  test('keeps what a deployment changed beside the weights since then', async () => {
    const { elb, router, ruleArns } = made([[OIDC, sticky(BLUE)]]);
    const saved = await router.read();
    const changed: Action = {
      ...OIDC,
      AuthenticateOidcConfig: { ...OIDC.AuthenticateOidcConfig!, SessionTimeout: 60 },
    };
    elb.rule(ruleArns[0]!).Actions = [changed, sticky(split(50))];
    await router.restore(saved);
    expect(elb.rule(ruleArns[0]!).Actions).toEqual([changed, sticky(BLUE)]);
  });

  test('a rule that does not split any more gets the whole saved list, and so do the others', async () => {
    const { elb, router, ruleArns, weights } = made([[forward(BLUE)], [forward(BLUE)]]);
    const saved = await router.read();
    elb.rule(ruleArns[0]!).Actions = [{ Type: 'fixed-response' }];
    elb.rule(ruleArns[1]!).Actions = [forward(split(50))];
    await router.restore(saved);
    expect(weights()).toEqual([BLUE, BLUE]);
  });

  test('a rule made since then gets the weights of the others', async () => {
    const { elb, router, ruleArns, weights } = made([[forward(split(10))], [forward(GREEN)]]);
    const { places, ...rest } = await router.read();
    await router.restore({ ...rest, places: places.filter(({ id }) => id === ruleArns[0]) });
    expect(weights()).toEqual([split(10), split(10)]);
    expect(elb.writes).toHaveLength(1);
  });

  test('twice writes once', async () => {
    const { elb, router, ruleArns } = made([[forward(BLUE)]]);
    const saved = await router.read();
    elb.rule(ruleArns[0]!).Actions = [forward(split(50))];
    await router.restore(saved);
    expect((await router.restore(saved)).written).toEqual([]);
  });

  test('law: from any readings to any weights and back, every list is what it was', async () => {
    const weight = fc.integer({ min: 0, max: 999 });
    const any = fc.record({ blue: weight, green: weight }).filter(({ blue, green }) => blue + green > 0);
    const list = fc.tuple(any, fc.boolean()).map(([w, auth]) => (auth ? [OIDC, sticky(w)] : [forward(w)]));
    await fc.assert(
      fc.asyncProperty(fc.array(list, { minLength: 1, maxLength: 6 }), any, async (lists, to) => {
        const { elb, router, ruleArns } = made(lists);
        const saved = await router.read();
        await router.apply({ expected: saved.places.map(({ weights }) => weights), to });
        expect((await router.verify(to)).holds).toBe(true);
        await router.restore(saved);
        ruleArns.forEach((arn, i) => {
          const restored = elb.rule(arn).Actions!;
          expect(sameShare(weightsOf(restored, GROUPS)!, weightsOf(lists[i]!, GROUPS)!)).toBe(true);
          expect(restored.filter(({ Type }) => Type !== 'forward')).toEqual(
            lists[i]!.filter(({ Type }) => Type !== 'forward'),
          );
        });
      }),
      { numRuns: 100 },
    );
  });
});
