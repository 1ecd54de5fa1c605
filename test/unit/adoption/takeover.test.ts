import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describeConditions, planTakeover, type TakeoverOptions } from '../../../lib/adoption/takeover';
import { BLUE, LISTENER, SHOP, defaultRule, forwardTo, hostRule, ruleArn } from './fake-aws';

const plan = (rules: Rule[], options: Partial<TakeoverOptions> = {}) =>
  planTakeover([{ arn: LISTENER, port: 443, protocol: 'HTTPS', rules }], BLUE, {
    tester: false,
    oidcSecrets: {},
    ...options,
  });
const refusal = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not refuse');
};
const hosts = (n: number) => Array.from({ length: n }, (_, i) => `h${i}.example.com`);
const rule = (id: string, priority: number, Values: string[]) => ({
  ...hostRule(id, priority, 'x'),
  Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values } }],
});

describe('planTakeover', () => {
  test('given a default action that forwards to blue, a rule for every path goes below all others', () => {
    const { rules } = plan([hostRule('shop', 5, 'shop', [forwardTo(SHOP)]), defaultRule([forwardTo(BLUE)])]);
    expect(rules).toMatchObject([
      {
        above: 'default',
        priority: 50000,
        conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      },
    ]);
  });

  test('given a rule with group stickiness, the weighted rule keeps it', () => {
    const action = forwardTo(BLUE);
    const sticky = {
      ...action,
      ForwardConfig: { ...action.ForwardConfig, TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3600 } },
    };
    expect(plan([hostRule('api', 5, 'api', [sticky])]).rules[0]?.stickinessSeconds).toBe(3600);
  });

  test('given a rule that splits over several target groups, it refuses and names them', () => {
    const split: Action = {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: BLUE, Weight: 1 },
          { TargetGroupArn: SHOP, Weight: 0 },
        ],
      },
    };
    expect(refusal(() => plan([hostRule('api', 5, 'api', [split])]))).toMatchObject({
      code: 'ADOPT_RULE_SPLITS',
      found: `rule 5 of port 443 forwards to ${BLUE}, ${SHOP}`,
    });
  });

  test('given a rule that rewrites, it refuses', () => {
    const rewriting = { ...hostRule('api', 5, 'api'), Transforms: [{ Type: 'url-rewrite' as const }] };
    expect(refusal(() => plan([rewriting]))).toMatchObject({ code: 'ADOPT_RULE_TRANSFORMS' });
  });

  test('given authenticate-oidc, it needs a reference to the client secret of that client', () => {
    const oidc = { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: { ClientId: 'shop-web' } } as Action;
    const rules = [hostRule('api', 5, 'api', [oidc, forwardTo(BLUE, 2)])];
    expect(refusal(() => plan(rules))).toMatchObject({
      code: 'ADOPT_OIDC_SECRET_NEEDED',
      remedy: expect.stringContaining('--oidc-secret shop-web='),
    });
    const secret = { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oidc' };
    expect(plan(rules, { oidcSecrets: { 'shop-web': secret } }).rules[0]).toMatchObject({
      oidcClientSecret: secret,
      actionsBefore: [oidc],
    });
    expect(plan(rules, { oidcSecrets: { '*': secret } }).rules[0]?.oidcClientSecret).toEqual(secret);
  });

  test('given no room, the refusal is the command that makes room', () => {
    const rules = [
      hostRule('shop', 1, 'shop', [forwardTo(SHOP)]),
      hostRule('api', 2, 'api'),
      hostRule('x', 3, 'x', [forwardTo(SHOP)]),
    ];
    expect(refusal(() => plan(rules))).toMatchObject({
      code: 'ADOPT_NO_FREE_PRIORITY',
      found: '1 free priorities too few above rule 2 of port 443',
      remedy: `move these rules, their order stays the same: aws elbv2 set-rule-priorities --rule-priorities RuleArn=${ruleArn('api')},Priority=3 RuleArn=${ruleArn('x')},Priority=4`,
    });
  });

  test('given a rule with five condition values, it gets no tester rules and a note says so', () => {
    const { rules, notes } = plan([rule('full', 10, hosts(5)), rule('api', 20, hosts(4))], { tester: true });
    expect(rules.map((r) => r.testerPriorities)).toEqual([undefined, { blue: 17, green: 18 }]);
    expect(notes).toEqual([expect.stringContaining('rule 10 of port 443 has 5 condition values')]);
  });

  test('given that no rule has room for the tester header, it refuses and offers to go without', () => {
    expect(refusal(() => plan([rule('full', 10, hosts(5))], { tester: true }))).toMatchObject({
      code: 'ADOPT_TOO_MANY_CONDITION_VALUES',
      remedy: expect.stringContaining('--no-tester-header'),
    });
  });

  test('given a quota that the new rules would pass, it refuses before anything is made', () => {
    const rules = [hostRule('a', 10, 'a'), hostRule('b', 20, 'b'), defaultRule()];
    expect(refusal(() => plan(rules, { tester: true, rulesPerLoadBalancer: 7 }))).toMatchObject({
      code: 'ADOPT_TOO_MANY_RULES',
      found: '2 rules of yours and 6 of ours, quota 7',
    });
    expect(plan(rules, { tester: true, rulesPerLoadBalancer: 8 }).rules).toHaveLength(2);
  });

  test('listeners are independent: each has its own priorities', () => {
    const listener = (arn: string, port: number) => ({
      arn,
      port,
      protocol: 'HTTP',
      rules: [hostRule('a', 10, 'a')] as Rule[],
    });
    const { rules } = planTakeover([listener('l1', 80), listener('l2', 443)], BLUE, { tester: false, oidcSecrets: {} });
    expect(rules.map((r) => [r.listenerPort, r.priority])).toEqual([
      [80, 9],
      [443, 9],
    ]);
  });
});

describe('describeConditions', () => {
  test('reads as a person would say it', () => {
    expect(
      describeConditions([
        { Field: 'host-header', HostHeaderConfig: { Values: ['a.example.com', 'b.example.com'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Team', Values: ['blue'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }, { Value: 'beta' }] } },
      ]),
    ).toBe('host a.example.com|b.example.com and header X-Team blue and query v=1|beta');
  });
});
