import { App, Stack, aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { KongCluster } from '../../../lib/aws-cdk/cluster';
import { KongEdge } from '../../../lib/aws-cdk/edge';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import type { Slot } from '../../../lib/traffic/weights';
import { greenSpec, newDatastore, upgrade } from './cluster-fixtures';
import {
  CERTIFICATE,
  ENV,
  TestStack,
  adoptedSpec,
  edgeSpec,
  listenerArn,
  makeEdge,
  ownRule,
  systemSpec,
} from './fixtures';

const listeners = (template: Template) =>
  Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => Properties);

describe('given an edge of our own, when it is synthesised', () => {
  const { template, edge } = makeEdge();

  test('the load balancer drops invalid headers and cannot be deleted by accident', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing',
      LoadBalancerAttributes: Match.arrayWith([
        { Key: 'deletion_protection.enabled', Value: 'true' },
        { Key: 'idle_timeout.timeout_seconds', Value: '60' },
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      ]),
    });
  });

  test('HTTPS answers 503 where no rule matches, and HTTP redirects to it', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      Certificates: [{ CertificateArn: CERTIFICATE }],
      DefaultActions: [
        {
          Type: 'fixed-response',
          FixedResponseConfig: Match.objectLike({ StatusCode: '503', MessageBody: 'no rule matched' }),
        },
      ],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  test('it lets nothing out but proxy and status port, to the nodes of both slots', () => {
    const group = template.findResources('AWS::EC2::SecurityGroup', {
      Properties: { GroupDescription: 'Load balancer of the Kong proxy' },
    });
    const [id, resource] = Object.entries(group)[0]!;
    expect(resource.Properties.SecurityGroupEgress).toBeUndefined();
    const egress = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress'))
      .map(({ Properties }) => Properties)
      .filter(({ GroupId }) => GroupId['Fn::GetAtt'][0] === id);
    expect(egress.map(({ FromPort }) => FromPort).sort()).toEqual([8000, 8000, 8100, 8100]);
  });

  test('each slot admits proxy and Admin port and, for the health checks, the status port of both', () => {
    for (const slot of ['Blue', 'Green']) {
      const rules = Object.entries(template.findResources('AWS::EC2::SecurityGroupIngress'))
        .filter(([id]) => id.startsWith(`Edge${slot}Nodes`))
        .map(([, { Properties }]) => Properties.FromPort);
      expect(rules.sort()).toEqual([8000, 8001, 8100, 8100]);
    }
  });

  test('health is asked on the status port, in each slot by the path of its version', () => {
    for (const path of ['/status', '/status/ready']) {
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
        Port: 8000,
        TargetType: 'ip',
        HealthCheckPort: '8100',
        HealthCheckPath: path,
        Matcher: { HttpCode: '200' },
        TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
      });
    }
  });

  test('nothing has a physical name, so that two systems live in one account', () => {
    const named = ['Name', 'GroupName', 'RoleName', 'FunctionName', 'AlarmName', 'DashboardName', 'TableName'];
    const resources = template.toJSON().Resources as Record<string, { Properties?: object }>;
    const physical = Object.entries(resources).filter(([, { Properties = {} }]) =>
      Object.keys(Properties).some((key) => named.includes(key)),
    );
    expect(physical).toEqual([]);
  });

  test('the outputs that the command reads are there', () => {
    expect(Object.keys(template.toJSON().Outputs as object).filter((name) => !name.startsWith('Exports'))).toEqual([
      'LoadBalancerDns',
      'LoadBalancerArn',
      'AdminDns',
      'AdminListenerArn',
      'AdminRuleArn',
      'FreezeRuleArn',
      'WeightedRuleArns',
      'ShiftTable',
      'AlarmNames',
      'BlueTargetGroupArn',
      'BlueAdminTargetGroupArn',
      'GreenTargetGroupArn',
      'GreenAdminTargetGroupArn',
      'ShiftMachineArn',
      'RollbackMachineArn',
      'SchedulerRoleArn',
      'TesterHeaderName',
      'TesterSecretArn',
    ]);
  });

  test('a table by id holds the lock of a shift, is paid by request and goes with the edge', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        TableName: Match.absent(),
      },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
    const [id] = Object.keys(template.findResources('AWS::DynamoDB::Table'));
    template.hasOutput('ShiftTable', { Value: { Ref: id } });
    const role = new iam.Role(edge, 'Runner', { assumedBy: new iam.AccountRootPrincipal() });
    expect(edge.shiftTable.grantReadWriteData(role).success).toBe(true);
  });

  test('its function and its machines may write rules of our own listeners and no others', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(
        ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
      )
      .filter(({ Action }) => [Action].flat().some((action) => /elasticloadbalancing:(?!Describe)/.test(action)));
    // Two listeners for the function; the rules by name for each of the two state machines.
    expect(statements).toHaveLength(4 + 2);
    for (const { Resource } of statements) {
      expect(JSON.stringify(Resource)).toMatch(/Listener|Https/);
      expect(Resource).not.toBe('*');
    }
  });
});

