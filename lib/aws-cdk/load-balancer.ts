import { Duration, Validations, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { NO_RULE, TO_HTTPS, ownListenerSpecs } from '../blueprint/listeners';
import type { ListenerSpec } from '../blueprint/listeners';
import type { EdgeSpec } from '../blueprint/spec';
import type { KongNetwork } from './network';

/** What the rest of the edge needs of a load balancer, whoever made it. */
export interface EdgeLoadBalancer {
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly arn: string;
  readonly dnsName: string;
  /** `app/NAME/ID`, the CloudWatch dimension. */
  readonly fullName: string;
  readonly securityGroups: readonly ec2.ISecurityGroup[];
}

/** An Application Load Balancer with a security group of its own, which lets out nothing but what is added. */
export class OwnLoadBalancer extends Construct implements EdgeLoadBalancer {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly arn: string;
  readonly dnsName: string;
  readonly fullName: string;
  readonly securityGroups: readonly ec2.SecurityGroup[];

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly spec: EdgeSpec['loadBalancer'];
      readonly network: KongNetwork;
      /** The Admin API never faces the internet. */
      readonly internetFacing: boolean;
      readonly logPrefix: string;
      readonly description: string;
    },
  ) {
    super(scope, id);
    const { spec, network, internetFacing } = props;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: props.description,
      allowAllOutbound: false,
    });
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc: network.vpc,
      vpcSubnets: internetFacing ? network.publicSubnets : network.nodeSubnets,
      internetFacing,
      securityGroup,
      dropInvalidHeaderFields: true,
      deletionProtection: spec.deletionProtection,
      idleTimeout: Duration.seconds(spec.idleTimeoutSeconds),
    });
    if (spec.accessLogsBucket !== undefined) {
      // By attribute: the bucket exists, and its policy is its owner's.
      this.loadBalancer.setAttribute('access_logs.s3.enabled', 'true');
      this.loadBalancer.setAttribute('access_logs.s3.bucket', spec.accessLogsBucket);
      this.loadBalancer.setAttribute('access_logs.s3.prefix', props.logPrefix);
    } else {
      Validations.of(this.loadBalancer).acknowledge({
        id: 'AwsSolutions-ELB2',
        reason: 'access logs go to a bucket that the settings name (edge.loadBalancer.accessLogsBucket); none is named',
      });
    }
    this.securityGroups = [securityGroup];
    this.arn = this.loadBalancer.loadBalancerArn;
    this.dnsName = this.loadBalancer.loadBalancerDnsName;
    this.fullName = this.loadBalancer.loadBalancerFullName;
  }

  /** Opens a port to address ranges. */
  admit(cidrs: readonly string[], port: number): void {
    for (const group of this.securityGroups) {
      for (const cidr of cidrs) group.addIngressRule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), `Port ${port}`);
      if (cidrs.includes('0.0.0.0/0')) {
        Validations.of(group).acknowledge({
          id: 'AwsSolutions-EC23',
          reason: 'a public gateway takes requests from anywhere; edge.loadBalancer.allowedCidrs narrows it',
        });
      }
    }
  }
}

/** A load balancer that somebody else made: nothing of it is changed, our rules are added to its listeners. */
export function adoptedLoadBalancer(
  scope: Construct,
  adopted: NonNullable<EdgeSpec['adopted']>,
  vpc: ec2.IVpc,
): EdgeLoadBalancer {
  const securityGroups = adopted.securityGroupIds.map((groupId, index) =>
    ec2.SecurityGroup.fromSecurityGroupId(scope, `AdoptedSecurityGroup${index + 1}`, groupId, { mutable: false }),
  );
  const loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Adopted', {
    loadBalancerArn: adopted.loadBalancerArn,
    loadBalancerDnsName: adopted.dnsName,
    securityGroupId: adopted.securityGroupIds[0] ?? '',
    vpc,
  });
  return {
    loadBalancer,
    arn: adopted.loadBalancerArn,
    dnsName: adopted.dnsName,
    fullName: adopted.loadBalancerArn.split(':loadbalancer/')[1] ?? '',
    securityGroups,
  };
}

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
export function addListener({ loadBalancer }: OwnLoadBalancer, { id, port, tls, otherwise }: ListenerSpec): string {
  return loadBalancer.addListener(id, {
    port,
    protocol: tls ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
    open: false,
    ...(tls && {
      certificates: [elbv2.ListenerCertificate.fromArn(tls.certificateArn)],
      sslPolicy: tls.sslPolicy as elbv2.SslPolicy,
    }),
    defaultAction:
      otherwise === 'redirect'
        ? elbv2.ListenerAction.redirect({ protocol: TO_HTTPS.protocol, port: TO_HTTPS.port, permanent: true })
        : elbv2.ListenerAction.fixedResponse(NO_RULE.statusCode, NO_RULE),
  }).listenerArn;
}
