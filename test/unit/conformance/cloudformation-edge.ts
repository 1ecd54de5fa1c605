import { shapesOfActions, shapesOfConditions } from './elb-shapes';
import type { Found, Listener, LoadBalancer, Findings, Rule, Subnet, TargetGroup } from './meaning';
import type { Made, Paper } from './world';
import { list, marked, ofType, said, scalar, secretValue } from './world';

export function networkOf(paper: Paper): Pick<Findings, 'networks' | 'subnets' | 'natGateways'> {
  const logs = ofType(paper, 'AWS::EC2::FlowLog');
  return {
    networks: ofType(paper, 'AWS::EC2::VPC').map(({ at, props }) => ({
      at,
      is: said({
        cidr: props.CidrBlock,
        dnsHostnames: props.EnableDnsHostnames,
        dnsSupport: props.EnableDnsSupport,
        internetGateway: ofType(paper, 'AWS::EC2::VPCGatewayAttachment').some((a) => marked(a.props.VpcId) === at),
        flowLog: logs
          .filter((log) => marked(log.props.ResourceId) === at)
          .map((log) => ({
            traffic: log.props.TrafficType,
            logGroup: log.props.LogGroupName,
            role: log.props.DeliverLogsPermissionArn,
          }))[0],
      }),
    })),
    subnets: ofType(paper, 'AWS::EC2::Subnet').map(({ at, props }) => ({
      at,
      is: {
        network: props.VpcId,
        zone: props.AvailabilityZone,
        cidr: props.CidrBlock,
        publicAddresses: props.MapPublicIpOnLaunch ?? false,
        routes: routesOf(paper, at),
      },
    })),
    natGateways: ofType(paper, 'AWS::EC2::NatGateway').map(({ at, props }) => ({
      at,
      is: {
        subnet: props.SubnetId,
        ownAddress: ofType(paper, 'AWS::EC2::EIP').some((e) => e.at === marked(props.AllocationId)),
      },
    })),
  };
}

function routesOf(paper: Paper, subnet: string): Subnet['routes'] {
  const tables = ofType(paper, 'AWS::EC2::SubnetRouteTableAssociation')
    .filter(({ props }) => marked(props.SubnetId) === subnet)
    .map(({ props }) => marked(props.RouteTableId));
  return ofType(paper, 'AWS::EC2::Route')
    .filter(({ props }) => tables.includes(marked(props.RouteTableId)))
    .map(({ props }) => ({ to: props.DestinationCidrBlock, through: props.GatewayId ?? props.NatGatewayId }));
}

const attributes = (pairs: any): Record<string, any> =>
  Object.fromEntries(list<any>(pairs).map(({ Key, Value }) => [Key, scalar(Value)]));

export const loadBalancersOf = (paper: Paper): Found<LoadBalancer>[] =>
  ofType(paper, 'AWS::ElasticLoadBalancingV2::LoadBalancer').map(({ at, props }) => {
    const of = attributes(props.LoadBalancerAttributes);
    return {
      at,
      is: {
        type: props.Type,
        scheme: props.Scheme,
        subnets: props.Subnets,
        securityGroups: props.SecurityGroups,
        idleTimeoutSeconds: of['idle_timeout.timeout_seconds'],
        dropsInvalidHeaders: of['routing.http.drop_invalid_header_fields.enabled'] ?? false,
        deletionProtection: of['deletion_protection.enabled'] ?? false,
        ...(of['access_logs.s3.enabled'] === true && {
          accessLogs: { bucket: of['access_logs.s3.bucket'], prefix: of['access_logs.s3.prefix'] },
        }),
      },
    };
  });

export const listenersOf = (paper: Paper): Found<Listener>[] =>
  ofType(paper, 'AWS::ElasticLoadBalancingV2::Listener').map(({ at, props }) => ({
    at,
    is: said({
      loadBalancer: props.LoadBalancerArn,
      port: props.Port,
      protocol: props.Protocol,
      certificate: props.Certificates?.[0].CertificateArn,
      sslPolicy: props.SslPolicy,
      otherwise: shapesOfActions(props.DefaultActions),
    }),
  }));