describe('given settings of the edge, when it is synthesised', () => {
  test('plain HTTP alone forwards on port 80', () => {
    const { template } = makeEdge(systemSpec({ http: 'forward', https: undefined, rules: [ownRule('http')] }));
    const ports = listeners(template).map(({ Port }) => Port);
    expect(ports.sort()).toEqual([80, 8001]);
    template.hasResourceProperties('Custom::KongWeightedRule', { Priority: 1000 });
  });

  test('with HTTP off there is no port 80 at all', () => {
    const { template } = makeEdge(systemSpec({ http: 'off' }));
    expect(
      listeners(template)
        .map(({ Port }) => Port)
        .sort(),
    ).toEqual([443, 8001]);
  });

  test('a rule on a listener that does not forward is refused', () => {
    expect(() => makeEdge(systemSpec({ rules: [ownRule('http')] }))).toThrow('EDGE_FORWARDS_NOTHING');
  });

  test('access logs of both load balancers go to the bucket that is named', () => {
    const spec = edgeSpec();
    const { template } = makeEdge(systemSpec({ loadBalancer: { ...spec.loadBalancer, accessLogsBucket: 'logs' } }));
    for (const prefix of ['proxy', 'admin']) {
      template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
        LoadBalancerAttributes: Match.arrayWith([
          { Key: 'access_logs.s3.enabled', Value: 'true' },
          { Key: 'access_logs.s3.bucket', Value: 'logs' },
          { Key: 'access_logs.s3.prefix', Value: prefix },
        ]),
      });
    }
  });

  test('an internal one stands in the private subnets and admits the ranges given', () => {
    const spec = edgeSpec();
    const { template } = makeEdge(
      systemSpec({ loadBalancer: { ...spec.loadBalancer, scheme: 'internal', allowedCidrs: ['10.0.0.0/8'] } }),
    );
    template.resourcePropertiesCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' }, 2);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([Match.objectLike({ CidrIp: '10.0.0.0/8', FromPort: 443 })]),
    });
  });
});

describe('given a load balancer that somebody else made, when the edge is synthesised', () => {
  const { template } = makeEdge(adoptedSpec());

  test('only the Admin listener is made', () => {
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    expect(listeners(template).map(({ Port }) => Port)).toEqual([8001]);
  });

  test('its target group is used as it is; green gets a new one', () => {
    const groups = template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup', { Properties: { Port: 8000 } });
    expect(Object.keys(groups)).toEqual([expect.stringContaining('Green')]);
    template.hasResourceProperties('Custom::KongWeightedRule', {
      BlueTargetGroupArn: Match.stringLikeRegexp('targetgroup/legacy/'),
      GreenTargetGroupArn: { Ref: Match.stringLikeRegexp('Green') },
    });
  });

  test('its security group is admitted and not changed', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Kong nodes of the green slot',
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: 'sg-0a1b2c3d',
      FromPort: 8100,
    });
    const changed = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).filter(
      ({ Properties }) => Properties.GroupId === 'sg-0a1b2c3d',
    );
    expect(changed).toEqual([]);
  });

  test('only a rule that has priorities for them gets tester rules', () => {
    const native = template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Properties: { ListenerArn: listenerArn(443) },
    });
    expect(
      Object.values(native)
        .map(({ Properties }) => Properties.Priority)
        .sort(),
    ).toEqual([17, 18]);
  });

  test('the function may write rules of the adopted listener, and read the named secret', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'elasticloadbalancing:CreateRule', Resource: listenerArn(443) }),
          Match.objectLike({ Resource: `${listenerArn(443).replace(':listener/', ':listener-rule/')}/*` }),
          Match.objectLike({
            Action: 'secretsmanager:GetSecretValue',
            Resource: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:oidc-AbCdEf',
          }),
        ]),
      },
    });
  });

  test('the alarms watch its dimensions', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'TargetResponseTime',
      Dimensions: Match.arrayWith([
        { Name: 'LoadBalancer', Value: 'app/shop/50dc6c495c0c9188' },
        { Name: 'TargetGroup', Value: 'targetgroup/legacy/73e2d6bc24d8a067' },
      ]),
    });
  });
});

