import {
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
  type ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceName } from '../deployed/capacity';

/**
 * Lowers the autoscaling floor that a shift has pinned back to what the settings say: once the other slot is gone there
 * is nothing to take back. The count itself is autoscaling's matter.
 * @returns the floor before; undefined when nothing was lowered
 */
export async function releaseFloor(
  scaling: Pick<ApplicationAutoScalingClient, 'send'>,
  { cluster, service }: ServiceName,
  floor: number,
): Promise<number | undefined> {
  const target = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
  const ResourceId = `service/${nameOf(cluster)}/${nameOf(service)}`;
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({ ...target, ResourceIds: [ResourceId] }),
  );
  const before = ScalableTargets?.[0]?.MinCapacity;
  if (before === undefined || before <= floor) return undefined;
  await scaling.send(new RegisterScalableTargetCommand({ ...target, ResourceId, MinCapacity: floor }));
  return before;
}

const nameOf = (arnOrName: string): string => arnOrName.split('/').at(-1) ?? arnOrName;
