import {
  DescribeScalableTargetsCommand,
  type ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceName } from '../deployed/capacity';

export interface FloorReading {
  /** `service/CLUSTER/SERVICE` (Application Auto Scaling API, ResourceId). */
  readonly resourceId: string;
  readonly floor: number;
}

/** The autoscaling floor of a service; undefined when it does not scale by itself. */
export async function readFloor(
  scaling: Pick<ApplicationAutoScalingClient, 'send'>,
  { cluster, service }: ServiceName,
): Promise<FloorReading | undefined> {
  const resourceId = `service/${nameOf(cluster)}/${nameOf(service)}`;
  const { ScalableTargets } = await scaling.send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceIds: [resourceId],
    }),
  );
  const floor = ScalableTargets?.[0]?.MinCapacity;
  return floor === undefined ? undefined : { resourceId, floor };
}

const nameOf = (arnOrName: string): string => arnOrName.split('/').at(-1) ?? arnOrName;
