import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { networkRange } from '../blueprint/cidr';
import { NO_RULE, TO_HTTPS, ownListenerSpecs } from '../blueprint/listeners';
import type { ListenerSpec } from '../blueprint/listeners';
import type { EdgeSpec } from '../blueprint/spec';
import { literal } from './literal';
import type { KongNetwork } from './network';

/** What the rest of the edge needs of a load balancer, whoever made it. */
export interface EdgeLoadBalancer {
  readonly arn: string;
  readonly dnsName: string;
  /** `app/NAME/ID`, the CloudWatch dimension. */
  readonly fullName: string;
  readonly securityGroupIds: readonly string[];
  /** Its security groups are ours to write rules into. */
  readonly own: boolean;
}

export interface OwnLoadBalancerProps {
  /** Begins the names, with what follows added by AWS: `<system>-edge-proxy`. */
  readonly name: string;
  readonly spec: EdgeSpec['loadBalancer'];
  readonly network: KongNetwork;
  /** The Admin API never faces the internet. */
  readonly internetFacing: boolean;
  readonly logPrefix: string;
  readonly description: string;
}

/** An Application Load Balancer with a security group of its own, which lets out nothing but what is added. */
export class OwnLoadBalancer extends Construct implements EdgeLoadBalancer {
  readonly arn: string;
  readonly dnsName: string;
  readonly fullName: string;
  readonly securityGroupIds: readonly string[];
  readonly own = true;

  constructor(scope: Construct, id: string, props: OwnLoadBalancerProps) {
    super(scope, id);
    const { name, spec, network, internetFacing } = props;
    const group = new SecurityGroup(this, 'SecurityGroup', {
      namePrefix: `${name}-`,
      description: props.description,
      vpcId: network.vpcId,
      tags: { Name: name },
    });
    // Without a name: one has 32 characters at most, and the system's has 30 of them.
    const balancer = new Lb(this, 'Resource', {
      loadBalancerType: 'application',
      internal: !internetFacing,
      subnets: internetFacing ? network.publicSubnetIds : network.nodeSubnetIds,
      securityGroups: [group.id],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: spec.deletionProtection,
      idleTimeout: spec.idleTimeoutSeconds,
      // The bucket exists, and its policy is its owner's.
      ...(spec.accessLogsBucket !== undefined && {
        accessLogs: { enabled: true, bucket: literal(spec.accessLogsBucket), prefix: props.logPrefix },
      }),
      tags: { Name: name },
      ...(internetFacing && network.wayOut.length > 0 && { dependsOn: network.wayOut }),
    });
    this.arn = balancer.arn;
    this.dnsName = balancer.dnsName;
    this.fullName = balancer.arnSuffix;
    this.securityGroupIds = [group.id];
  }

  /** Opens a port to address ranges. */
  admit(cidrs: readonly string[], port: number): void {
    const [securityGroupId] = this.securityGroupIds;
    for (const cidr of new Set(cidrs.map(networkRange))) {
      // By the range and not by its place in the list, which changes when one is taken out.
      new VpcSecurityGroupIngressRule(this, `Port${port}From${cidr.replace(/[^0-9]/g, '-')}`, {
        securityGroupId: securityGroupId!,
        cidrIpv4: literal(cidr),
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
        description: `Port ${port}`,
      });
    }
  }
}

/** A load balancer that somebody else made: nothing of it is changed, our rules are added to its listeners. */
export const adoptedLoadBalancer = (adopted: NonNullable<EdgeSpec['adopted']>): EdgeLoadBalancer => ({
  arn: adopted.loadBalancerArn,
  dnsName: adopted.dnsName,
  fullName: adopted.loadBalancerArn.split(':loadbalancer/')[1] ?? '',
  securityGroupIds: literal(adopted.securityGroupIds),
  own: false,
});

/** ARNs of the own listeners; a listener that only redirects is not here, because no rule stands on it. */
export type ListenerArns = Partial<Record<'http' | 'https', string>>;

/** HTTP (forward, redirect or off) and HTTPS. Rules are added by whoever owns them; the default answers 503. */
export function ownListeners(edge: OwnLoadBalancer, spec: EdgeSpec): ListenerArns {
  const { http, https } = ownListenerSpecs(spec);
  const listen = (listener: ListenerSpec): string => {
    edge.admit(spec.loadBalancer.allowedCidrs, listener.port);
    return addListener(edge, listener);
  };
  const httpArn = http && listen(http);
  return {
    ...(http?.otherwise === 'answer' && httpArn !== undefined && { http: httpArn }),
    ...(https && { https: listen(https) }),
  };
}

/** ARN of the listener made. */
export const addListener = (edge: OwnLoadBalancer, { id, port, tls, otherwise }: ListenerSpec): string =>
  new LbListener(edge, id, {
    loadBalancerArn: edge.arn,
    port,
    protocol: tls ? 'HTTPS' : 'HTTP',
    ...(tls && { certificateArn: literal(tls.certificateArn), sslPolicy: literal(tls.sslPolicy) }),
    defaultAction: [
      otherwise === 'redirect'
        ? { type: 'redirect', redirect: { ...TO_HTTPS } }
        : { type: 'fixed-response', fixedResponse: { ...NO_RULE, statusCode: String(NO_RULE.statusCode) } },
    ],
  }).arn;
