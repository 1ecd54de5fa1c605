import { createHash } from 'node:crypto';
import { resource } from '../by-type';
import { ACCOUNT, REGION, byType, given, list, nameOf, optionalText, tagList, text } from '../cloud';
import type { ResourceType } from '../resource-type';
import type { Values } from '../values';

const arn = (kind: string, id: string): string => `arn:aws:ec2:${REGION}:${ACCOUNT}:${kind}/${id}`;

/** Inline routes and rules have resources of their own here. */
function refuseInline(values: Values, names: readonly string[]): void {
  for (const name of names)
    if (list(values[name]).length > 0)
      throw new Error(`the stand-in does not model inline ${name}: use a resource for each`);
}

export const vpc = resource({
  type: 'AWS::EC2::VPC',
  forceNew: ['cidr_block', 'instance_tenancy'],
  defaults: { enable_dns_support: true, instance_tenancy: 'default' },
  properties: (v) =>
    given({
      CidrBlock: v['cidr_block'],
      EnableDnsSupport: v['enable_dns_support'],
      EnableDnsHostnames: v['enable_dns_hostnames'],
      Tags: tagList(v),
    }),
  made: ({ id, attributes }, v) => ({
    id,
    arn: arn('vpc', id),
    owner_id: ACCOUNT,
    enable_dns_hostnames: v['enable_dns_hostnames'] ?? false,
    default_security_group_id: attributes['DefaultSecurityGroup'],
    default_network_acl_id: attributes['DefaultNetworkAcl'],
  }),
});

const ATTACHMENT = 'AWS::EC2::VPCGatewayAttachment';
const gateway = resource({
  type: 'AWS::EC2::InternetGateway',
  properties: (v) => ({ Tags: tagList(v) }),
  made: ({ id }) => ({ id, arn: arn('internet-gateway', id), owner_id: ACCOUNT }),
});
const attachment = (state: Values) => ({ VpcId: state['vpc_id'], InternetGatewayId: state['id'] });

export const internetGateway: ResourceType = {
  ...gateway,
  forceNew: ['vpc_id'], // the real one moves it
  async create(plan) {
    const made = await gateway.create(plan);
    if (made['vpc_id'])
      await byType({ action: 'create', type: ATTACHMENT, name: 'attachment', properties: attachment(made) });
    return made;
  },
  async remove(state) {
    if (state['vpc_id'])
      await byType({
        action: 'delete',
        type: ATTACHMENT,
        name: 'attachment',
        id: `${text(state['id'])}|${text(state['vpc_id'])}`,
        properties: attachment(state),
      });
    await gateway.remove(state);
  },
};

export const subnet = resource({
  type: 'AWS::EC2::Subnet',
  forceNew: ['vpc_id', 'cidr_block', 'availability_zone', 'availability_zone_id'],
  defaults: { private_dns_hostname_type_on_launch: 'ip-name' },
  properties: (v) =>
    given({
      VpcId: v['vpc_id'],
      CidrBlock: v['cidr_block'],
      AvailabilityZone: optionalText(v['availability_zone']),
      MapPublicIpOnLaunch: v['map_public_ip_on_launch'] ?? false,
      Tags: tagList(v),
    }),
  made: ({ id, attributes }) => ({
    id,
    arn: arn('subnet', id),
    owner_id: ACCOUNT,
    availability_zone: attributes['AvailabilityZone'],
  }),
});

export const eip = resource({
  type: 'AWS::EC2::EIP',
  forceNew: ['domain', 'network_border_group', 'public_ipv4_pool'],
  properties: (v) => given({ Domain: v['domain'], Tags: tagList(v) }),
  id: (state) => text(state['public_ip']),
  made: ({ attributes }) => ({
    id: attributes['AllocationId'],
    allocation_id: attributes['AllocationId'],
    arn: arn('elastic-ip', text(attributes['AllocationId'] as string)),
    public_ip: attributes['PublicIp'],
    domain: 'vpc',
  }),
});

export const natGateway = resource({
  type: 'AWS::EC2::NatGateway',
  forceNew: ['subnet_id', 'allocation_id', 'connectivity_type', 'private_ip'],
  defaults: { connectivity_type: 'public' },
  properties: (v) =>
    given({
      SubnetId: v['subnet_id'],
      AllocationId: v['allocation_id'],
      ConnectivityType: v['connectivity_type'],
      Tags: tagList(v),
    }),
  made: ({ id }) => ({ id }),
});