describe('given the edge, when slots come and go', () => {
  function edgeTemplate(slots: readonly Slot[], spec: SystemSpec = systemSpec()): string {
    const app = new App();
    const stack = new TestStack(app, 'kong-edge', { env: ENV });
    const edge = new KongEdge(stack, 'Edge', { spec });
    for (const slot of slots) {
      const colour = new TestStack(app, `kong-${slot}`, { env: ENV });
      const cluster = greenSpec({
        slot,
        ...(slot === 'blue' && {
          datastore: newDatastore,
          migrations: upgrade({ kind: 'bootstrap', forbiddenIdentifiers: [] }),
        }),
      });
      new KongCluster(colour, 'Cluster', { spec: cluster, connections: edge.connections(slot) });
    }
    const assembly = app.synth();
    for (const slot of slots) {
      expect(assembly.getStackByName(`kong-${slot}`).dependencies.map(({ id }) => id)).toContain('kong-edge');
    }
    return JSON.stringify(assembly.getStackByName('kong-edge').template, null, 1);
  }

  test.each([
    ['of our own', systemSpec()],
    ['with an existing network', { ...systemSpec(), network: adoptedSpec().network }],
  ])('the template of an edge %s is the same, byte for byte', (_, spec) => {
    const none = edgeTemplate([], spec);
    expect(edgeTemplate(['blue'], spec)).toBe(none);
    expect(edgeTemplate(['blue', 'green'], spec)).toBe(none);
    expect(edgeTemplate(['green'], spec)).toBe(none);
  });

  test('it needs no look-up at synth', () => {
    const app = new App();
    new KongEdge(new TestStack(app, 'kong-edge', { env: ENV }), 'Edge', { spec: systemSpec() });
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  test('it is synthesised without account and region too', () => {
    const { template } = makeEdge(systemSpec(), {});
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 2);
  });

  test('two of them stand in one app', () => {
    const app = new App();
    for (const name of ['one', 'two']) {
      new KongEdge(new TestStack(app, name, { env: ENV }), 'Edge', { spec: systemSpec() });
    }
    const [one, two] = ['one', 'two'].map((name) => app.synth().getStackByName(name).template);
    const exports = (template: { Outputs: Record<string, { Export?: { Name: string } }> }) =>
      Object.values(template.Outputs).flatMap(({ Export }) => Export?.Name ?? []);
    expect(exports(one).length).toBeGreaterThan(0);
    expect(exports(one).filter((name) => exports(two).includes(name))).toEqual([]);
  });
});

describe('given a network of the user’s own construct', () => {
  test('the edge stands in it and makes none', () => {
    const app = new App();
    const stack = new Stack(app, 'kong-edge', { env: ENV });
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Own', {
      vpcId: 'vpc-0a1b2c3d',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      publicSubnetIds: ['subnet-0a000001', 'subnet-0a000002'],
      privateSubnetIds: ['subnet-0b000001', 'subnet-0b000002'],
    });
    const edge = new KongEdge(stack, 'Edge', { spec: systemSpec(), vpc });
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPC', 0);
    expect(vpc.selectSubnets(edge.connections('green').databaseSubnets).subnetIds).toEqual([
      'subnet-0b000001',
      'subnet-0b000002',
    ]);
  });
});
