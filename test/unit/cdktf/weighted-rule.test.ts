import type { TerraformStack } from 'cdktf';
import type { RuleShape } from '../../../lib/blueprint/rule-actions';
import { WeightedRule } from '../../../lib/cdktf/weighted-rule';
import type { WeightedRuleProps } from '../../../lib/cdktf/weighted-rule';
import { OIDC_SECRET, adoptedSpec, listenerArn, ownRule } from '../blueprint/edge-specs';
import { dataSources, resource, synth } from './synth';

const targetGroups = {
  blue: { arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/blue/1', fullName: '' },
  green: { arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/green/2', fullName: '' },
};
const [, oidcRule] = adoptedSpec().edge.rules;

const rule = (props: Partial<WeightedRuleProps> = {}) =>
  synth((stack: TerraformStack) => {
    new WeightedRule(stack, 'Weighted', {
      rule: ownRule('https'),
      listener: { id: 'Port443', arn: listenerArn(443) },
      targetGroups,
      weights: { blue: 100, green: 0 },
      ownership: 'runner',
      ...props,
    });
  });

describe('given a weighted rule', () => {
  test('it forwards to both groups with the weights given, zero among them', () => {
    expect(resource(rule({ weights: { blue: 999, green: 0 } }), 'aws_lb_listener_rule')).toMatchObject({
      listener_arn: listenerArn(443),
      priority: 1000,
      action: [
        {
          type: 'forward',
          order: 1,
          forward: {
            target_group: [
              { arn: targetGroups.blue.arn, weight: 999 },
              { arn: targetGroups.green.arn, weight: 0 },
            ],
          },
        },
      ],
      condition: [{ path_pattern: { values: ['/*'] } }],
    });
  });

  test('of the runner, its actions are left alone once it is there; of the template they are not', () => {
    expect(resource(rule(), 'aws_lb_listener_rule').lifecycle).toEqual({
      ignore_changes: ['action'],
      prevent_destroy: true,
    });
    expect(resource(rule({ ownership: 'template' }), 'aws_lb_listener_rule').lifecycle).toEqual({
      prevent_destroy: true,
    });
  });

  test('it may be destroyed only where that is said', () => {
    expect(resource(rule({ destroyable: true }), 'aws_lb_listener_rule').lifecycle).toEqual({
      ignore_changes: ['action'],
    });
    const both = rule({ destroyable: true, ownership: 'template' });
    expect(resource(both, 'aws_lb_listener_rule')).not.toHaveProperty('lifecycle.prevent_destroy');
  });

  test('weights that AWS does not take are refused', () => {
    expect(() => rule({ weights: { blue: 0, green: 0 } })).toThrow('WEIGHTS_ALL_ZERO');
    expect(() => rule({ weights: { blue: 1000, green: 0 } })).toThrow('WEIGHTS_OUT_OF_RANGE');
  });
});

describe('given a rule behind OpenID Connect', () => {
  const secretOf = (json: ReturnType<typeof rule>) => {
    const [{ authenticate_oidc }] = resource(json, 'aws_lb_listener_rule').action as [
      { authenticate_oidc: { client_secret: string } },
    ];
    return authenticate_oidc.client_secret;
  };
  const withField = (field?: string): RuleShape => ({
    ...oidcRule!,
    oidcClientSecret: { secretArn: OIDC_SECRET, ...(field !== undefined && { field }) },
  });

  test('the client secret is read by its ARN and comes first', () => {
    const json = rule({ rule: withField() });
    expect(dataSources(json, 'aws_secretsmanager_secret_version')).toEqual([{ secret_id: OIDC_SECRET }]);
    expect(secretOf(json)).toMatch(/^\$\{data\.aws_secretsmanager_secret_version\.\w+\.secret_string\}$/);
    expect(resource(json, 'aws_lb_listener_rule').action).toMatchObject([
      { type: 'authenticate-oidc', order: 1 },
      { type: 'forward', order: 2, forward: { stickiness: { enabled: true, duration: 300 } } },
    ]);
  });

  test.each([
    ['client_secret', '["client_secret"]'],
    ['a"b', '["a\\"b"]'],
    ['a\\b', '["a\\\\b"]'],
    ['${a}%{b', '["$${a}%%{b"]'],
  ])('a field %j of it is the key that Terraform looks up', (field, key) => {
    const secret = secretOf(rule({ rule: withField(field) }));
    expect(secret).toMatch(/^\$\{jsondecode\(data\.aws_secretsmanager_secret_version\.\w+\.secret_string\)/);
    expect(secret.slice(secret.indexOf(')') + 1)).toBe(`${key}}`);
  });

  test('without a client secret it is refused: AWS never gives it back', () => {
    const { oidcClientSecret: _, ...without } = oidcRule!;
    expect(() => rule({ rule: without })).toThrow('OIDC_SECRET_MISSING');
  });
});
