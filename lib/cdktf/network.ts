import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { FlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { Fn, Token } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { FLOW_LOG_DAYS, networkLayout } from '../blueprint/network-layout';
import type { SubnetKind } from '../blueprint/network-layout';
import type { NetworkSpec } from '../blueprint/spec';
import { literal } from './literal';
import { ServiceRole } from './service-role';

/** A network by its ids, which may be references to resources and data sources of your own. */
export interface NetworkIds {
  readonly vpcId: string;
  /** For a load balancer with scheme internet-facing. */
  readonly publicSubnetIds: string[];
  /** Private with a way out: image pulls, secrets, upstreams. Internal load balancers stand here too. */
  readonly nodeSubnetIds: string[];
  readonly databaseSubnetIds: string[];
}

export interface KongNetworkProps {
  /** Of the system. */
  readonly name: string;
  readonly spec: NetworkSpec;
  /** Somebody's own network. @default - made or described as `spec` says */
  readonly given?: NetworkIds;
}

/** The network that both slots share: made, described by ids, or somebody's own. */
export class KongNetwork extends Construct implements NetworkIds {
  readonly vpcId: string;
  readonly publicSubnetIds: string[];
  readonly nodeSubnetIds: string[];
  readonly databaseSubnetIds: string[];
  /** What must stand before a load balancer that faces the internet, and longer than it. */
  readonly wayOut: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, { name, spec, given }: KongNetworkProps) {
    super(scope, id);
    const ids = given ?? (spec.kind === 'create' ? this.make(`${name}-edge`, spec) : existing(spec));
    this.vpcId = ids.vpcId;
    this.publicSubnetIds = ids.publicSubnetIds;
    this.nodeSubnetIds = ids.nodeSubnetIds;
    this.databaseSubnetIds = ids.databaseSubnetIds;
  }

  private make(name: string, spec: Extract<NetworkSpec, { kind: 'create' }>): NetworkIds {
    const { cidr, subnets, natGateways } = networkLayout(spec);
    const vpc = new Vpc(this, 'Vpc', {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    this.flowLog(name, vpc);
    const zones = new DataAwsAvailabilityZones(this, 'Zones', {
      state: 'available',
      // Local and Wavelength zones have neither load balancers nor databases as regions have.
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    });
    const internet = new InternetGateway(this, 'Internet', { vpcId: vpc.id, tags: { Name: name } });
    const made = (kind: SubnetKind, route?: (index: number) => { gatewayId: string } | { natGatewayId: string }) =>
      subnets[kind].map((cidrBlock, index) => {
        const id = `${kind[0]!.toUpperCase()}${kind.slice(1)}${index + 1}`;
        const tags = { Name: `${name}-${kind}-${index + 1}` };
        const subnet = new Subnet(this, `${id}Subnet`, {
          vpcId: vpc.id,
          cidrBlock,
          availabilityZone: Token.asString(Fn.element(zones.names, index)),
          mapPublicIpOnLaunch: false,
          tags,
          // The list of zones changes when AWS opens or closes one, and another zone would replace the subnet.
          lifecycle: { ignoreChanges: ['availability_zone'] },
        });
        const table = new RouteTable(this, `${id}Routes`, { vpcId: vpc.id, tags });
        const association = new RouteTableAssociation(this, `${id}Association`, {
          subnetId: subnet.id,
          routeTableId: table.id,
        });
        const out =
          route &&
          new Route(this, `${id}Out`, { routeTableId: table.id, destinationCidrBlock: '0.0.0.0/0', ...route(index) });
        return { subnet, reachable: out ? [out, association] : [association] };
      });
    const open = made('public', () => ({ gatewayId: internet.id }));
    this.wayOut.push(...open.flatMap(({ reachable }) => reachable));
    const gateways = open.slice(0, natGateways).map(({ subnet, reachable }, index) => {
      const tags = { Name: `${name}-nat-${index + 1}` };
      const address = new Eip(this, `Nat${index + 1}Address`, { domain: 'vpc', tags, dependsOn: [internet] });
      return new NatGateway(this, `Nat${index + 1}`, {
        allocationId: address.allocationId,
        subnetId: subnet.id,
        tags,
        dependsOn: reachable,
      });
    });
    const nodes = made('nodes', (index) => ({ natGatewayId: gateways[Math.min(index, gateways.length - 1)]!.id }));
    const database = made('database');
    const ids = (all: readonly { readonly subnet: Subnet }[]): string[] => all.map(({ subnet }) => subnet.id);
    return {
      vpcId: vpc.id,
      publicSubnetIds: ids(open),
      nodeSubnetIds: ids(nodes),
      databaseSubnetIds: ids(database),
    };
  }

  private flowLog(name: string, vpc: Vpc): void {
    const log = new CloudwatchLogGroup(this, 'FlowLogs', {
      name: `${name}-flow-logs`,
      retentionInDays: FLOW_LOG_DAYS,
    });
    const role = new ServiceRole(this, 'FlowLogRole', {
      name: `${name}-flow-logs`,
      service: 'vpc-flow-logs',
      description: 'Writes the flow logs of the Kong network',
      statements: [
        {
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          resources: [`${log.arn}:*`],
        },
      ],
    });
    new FlowLog(this, 'FlowLog', {
      vpcId: vpc.id,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: log.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
      dependsOn: [role.policy],
    });
  }
}

const existing = (spec: Extract<NetworkSpec, { kind: 'existing' }>): NetworkIds => ({
  vpcId: literal(spec.vpcId),
  publicSubnetIds: literal(spec.publicSubnetIds),
  nodeSubnetIds: literal(spec.nodeSubnetIds),
  databaseSubnetIds: literal(spec.databaseSubnetIds),
});
