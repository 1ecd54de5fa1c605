import { adoptedSpec, makeEdge, systemSpec } from './fixtures';

describe('given a network to be made', () => {
  const { template } = makeEdge(systemSpec({}, { network: { kind: 'create', cidr: '10.30.0.0/16', natGateways: 2 } }));

  test('it has public, node and isolated database subnets in two zones, and the NAT gateways asked for', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.30.0.0/16' });
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    template.resourcePropertiesCountIs('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true }, 0);
    const routes = Object.keys(template.findResources('AWS::EC2::Route'));
    expect(routes.filter((id) => id.includes('Database'))).toEqual([]);
  });

  test('its flow logs are kept for a month, and no custom resource is made for it', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { LogDestinationType: 'cloud-watch-logs' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.resourceCountIs('Custom::VpcRestrictDefaultSG', 0);
  });
});

describe('given an existing network', () => {
  test('subnets are taken by id, whatever their number', () => {
    const { template, edge } = makeEdge(adoptedSpec());
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Subnets: ['subnet-0b000001', 'subnet-0b000002', 'subnet-0b000003'],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { VpcId: 'vpc-0a1b2c3d' });
    const { vpc, databaseSubnets } = edge.connections('green');
    expect(vpc.selectSubnets(databaseSubnets).subnetIds).toEqual(['subnet-0c000001', 'subnet-0c000002']);
  });
});
