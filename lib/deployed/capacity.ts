import { DescribeServicesCommand, type ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import type { Settings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import type { Stacks } from './stacks';

/** An ECS service by cluster and name. */
export interface ServiceName {
  readonly cluster: string;
  /** Name or ARN. */
  readonly service: string;
}

export interface CapacityReading {
  readonly slot: Slot;
  /** Targets of the proxy's target group that answer their health checks. */
  readonly healthy: number;
  /** Targets registered and not draining. */
  readonly registered: number;
  /** ECS tasks that run; undefined for nodes outside ECS. */
  readonly running?: number;
  readonly service?: ServiceName;
}

/** What the other slot has to match: running tasks where they are known, else what is registered. */
export const nodesOf = ({ running, registered }: CapacityReading): number => running ?? registered;

/** In words when `rising` is smaller than `other`; undefined when it can take the traffic. */
export function capacityShort(rising: CapacityReading, other: CapacityReading): string | undefined {
  if (rising.healthy > 0 && rising.healthy >= nodesOf(other)) return undefined;
  return `${rising.slot} has ${rising.healthy} healthy nodes, ${other.slot} runs ${nodesOf(other)}`;
}

/** The ECS service of a slot's nodes: its own stack's, or the adopted one; undefined outside ECS or when not deployed. */
export async function serviceOf(stacks: Stacks, settings: Settings, slot: Slot): Promise<ServiceName | undefined> {
  const adopted = settings.slots[slot]?.adopted;
  if (adopted) {
    const { clusterName: cluster, serviceName: service } = adopted;
    return cluster !== undefined && service !== undefined ? { cluster, service } : undefined;
  }
  const outputs = (await stacks.find(`${settings.name}-${slot}`))?.outputs;
  const cluster = outputs?.[SLOT_OUTPUTS.clusterName];
  const service = outputs?.[SLOT_OUTPUTS.serviceName];
  return cluster !== undefined && service !== undefined ? { cluster, service } : undefined;
}

/** Nodes of a slot as the load balancer and ECS see them now. */
export async function readCapacity(
  clients: {
    readonly elb: Pick<ElasticLoadBalancingV2Client, 'send'>;
    readonly ecs: Pick<ECSClient, 'send'>;
  },
  slot: Slot,
  targetGroupArn: string,
  service: ServiceName | undefined,
): Promise<CapacityReading> {
  const [health, services] = await Promise.all([
    clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
    service && clients.ecs.send(new DescribeServicesCommand({ cluster: service.cluster, services: [service.service] })),
  ]);
  const states = (health.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State);
  const running = services?.services?.[0]?.runningCount;
  return {
    slot,
    healthy: states.filter((state) => state === 'healthy').length,
    registered: states.filter((state) => state !== 'draining').length,
    ...(running !== undefined && { running }),
    ...(service && { service }),
  };
}
