import { DescribeSecurityGroupsCommand, type EC2Client, type IpPermission } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, type ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { collectPages } from '../adoption/pages';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import type { EdgeReading } from '../deployed/read-edge';
import { readStack } from '../deployed/read-stack';
import type { Stacks } from '../deployed/stacks';
import type { Settings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import { adminPorts, type Ingress, type RoadReadings } from './freeze-roads';

export interface RoadClients {
  readonly elb: ElasticLoadBalancingV2Client;
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly stacks: Stacks;
}

type Edge = Pick<EdgeReading, 'adminDns' | 'adminListenerArn' | 'targetGroupArns'>;

/** Reads the ways into the slot's Admin API. Never fails: what cannot be read is in `unread`. */
export async function readFreezeRoads(
  clients: RoadClients,
  settings: Settings,
  edge: Edge,
  slot: Slot,
): Promise<RoadReadings> {
  const unread: { what: string; why: string }[] = [];
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      unread.push({ what, why: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
      return undefined;
    }
  };
  const adminListener = `${edge.adminDns}:${settings.edge.admin.port}`;
  const admin = await attempt('the Admin load balancer', () =>
    readAdminLoadBalancer(clients.elb, edge.adminListenerArn),
  );
  const outsideEcs = settings.slots[slot]?.adopted?.platform === 'other';
  if (outsideEcs) {
    unread.push({
      what: 'security groups and KONG_ADMIN_LISTEN',
      why: 'the nodes do not run on ECS; look at them where they run',
    });
  }
  const service = outsideEcs
    ? undefined
    : await attempt('the ECS service', () => readNodes(clients, settings, edge.targetGroupArns[slot], slot));
  const ingress = service
    ? await attempt('the security groups', () => readIngress(clients.ec2, service.securityGroupIds))
    : undefined;
  const targetGroups = await attempt('other target groups', () =>
    readOtherGroups(
      clients.elb,
      edge.targetGroupArns[slot],
      adminPorts(service?.adminListen).map(({ port }) => port),
      admin?.arn,
    ),
  );
  return {
    slot,
    adminListener,
    adminLoadBalancerGroupIds: admin?.securityGroupIds ?? [],
    ...(service?.adminListen === undefined ? {} : { adminListen: service.adminListen }),
    ...(ingress ? { ingress } : {}),
    ...(targetGroups ? { targetGroups } : {}),
    unread,
  };
}

async function readAdminLoadBalancer(elb: ElasticLoadBalancingV2Client, listenerArn: string) {
  const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
  const arn = Listeners?.[0]?.LoadBalancerArn ?? '';
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  return { arn, securityGroupIds: LoadBalancers?.[0]?.SecurityGroups ?? [] };
}

async function readNodes(
  { ecs, stacks }: RoadClients,
  settings: Settings,
  targetGroupArn: string,
  slot: Slot,
): Promise<{ adminListen?: string; securityGroupIds: readonly string[] }> {
  const adopted = settings.slots[slot]?.adopted;
  const outputs = adopted ? {} : (await readStack(stacks, settings, `${settings.name}-${slot}`)).outputs;
  const cluster = adopted?.clusterName ?? outputs[SLOT_OUTPUTS.clusterName];
  const serviceName = adopted?.serviceName ?? outputs[SLOT_OUTPUTS.serviceName] ?? '';
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [serviceName] }));
  const service = services?.[0];
  if (!service) throw new Error(`no ECS service ${serviceName} in cluster ${cluster}`);
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition }),
  );
  const name = service.loadBalancers?.find((binding) => binding.targetGroupArn === targetGroupArn)?.containerName;
  const container = taskDefinition?.containerDefinitions?.find((one) => one.name === name);
  const adminListen = container?.environment?.find((one) => one.name === 'KONG_ADMIN_LISTEN')?.value;
  return {
    ...(adminListen === undefined ? {} : { adminListen }),
    securityGroupIds: service.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [],
  };
}

async function readIngress(ec2: EC2Client, groupIds: readonly string[]): Promise<Ingress[]> {
  if (groupIds.length === 0) throw new Error('the service names none: its tasks use the network of their instances');
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [...groupIds] }));
  return (SecurityGroups ?? []).flatMap(({ GroupId = '', IpPermissions = [] }) =>
    IpPermissions.filter(({ IpProtocol }) => IpProtocol === 'tcp' || IpProtocol === '-1' || IpProtocol === '6').flatMap(
      (permission) =>
        sourcesOf(permission).map((source) => ({
          groupId: GroupId,
          // No ports with "all traffic" (EC2 API, IpPermission).
          fromPort: permission.IpProtocol === '-1' ? 0 : (permission.FromPort ?? 0),
          toPort: permission.IpProtocol === '-1' ? 65535 : (permission.ToPort ?? 65535),
          source,
        })),
    ),
  );
}

const sourcesOf = ({ IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds }: IpPermission): string[] =>
  [
    ...(IpRanges ?? []).map(({ CidrIp }) => CidrIp),
    ...(Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    ...(UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ...(PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
  ].filter((source) => source !== undefined && source !== '') as string[];

/** Target groups in the nodes' VPC, behind another load balancer than ours, that have a node on a port of the Admin API. */
async function readOtherGroups(
  elb: ElasticLoadBalancingV2Client,
  proxyGroupArn: string,
  ports: readonly number[],
  adminLoadBalancerArn: string | undefined,
) {
  const groups = await collectPages(async (Marker) => {
    const page = await elb.send(new DescribeTargetGroupsCommand({ Marker }));
    return [page.TargetGroups, page.NextMarker];
  });
  const nodes = new Set((await targetsOf(elb, proxyGroupArn)).map(({ id }) => id));
  const vpc = groups.find(({ TargetGroupArn }) => TargetGroupArn === proxyGroupArn)?.VpcId;
  const others = groups.filter(
    ({ TargetGroupArn, VpcId, LoadBalancerArns = [] }) =>
      TargetGroupArn !== proxyGroupArn &&
      VpcId === vpc &&
      !(adminLoadBalancerArn !== undefined && LoadBalancerArns.includes(adminLoadBalancerArn)),
  );
  const found: { name: string; port: number; loadBalancers: string[] }[] = [];
  for (const { TargetGroupArn = '', TargetGroupName = '', LoadBalancerArns = [] } of others) {
    const hit = (await targetsOf(elb, TargetGroupArn)).find(({ id, port }) => nodes.has(id) && ports.includes(port));
    if (!hit) continue;
    found.push({
      name: TargetGroupName,
      port: hit.port,
      // …:loadbalancer/app/NAME/ID
      loadBalancers: LoadBalancerArns.map((arn) => arn.split('/').at(-2) ?? arn),
    });
  }
  return found;
}

async function targetsOf(elb: ElasticLoadBalancingV2Client, arn: string): Promise<{ id: string; port: number }[]> {
  const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: arn }));
  return (TargetHealthDescriptions ?? []).map(({ Target }) => ({ id: Target?.Id ?? '', port: Target?.Port ?? 0 }));
}
