import {
  DescribeAccountLimitsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type Listener,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { KongDualClusterError } from '../errors';
import { collectPages } from './pages';
import type { LoadBalancerReading, TargetGroupReading } from './readings';

const isArn = (text: string): boolean => text.startsWith('arn:');

/** @throws KongDualClusterError ADOPT_LOAD_BALANCER_NOT_FOUND, ADOPT_NOT_AN_ALB */
export async function readLoadBalancer(
  elb: ElasticLoadBalancingV2Client,
  arnOrName: string,
): Promise<LoadBalancerReading> {
  const found = await findLoadBalancer(elb, arnOrName);
  const arn = found.LoadBalancerArn ?? '';
  if (found.Type !== undefined && found.Type !== 'application') {
    throw new KongDualClusterError('ADOPT_NOT_AN_ALB', 'only an Application Load Balancer can be adopted', {
      found: `${arnOrName} is of type ${found.Type}`,
      remedy: 'name the Application Load Balancer that forwards to Kong; one in front of it may stay as it is',
    });
  }
  const listeners = await collectPages<Listener>(async (Marker) => {
    const page = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn, Marker }));
    return [page.Listeners, page.NextMarker];
  });
  return {
    arn,
    name: found.LoadBalancerName ?? '',
    dnsName: found.DNSName ?? '',
    securityGroupIds: found.SecurityGroups ?? [],
    subnetIds: (found.AvailabilityZones ?? []).flatMap((zone) => zone.SubnetId ?? []),
    listeners: await Promise.all(
      listeners.map(async (listener) => ({
        arn: listener.ListenerArn ?? '',
        port: listener.Port ?? 0,
        protocol: listener.Protocol ?? '',
        rules: await readRules(elb, listener.ListenerArn ?? ''),
      })),
    ),
    quotas: await readQuotas(elb),
  };
}

/** All rules of a listener, the default action included. AWS pages them. */
export const readRules = (elb: ElasticLoadBalancingV2Client, listenerArn: string): Promise<Rule[]> =>
  collectPages<Rule>(async (Marker) => {
    const page = await elb.send(new DescribeRulesCommand({ ListenerArn: listenerArn, Marker }));
    return [page.Rules, page.NextMarker];
  });

/** @throws KongDualClusterError ADOPT_TARGET_GROUP_NOT_FOUND */
export async function readTargetGroup(
  elb: ElasticLoadBalancingV2Client,
  arnOrName: string,
): Promise<TargetGroupReading> {
  const group = await findTargetGroup(elb, arnOrName);
  const arn = group.TargetGroupArn ?? '';
  const [attributes, health] = await Promise.all([
    elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn })),
    elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn })),
  ]);
  const attribute = (key: string) => attributes.Attributes?.find((a) => a.Key === key)?.Value;
  const targets = health.TargetHealthDescriptions ?? [];
  return {
    arn,
    vpcId: group.VpcId ?? '',
    name: group.TargetGroupName ?? '',
    protocol: group.Protocol ?? '',
    protocolVersion: group.ProtocolVersion ?? 'HTTP1',
    port: group.Port ?? 0,
    targetType: group.TargetType ?? '',
    healthPath: group.HealthCheckPath ?? '',
    healthPort: group.HealthCheckPort ?? 'traffic-port',
    drainSeconds: Number(attribute('deregistration_delay.timeout_seconds') ?? 300),
    nodeStickiness: attribute('stickiness.enabled') === 'true',
    healthyTargets: targets.filter((target) => target.TargetHealth?.State === 'healthy').length,
    targets: targets.length,
  };
}

async function findLoadBalancer(elb: ElasticLoadBalancingV2Client, arnOrName: string): Promise<LoadBalancer> {
  try {
    const query = isArn(arnOrName) ? { LoadBalancerArns: [arnOrName] } : { Names: [arnOrName] };
    const found = (await elb.send(new DescribeLoadBalancersCommand(query))).LoadBalancers?.[0];
    if (found) return found;
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('LoadBalancerNotFound'))) throw error;
  }
  throw new KongDualClusterError(
    'ADOPT_LOAD_BALANCER_NOT_FOUND',
    'there is no such load balancer in this account and region',
    {
      found: arnOrName,
      remedy: 'look at `aws elbv2 describe-load-balancers`, and check AWS_REGION and the credentials',
    },
  );
}

async function findTargetGroup(elb: ElasticLoadBalancingV2Client, arnOrName: string): Promise<TargetGroup> {
  try {
    const query = isArn(arnOrName) ? { TargetGroupArns: [arnOrName] } : { Names: [arnOrName] };
    const found = (await elb.send(new DescribeTargetGroupsCommand(query))).TargetGroups?.[0];
    if (found) return found;
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('TargetGroupNotFound'))) throw error;
  }
  throw new KongDualClusterError(
    'ADOPT_TARGET_GROUP_NOT_FOUND',
    'there is no such target group in this account and region',
    {
      found: arnOrName,
      remedy: 'look at `aws elbv2 describe-target-groups`, and name the one that takes the traffic of your Kong nodes',
    },
  );
}

/** The account's own quotas. They only sharpen a check, so that a role without the right to read them may adopt. */
async function readQuotas(elb: ElasticLoadBalancingV2Client): Promise<Record<string, number>> {
  try {
    const limits = (await elb.send(new DescribeAccountLimitsCommand({}))).Limits ?? [];
    return Object.fromEntries(limits.flatMap(({ Name, Max }) => (Name && Max ? [[Name, Number(Max)]] : [])));
  } catch {
    return {};
  }
}
