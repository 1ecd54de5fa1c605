import { Match } from 'aws-cdk-lib/assertions';
import { adoptedSpec, everyPath, makeEdge, ownRule, systemSpec } from './fixtures';

describe('given weights that the runner owns, when the edge is synthesised', () => {
  const { template } = makeEdge(systemSpec({ rules: [ownRule('https', { stickinessSeconds: 600 })] }));

  test('the rule is a custom resource, and no native rule splits requests', () => {
    template.hasResourceProperties('Custom::KongWeightedRule', {
      Priority: 1000,
      BlueWeight: 100,
      GreenWeight: 0,
      StickinessSeconds: 600,
      Conditions: JSON.stringify([everyPath]),
      ServiceTimeout: '240',
    });
    const native = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
    for (const { Properties } of native) {
      expect(Properties.Actions.at(-1).ForwardConfig.TargetGroups).toHaveLength(1);
    }
  });

  test('nothing of a repair is in it unless one is asked for', () => {
    template.allResourcesProperties('Custom::KongWeightedRule', { Repair: Match.absent() });
  });

  test('it goes before the policy that lets it go', () => {
    const [rule] = Object.values(
      template.findResources('Custom::KongWeightedRule', { Properties: { StickinessSeconds: 600 } }),
    );
    expect(rule!.DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('RuleProviderRulesHttps')]));
  });

  test('numbers inside actions travel as text that still holds numbers', () => {
    const { template: adopted } = makeEdge(adoptedSpec());
    const [rule] = Object.values(
      adopted.findResources('Custom::KongWeightedRule', { Properties: { StickinessSeconds: 300 } }),
    );
    const actions = JSON.parse(rule!.Properties.ActionsBefore as string) as unknown;
    expect(actions).toMatchObject([{ Order: 1, AuthenticateOidcConfig: { SessionTimeout: 3600, ClientId: 'shop' } }]);
    expect(JSON.stringify(rule)).not.toContain('"ClientSecret"');
  });

  test('the function runs on Node, keeps its log for a month, and answers before CloudFormation gives up', () => {
    // One for all rules; the edge's other function judges the minutes of a shift.
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Handler: 'index.handler', Runtime: 'nodejs24.x', Timeout: 180 },
      1,
    );
  });

  test('weights that AWS would refuse are refused at synth', () => {
    expect(() => makeEdge(systemSpec({ initialWeights: { blue: 1000, green: 0 } }))).toThrow('WEIGHTS_OUT_OF_RANGE');
    expect(() => makeEdge(systemSpec({ initialWeights: { blue: 0, green: 0 } }))).toThrow('WEIGHTS_ALL_ZERO');
  });
});

describe('given weights that the template owns, when the edge is synthesised', () => {
  const { template } = makeEdge(
    systemSpec({ weightOwnership: 'template', initialWeights: { blue: 90, green: 10 }, rules: [ownRule('https')] }),
  );

  test('the rule is native, with the weights of the settings', () => {
    template.resourceCountIs('Custom::KongWeightedRule', 0);
    template.hasResource('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Properties: {
        Priority: 1000,
        Actions: [
          {
            Type: 'forward',
            Order: 1,
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: { Ref: Match.stringLikeRegexp('BlueProxy') }, Weight: 90 },
                { TargetGroupArn: { Ref: Match.stringLikeRegexp('GreenProxy') }, Weight: 10 },
              ],
            },
          },
        ],
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('Guard')]),
    });
  });

  test('the rule of the Admin API is native too, and is not split', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 1000,
      ListenerArn: { Ref: Match.stringLikeRegexp('Admin') },
      Actions: [
        Match.objectLike({
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: { Ref: Match.stringLikeRegexp('AdminBlue') }, Weight: 100 },
              { TargetGroupArn: { Ref: Match.stringLikeRegexp('AdminGreen') }, Weight: 0 },
            ],
          },
        }),
      ],
    });
  });

  test('its guard knows everything that makes CloudFormation write the rule', () => {
    template.hasResourceProperties('Custom::KongWeightsGuard', {
      Priority: 1000,
      BlueWeight: 90,
      GreenWeight: 10,
      Conditions: JSON.stringify([everyPath]),
      ActionsBefore: '[]',
      BlueTargetGroupArn: Match.anyValue(),
      GreenTargetGroupArn: Match.anyValue(),
    });
  });

  test('the guard may read rules and its own stack, and write nothing on the proxy listener', () => {
    const text = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(text).toContain('cloudformation:DescribeStacks');
    expect(text).not.toContain('RulesHttps');
  });

  test('a native rule with OpenID Connect reads its client secret by reference', () => {
    const { template: adopted } = makeEdge(adoptedSpec({ weightOwnership: 'template' }));
    adopted.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Actions: Match.arrayWith([
        Match.objectLike({
          AuthenticateOidcConfig: Match.objectLike({
            UseExistingClientSecret: Match.absent(),
            ClientSecret:
              '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:111122223333:secret:oidc-AbCdEf:SecretString:client_secret::}}',
          }),
        }),
      ]),
    });
  });
});
