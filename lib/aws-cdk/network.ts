import { RemovalPolicy, aws_ec2 as ec2, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { FLOW_LOG_DAYS, SUBNET_PREFIXES, ZONES, networkLayout } from '../blueprint/network-layout';
import type { NetworkSpec } from '../blueprint/spec';

/** The network that both slots share: made, described by ids, or somebody's own construct. */
export class KongNetwork extends Construct {
  readonly vpc: ec2.IVpc;
  /** For a load balancer with scheme internet-facing. */
  readonly publicSubnets: ec2.SubnetSelection;
  /** Private with a way out: image pulls, secrets, upstreams. Internal load balancers stand here too. */
  readonly nodeSubnets: ec2.SubnetSelection;
  readonly databaseSubnets: ec2.SubnetSelection;

  constructor(scope: Construct, id: string, spec: NetworkSpec, vpc?: ec2.IVpc) {
    super(scope, id);
    this.publicSubnets = { subnetType: ec2.SubnetType.PUBLIC };
    this.nodeSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    this.databaseSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    if (vpc) {
      this.vpc = vpc;
      // The owner's network may have no isolated subnets; private ones hide a database just as well.
      if (vpc.isolatedSubnets.length === 0) this.databaseSubnets = this.nodeSubnets;
    } else if (spec.kind === 'create') {
      this.vpc = this.make(spec);
    } else {
      this.vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: spec.vpcId,
        vpcCidrBlock: spec.cidr,
        availabilityZones: spec.availabilityZones,
      });
      // Subnets by id and not in groups of one per zone: an owner may well have two in a zone.
      this.publicSubnets = this.subnets('Public', spec.publicSubnetIds);
      this.nodeSubnets = this.subnets('Node', spec.nodeSubnetIds);
      this.databaseSubnets = this.subnets('Database', spec.databaseSubnetIds);
    }
  }

  private make(spec: Extract<NetworkSpec, { kind: 'create' }>): ec2.IVpc {
    const { cidr, natGateways } = networkLayout(spec);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      maxAzs: ZONES,
      natGateways,
      // Nothing uses the default group, and emptying it costs a custom resource.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        {
          name: 'Public',
          subnetType: ec2.SubnetType.PUBLIC,
          cidrMask: SUBNET_PREFIXES.public,
          mapPublicIpOnLaunch: false,
        },
        { name: 'Nodes', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: SUBNET_PREFIXES.nodes },
        { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: SUBNET_PREFIXES.database },
      ],
    });
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      retention: FLOW_LOG_DAYS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup) });
    return vpc;
  }

  private subnets(name: string, ids: readonly string[]): ec2.SubnetSelection {
    return { subnets: ids.map((id, index) => ec2.Subnet.fromSubnetId(this, `${name}Subnet${index + 1}`, id)) };
  }
}
