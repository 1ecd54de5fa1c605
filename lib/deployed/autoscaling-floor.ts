import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceName } from './capacity';

export interface FloorReading {
  /** `service/CLUSTER/SERVICE`, by names (Application Auto Scaling API, ResourceId). */
  readonly resourceId: string;
  readonly floor: number;
  readonly ceiling?: number;
}

export interface PinnedFloor {
  readonly resourceId: string;
  readonly before: number;
  readonly now: number;
}

const DESIRED_COUNT = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** The autoscaling floor of a service; undefined when it does not scale by itself. */
export async function readFloor(
  scaling: Pick<ApplicationAutoScalingClient, 'send'>,
  { cluster, service }: ServiceName,
): Promise<FloorReading | undefined> {
  const resourceId = `service/${nameOf(cluster)}/${nameOf(service)}`;
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({ ...DESIRED_COUNT, ResourceIds: [resourceId] }),
  );
  const { MinCapacity: floor, MaxCapacity: ceiling } = ScalableTargets?.[0] ?? {};
  return floor === undefined ? undefined : { resourceId, floor, ...(ceiling !== undefined && { ceiling }) };
}

/**
 * Raises the autoscaling floor of a service to a number of nodes, so that it does not scale in while the other slot may
 * need to take everything back; never lowers it. The ceiling is raised with it where it is lower.
 * @returns undefined when the service has no autoscaling (its count stays by itself) or the floor is high enough
 */
export async function pinFloor(
  scaling: Pick<ApplicationAutoScalingClient, 'send'>,
  service: ServiceName,
  nodes: number,
): Promise<PinnedFloor | undefined> {
  const found = await readFloor(scaling, service);
  if (found === undefined || found.floor >= nodes) return undefined;
  const { resourceId, floor, ceiling = nodes } = found;
  await scaling.send(
    new RegisterScalableTargetCommand({
      ...DESIRED_COUNT,
      ResourceId: resourceId,
      MinCapacity: nodes,
      MaxCapacity: Math.max(ceiling, nodes),
    }),
  );
  return { resourceId, before: floor, now: nodes };
}

const nameOf = (arnOrName: string): string => arnOrName.split('/').at(-1) ?? arnOrName;
