import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { nodeFlows, nodeGroupDescription } from '../blueprint/node-flows';
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
      description: nodeGroupDescription(slot),
      allowAllOutbound: true,
    });
    for (const { from, port, inbound, outbound } of nodeFlows(slot)) {
      for (const balancer of from === 'proxy' ? proxyFrom : [adminFrom]) {
        this.group.addIngressRule(balancer, ec2.Port.tcp(port), inbound);
        // Without effect on a group that somebody else made; theirs must let the requests out.
        balancer.addEgressRule(this.group, ec2.Port.tcp(port), outbound);
      }
    }
  }
}