export const routeTable = resource({
  type: 'AWS::EC2::RouteTable',
  forceNew: ['vpc_id'],
  properties: (v) => {
    refuseInline(v, ['route']);
    return { VpcId: v['vpc_id'], Tags: tagList(v) };
  },
  made: ({ id }) => ({ id, arn: arn('route-table', id), owner_id: ACCOUNT, route: [], propagating_vgws: [] }),
});

const destination = (v: Values): string =>
  text(v['destination_cidr_block']) || text(v['destination_ipv6_cidr_block']) || text(v['destination_prefix_list_id']);

export const route = resource({
  type: 'AWS::EC2::Route',
  forceNew: ['route_table_id', 'destination_cidr_block', 'destination_ipv6_cidr_block', 'destination_prefix_list_id'],
  properties: (v) =>
    given({
      RouteTableId: v['route_table_id'],
      DestinationCidrBlock: optionalText(v['destination_cidr_block']),
      DestinationIpv6CidrBlock: optionalText(v['destination_ipv6_cidr_block']),
      GatewayId: optionalText(v['gateway_id']),
      NatGatewayId: optionalText(v['nat_gateway_id']),
      TransitGatewayId: optionalText(v['transit_gateway_id']),
      VpcPeeringConnectionId: optionalText(v['vpc_peering_connection_id']),
    }),
  id: (state) => `${text(state['route_table_id'])}|${destination(state)}`,
  made: (_, v) => ({
    id: `r-${text(v['route_table_id'])}${createHash('sha1').update(destination(v)).digest('hex').slice(0, 10)}`,
    origin: 'CreateRoute',
    state: 'active',
  }),
});

export const routeTableAssociation = resource({
  type: 'AWS::EC2::SubnetRouteTableAssociation',
  forceNew: ['subnet_id', 'gateway_id', 'route_table_id'], // the real one replaces the route table in place
  properties: (v) => ({ SubnetId: v['subnet_id'], RouteTableId: v['route_table_id'] }),
  made: ({ id }) => ({ id }),
});

export const flowLog = resource({
  type: 'AWS::EC2::FlowLog',
  forceNew: [
    'deliver_cross_account_role',
    'eni_id',
    'iam_role_arn',
    'log_destination',
    'log_destination_type',
    'log_format',
    'max_aggregation_interval',
    'subnet_id',
    'traffic_type',
    'transit_gateway_id',
    'vpc_id',
  ],
  defaults: { log_destination_type: 'cloud-watch-logs', max_aggregation_interval: 600 },
  properties: (v) =>
    given({
      ResourceId: v['vpc_id'] ?? v['subnet_id'],
      TrafficType: v['traffic_type'],
      LogDestination: v['log_destination'],
      Tags: tagList(v),
    }),
  made: ({ id }) => ({ id, arn: arn('vpc-flow-log', id) }),
});

export const securityGroup = resource({
  type: 'AWS::EC2::SecurityGroup',
  forceNew: ['name', 'name_prefix', 'description', 'vpc_id'],
  defaults: { description: 'Managed by Terraform', revoke_rules_on_delete: false },
  prepare: (v) => ({ name: nameOf(v) }),
  properties: (v) => {
    refuseInline(v, ['ingress', 'egress']);
    return given({
      GroupName: v['name'],
      GroupDescription: v['description'],
      VpcId: v['vpc_id'],
      SecurityGroupEgress: [], // the provider takes AWS's "allow all" out of a new group
      Tags: tagList(v),
    });
  },
  made: ({ id }) => ({ id, arn: arn('security-group', id), owner_id: ACCOUNT, ingress: [], egress: [] }),
});

const rule = (direction: 'Ingress' | 'Egress'): ResourceType =>
  resource({
    type: `AWS::EC2::SecurityGroup${direction}`,
    forceNew: ['security_group_id'],
    properties: (v) =>
      given({
        GroupId: v['security_group_id'],
        IpProtocol: v['ip_protocol'],
        FromPort: v['from_port'],
        ToPort: v['to_port'],
        CidrIp: v['cidr_ipv4'],
        CidrIpv6: v['cidr_ipv6'],
        Description: v['description'],
        [direction === 'Ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId']:
          v['referenced_security_group_id'],
      }),
    made: ({ id }) => ({ id, security_group_rule_id: id, arn: arn('security-group-rule', id) }),
  });

export const ingressRule = rule('Ingress');
export const egressRule = rule('Egress');
