import { DescribeClustersCommand } from '@aws-sdk/client-ecs';
import { KongDualClusterError } from '../../errors';
import type { Clients, IsCompleteAnswer, OnEventAnswer, ResourceEvent, SlotResource } from './resource';
import { patiently } from './resource';

/**
 * Stands before the service of a slot whose migrations are run by hand, and so has count 0. When it is made for a slot
 * that runs nodes already, it refuses: the update rolls back before CloudFormation would stop them.
 */
export const idle: SlotResource = {
  async onEvent(event: ResourceEvent, clients: Clients): Promise<OnEventAnswer> {
    const { Cluster } = event.ResourceProperties as { Cluster: string };
    if (event.RequestType === 'Create') {
      const answer = await patiently(clients, () =>
        clients.ecs.send(new DescribeClustersCommand({ clusters: [Cluster] })),
      );
      const running = answer.clusters?.[0]?.runningTasksCount ?? 0;
      if (running > 0) {
        throw new KongDualClusterError(
          'MANUAL_WOULD_STOP_NODES',
          '`migrations: manual` is for the first deployment of a slot: it stops the nodes',
          {
            found: `${running} running in ${Cluster}`,
            remedy: 'set migrations of this slot to task again; nothing was stopped',
          },
        );
      }
    }
    return { PhysicalResourceId: event.PhysicalResourceId ?? `kong-idle-${Cluster}` };
  },

  isComplete(): Promise<IsCompleteAnswer> {
    return Promise.resolve({ IsComplete: true });
  },
};
