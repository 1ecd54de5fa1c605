import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceName } from './capacity';

export interface PinnedFloor {
  readonly resourceId: string;
  readonly before: number;
  readonly now: number;
}

/**
 * Raises the autoscaling floor of a service to a number of nodes, so that it does not scale in while the other slot may
 * need to take everything back; never lowers it. The ceiling is raised with it where it is lower.
 * @returns undefined when the service has no autoscaling (its count stays by itself) or the floor is high enough
 */
export async function pinFloor(
  scaling: Pick<ApplicationAutoScalingClient, 'send'>,
  { cluster, service }: ServiceName,
  nodes: number,
): Promise<PinnedFloor | undefined> {
  // `service/CLUSTER/SERVICE`, by names (Application Auto Scaling API, ResourceId).
  const resourceId = `service/${nameOf(cluster)}/${nameOf(service)}`;
  const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({ ...target, ResourceIds: [resourceId] }),
  );
  const found = ScalableTargets?.[0];
  if (found?.MinCapacity === undefined || found.MinCapacity >= nodes) return undefined;
  await scaling.send(
    new RegisterScalableTargetCommand({
      ...target,
      ResourceId: resourceId,
      MinCapacity: nodes,
      MaxCapacity: Math.max(found.MaxCapacity ?? nodes, nodes),
    }),
  );
  return { resourceId, before: found.MinCapacity, now: nodes };
}

const nameOf = (arnOrName: string): string => arnOrName.split('/').at(-1) ?? arnOrName;
