import { Match } from 'aws-cdk-lib/assertions';
import { CERTIFICATE, makeEdge, systemSpec } from './fixtures';

describe('given the Admin API, when the edge is synthesised', () => {
  const { template } = makeEdge();

  test('it stands behind an internal load balancer that admits the ranges given and lets out to the nodes alone', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Internal load balancer of the Kong Admin API',
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.20.0.0/16', FromPort: 8001, ToPort: 8001 })],
      SecurityGroupEgress: Match.absent(),
    });
  });

  test('the freeze rule comes first and matches no method that a client sends', () => {
    const [rule] = Object.values(template.findResources('Custom::KongFreezeRule'));
    expect(rule!.Properties.Priority).toBe(1);
    expect(JSON.parse(rule!.Properties.Conditions as string)).toEqual([
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['KONG_FREEZE_IS_OFF'] } },
    ]);
    expect(JSON.parse(rule!.Properties.Actions as string)).toMatchObject([
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '423' } },
    ]);
  });

  test('a header reaches a slot by name', () => {
    for (const [slot, Priority] of [
      ['blue', 10],
      ['green', 11],
    ] as const) {
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
        Priority,
        Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kong-Slot', Values: [slot] } }],
      });
    }
  });

  test('everything else goes where the traffic goes, by a rule of the runner', () => {
    template.hasResourceProperties('Custom::KongWeightedRule', {
      BlueTargetGroupArn: { Ref: Match.stringLikeRegexp('AdminBlue') },
      Priority: 1000,
    });
  });

  test('its nodes are asked on the Admin port, their health on the status port', () => {
    template.resourcePropertiesCountIs(
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      { Port: 8001, HealthCheckPort: '8100' },
      2,
    );
  });

  test('with a certificate it speaks TLS', () => {
    const { template: secure } = makeEdge(
      systemSpec({ admin: { allowedCidrs: ['10.0.0.0/8'], port: 8444, certificateArn: CERTIFICATE } }),
    );
    secure.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 8444,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    });
  });
});
