import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { nodeFlows, nodeGroupDescription } from '../blueprint/node-flows';
import type { Slot } from '../traffic/weights';
import type { EdgeLoadBalancer } from './load-balancer';

export interface NodeSecurityGroupProps {
  /** Of the system. */
  readonly name: string;
  readonly slot: Slot;
  readonly vpcId: string;
  /** The load balancer that takes the requests. */
  readonly proxy: EdgeLoadBalancer;
  /** The internal one of the Admin API. */
  readonly admin: EdgeLoadBalancer;
}

/**
 * The security group of a slot's nodes. In: what the blueprint lists (lib/blueprint/node-flows.ts). Out: everything,
 * because Kong's upstreams are known to its configuration and not to the template.
 */
export class NodeSecurityGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, props: NodeSecurityGroupProps) {
    super(scope, id);
    const { slot } = props;
    const name = `${props.name}-edge-nodes-${slot}`;
    this.groupId = new SecurityGroup(this, 'Group', {
      namePrefix: `${name}-`,
      description: nodeGroupDescription(slot),
      vpcId: props.vpcId,
      tags: { Name: name },
    }).id;
    new VpcSecurityGroupEgressRule(this, 'Out', {
      securityGroupId: this.groupId,
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: '-1',
      description: 'Upstreams, image pulls, secrets, the database',
    });
    for (const { from, port, inbound, outbound } of nodeFlows(slot)) {
      const balancer = props[from];
      const tcp = { ipProtocol: 'tcp', fromPort: port, toPort: port };
      balancer.securityGroupIds.forEach((balancerGroupId, index) => {
        const flow = `${from === 'proxy' ? 'Proxy' : 'Admin'}${port}${index === 0 ? '' : `From${index + 1}`}`;
        new VpcSecurityGroupIngressRule(this, `${flow}In`, {
          securityGroupId: this.groupId,
          referencedSecurityGroupId: balancerGroupId,
          ...tcp,
          description: inbound,
        });
        // A group that somebody else made is theirs to write: it must let the requests out.
        if (!balancer.own) return;
        new VpcSecurityGroupEgressRule(this, `${flow}Out`, {
          securityGroupId: balancerGroupId,
          referencedSecurityGroupId: this.groupId,
          ...tcp,
          description: outbound,
        });
      });
    }
  }
}
