import { Match } from 'aws-cdk-lib/assertions';
import { edgeSpec, host, makeEdge, ownRule, systemSpec } from './fixtures';

const headerOf = (slot: string) => ({
  Field: 'http-header',
  HttpHeaderConfig: {
    HttpHeaderName: 'X-Kong-Tester',
    Values: [
      {
        'Fn::Join': [
          '',
          [`${slot}-{{resolve:secretsmanager:`, { Ref: Match.stringLikeRegexp('TesterSecret') }, ':SecretString:::}}'],
        ],
      },
    ],
  },
});

describe('given a tester header, when the edge is synthesised', () => {
  test('each slot has a rule above the weighted one that needs header and token', () => {
    const { template } = makeEdge();
    for (const [slot, priority] of [
      ['blue', 10],
      ['green', 11],
    ] as const) {
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
        Priority: priority,
        Conditions: [Match.objectLike({ Field: 'path-pattern' }), headerOf(slot)],
        Actions: [Match.objectLike({ Type: 'forward' })],
      });
    }
  });

  test('the token has no wildcard in it and is not in the template', () => {
    const { template } = makeEdge();
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 32 },
    });
  });

  test('a secret of the user’s own is referred to and not made', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:tester-AbCdEf';
    const { template } = makeEdge(systemSpec({ testerHeader: { name: 'X-T', secretArn, sourceCidrs: [] } }));
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: Match.arrayWith([
        {
          Field: 'http-header',
          HttpHeaderConfig: {
            HttpHeaderName: 'X-T',
            Values: [`green-{{resolve:secretsmanager:${secretArn}:SecretString:::}}`],
          },
        },
      ]),
    });
  });

  test('source ranges narrow it', () => {
    const { template } = makeEdge(systemSpec({ testerHeader: { name: 'X-T', sourceCidrs: ['192.0.2.0/24'] } }));
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Conditions: Match.arrayWith([{ Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } }]),
    });
  });

  test('more condition values than AWS takes in a rule are refused', () => {
    const rule = ownRule('https', { conditions: [host('a.example.com', 'b.example.com', 'c.example.com')] });
    const testerHeader = { name: 'X-T', sourceCidrs: ['192.0.2.0/25', '192.0.2.128/25'] };
    expect(() => makeEdge(systemSpec({ rules: [rule], testerHeader }))).toThrow('TESTER_RULE_TOO_MANY_VALUES');
  });

  test('two source conditions in one rule are refused', () => {
    const rule = ownRule('https', {
      conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['198.51.100.0/24'] } }],
    });
    const testerHeader = { name: 'X-T', sourceCidrs: ['192.0.2.0/24'] };
    expect(() => makeEdge(systemSpec({ rules: [rule], testerHeader }))).toThrow('TESTER_RULE_TWO_SOURCES');
  });

  test('without one there is no secret, no rule and no output of it', () => {
    const { testerHeader: _, ...rest } = edgeSpec();
    const { template } = makeEdge({ ...systemSpec(), edge: { ...rest, rules: [ownRule('https')] } });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(Object.keys(template.toJSON().Outputs as object)).not.toContain('TesterSecretArn');
  });
});