export const targetGroupsOf = (paper: Paper): Found<TargetGroup>[] =>
  ofType(paper, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(({ at, props }) => {
    const of = attributes(props.TargetGroupAttributes);
    return {
      at,
      is: {
        port: props.Port,
        protocol: props.Protocol,
        targets: props.TargetType,
        network: props.VpcId,
        drainSeconds: of['deregistration_delay.timeout_seconds'],
        sticky: of['stickiness.enabled'],
        health: {
          protocol: props.HealthCheckProtocol,
          port: Number(props.HealthCheckPort),
          path: props.HealthCheckPath,
          intervalSeconds: props.HealthCheckIntervalSeconds,
          timeoutSeconds: props.HealthCheckTimeoutSeconds,
          healthyCount: props.HealthyThresholdCount,
          unhealthyCount: props.UnhealthyThresholdCount,
          codes: props.Matcher.HttpCode,
        },
      },
    };
  });

/** Rules of CloudFormation's own, and those that a handler makes and whose weights no deployment touches. */
export const rulesOf = (paper: Paper): Found<Rule>[] => [
  ...ofType(paper, 'AWS::ElasticLoadBalancingV2::ListenerRule').map(({ at, props, after }) => ({
    at,
    is: {
      listener: props.ListenerArn,
      priority: props.Priority,
      conditions: shapesOfConditions(props.Conditions),
      actions: shapesOfActions(props.Actions),
      live: 'nothing' as const,
      kept: false,
      guarded: after.some(
        (one) => paper.made.find(({ at: other }) => other === one)?.type === 'Custom::KongWeightsGuard',
      ),
    },
  })),
  ...ofType(paper, 'Custom::KongWeightedRule').map(weightedRule),
  ...ofType(paper, 'Custom::KongFreezeRule').map(({ at, props }) => ({
    at,
    is: {
      listener: props.ListenerArn,
      priority: props.Priority,
      conditions: shapesOfConditions(JSON.parse(props.Conditions)),
      actions: shapesOfActions(JSON.parse(props.Actions)),
      live: 'conditions and actions' as const,
      kept: false,
      guarded: false,
    },
  })),
];

/** As the handler makes it (lib/handlers/weighted-rule). */
function weightedRule({ at, props }: Made): Found<Rule> {
  const before = (JSON.parse(props.ActionsBefore) as any[]).map((action) =>
    action.AuthenticateOidcConfig === undefined || props.OidcClientSecretArn === undefined
      ? action
      : {
          ...action,
          AuthenticateOidcConfig: {
            ...action.AuthenticateOidcConfig,
            UseExistingClientSecret: undefined,
            ClientSecret: secretValue(props.OidcClientSecretArn, props.OidcClientSecretField ?? ''),
          },
        },
  );
  const forward = {
    Type: 'forward',
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: props.BlueTargetGroupArn, Weight: Number(props.BlueWeight) },
        { TargetGroupArn: props.GreenTargetGroupArn, Weight: Number(props.GreenWeight) },
      ],
      ...(props.StickinessSeconds !== undefined && {
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: Number(props.StickinessSeconds) },
      }),
    },
  };
  return {
    at,
    is: {
      listener: props.ListenerArn,
      priority: Number(props.Priority),
      conditions: shapesOfConditions(JSON.parse(props.Conditions)),
      actions: shapesOfActions([...before, forward]),
      live: 'weights',
      kept: true,
      guarded: false,
    },
  };
}

export function flowsOf(paper: Paper): Findings['flows'] {
  const groups = ofType(paper, 'AWS::EC2::SecurityGroup').flatMap(({ at, props }) => [
    ...list<any>(props.SecurityGroupIngress).map((rule) => flow('in', `⟦${at}|id⟧`, rule)),
    ...list<any>(props.SecurityGroupEgress)
      // CDK's word for "nothing": a group of CloudFormation without egress rules lets everything out.
      .filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32')
      .map((rule) => flow('out', `⟦${at}|id⟧`, rule)),
    // And this is how it comes to be there.
    ...(list(props.SecurityGroupEgress).length === 0 && !ownEgress(paper, at)
      ? [{ flow: `out of ⟦${at}|id⟧ to 0.0.0.0/0: all`, why: 'CloudFormation, where nothing is said' }]
      : []),
  ]);
  return [
    ...groups,
    ...ofType(paper, 'AWS::EC2::SecurityGroupIngress').map(({ props }) => flow('in', props.GroupId, props)),
    ...ofType(paper, 'AWS::EC2::SecurityGroupEgress').map(({ props }) => flow('out', props.GroupId, props)),
  ];
}

/** Once a rule of its own is added, CloudFormation takes the default one away. */
const ownEgress = (paper: Paper, group: string): boolean =>
  ofType(paper, 'AWS::EC2::SecurityGroupEgress').some(({ props }) => marked(props.GroupId) === group);

function flow(direction: 'in' | 'out', group: string, rule: any): Findings['flows'][number] {
  const other = rule.CidrIp ?? rule.CidrIpv6 ?? rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  return {
    flow: flowText(direction, group, other, rule.IpProtocol, rule.FromPort, rule.ToPort),
    why: rule.Description,
  };
}

export const flowText = (
  direction: 'in' | 'out',
  group: string,
  other: string,
  protocol: string | number,
  from?: number,
  to?: number,
): string =>
  `${direction === 'in' ? `into ${group} from ${other}` : `out of ${group} to ${other}`}: ${
    String(protocol) === '-1' ? 'all' : `${protocol} ${from ?? 'any'}${from === to ? '' : `-${to ?? 'any'}`}`
  }`;
