import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PORTS } from '../blueprint/spec';
import type { Slot } from '../traffic/weights';

export interface NodeSecurityGroupProps {
  readonly slot: Slot;
  readonly vpc: ec2.IVpc;
  /** Security groups of the load balancer that takes the requests. */
  readonly proxyFrom: readonly ec2.ISecurityGroup[];
  readonly adminFrom: ec2.ISecurityGroup;
}

/**
 * The security group of a slot's nodes. In: proxy and status port from the load balancer, Admin and status port from
 * the internal one; CDK would open the traffic port alone, and every node would be unhealthy. Out: everything, because
 * Kong's upstreams are known to its configuration and not to the template.
 */
export class NodeSecurityGroup extends Construct {
  readonly group: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { slot, vpc, proxyFrom, adminFrom }: NodeSecurityGroupProps) {
    super(scope, id);
    this.group = new ec2.SecurityGroup(this, 'Group', {
      vpc,
      description: `Kong nodes of the ${slot} slot`,
      allowAllOutbound: true,
    });
    const open = (from: ec2.ISecurityGroup, port: number, what: string): void => {
      this.group.addIngressRule(from, ec2.Port.tcp(port), `${what} from the load balancer`);
      // Without effect on a group that somebody else made; theirs must let the requests out.
      from.addEgressRule(this.group, ec2.Port.tcp(port), `${what} of the ${slot} nodes`);
    };
    for (const from of proxyFrom) {
      open(from, PORTS.proxy, 'Proxy');
      open(from, PORTS.status, 'Health checks');
    }
    open(adminFrom, PORTS.admin, 'Admin API');
    open(adminFrom, PORTS.status, 'Health checks');
  }
}
