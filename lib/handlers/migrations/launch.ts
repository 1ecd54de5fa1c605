import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Service } from '@aws-sdk/client-ecs';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { KongDualClusterError } from '../../errors';
import type { Clients, IsCompleteAnswer, OnEventAnswer, ResourceEvent, SlotResource } from './resource';
import { refuseLiveSlot } from './live-guard';
import { isPassing, patiently } from './resource';

/** Properties of `Custom::KongLaunch` (lib/aws-cdk/cluster.ts) and of Terraform's `KongLaunch` (lib/cdktf/cluster.ts). */
interface Properties {
  readonly Cluster: string;
  readonly Service: string;
  /** Nodes at the start. */
  readonly Count: string;
  /** Absent when the database is not ours to protect. */
  readonly DatabaseIdentifier?: string;
  readonly Slot: string;
  readonly ProxyTargetGroup: string;
  /** Which revision the nodes must run; from Terraform, which does not see that ECS went back to the one before. */
  readonly TaskDefinition?: string;
}

/**
 * The last step of a slot's deployment: raises the service to its count (never lowers it: it may have scaled out),
 * waits for the nodes, protects the database from deletion. Each poll does what is still missing, so that it may be
 * called any number of times.
 *
 * When the whole stack is deleted, this is the first resource to go, and refuses while the slot carries traffic
 * (live-guard.ts). Then, or when the stack is rolled back from its first creation, the protection goes off, and
 * CloudFormation deletes the instance leaving a final snapshot. An update that merely removes this resource leaves it on:
 * the instance then outlives the update.
 */
export const launch: SlotResource = {
  async onEvent(event: ResourceEvent, clients: Clients): Promise<OnEventAnswer> {
    const { Service } = event.ResourceProperties as unknown as Properties;
    if (event.RequestType === 'Delete') await guard(event, clients);
    return { PhysicalResourceId: event.PhysicalResourceId ?? `kong-launch-${Service}` };
  },

  async isComplete(event: ResourceEvent, clients: Clients): Promise<IsCompleteAnswer> {
    if (event.RequestType === 'Delete') return { IsComplete: await unprotectedIfAllGoes(event, clients) };
    const { Cluster, Service, Count, DatabaseIdentifier, TaskDefinition } =
      event.ResourceProperties as unknown as Properties;
    const count = Number(Count);
    const answer = await patiently(clients, () =>
      clients.ecs.send(new DescribeServicesCommand({ cluster: Cluster, services: [Service] })),
    );
    const service = answer.services?.[0];
    if (!service) {
      throw new KongDualClusterError('SERVICE_NOT_FOUND', 'the ECS service of this slot does not exist', {
        found: `${Service} in ${Cluster}`,
        remedy: 'deploy the slot again',
      });
    }
    if (TaskDefinition !== undefined) refuseOlderNodes(service, TaskDefinition);
    if ((service.desiredCount ?? 0) < count) {
      await patiently(clients, () =>
        clients.ecs.send(new UpdateServiceCommand({ cluster: Cluster, service: Service, desiredCount: count })),
      );
      return { IsComplete: false };
    }
    if ((service.runningCount ?? 0) < count) return { IsComplete: false };
    if (DatabaseIdentifier === undefined) return { IsComplete: true };
    return { IsComplete: await protect(DatabaseIdentifier, true, clients) };
  },
};

/**
 * The circuit breaker of ECS puts a service back to the task definition before when the new one does not come up, and
 * then it is as steady as any.
 * @throws KongDualClusterError NODES_ROLLED_BACK
 */
function refuseOlderNodes({ taskDefinition, deployments = [] }: Service, wanted: string): void {
  const running = deployments.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? taskDefinition;
  if (running === undefined || running === wanted) return;
  throw new KongDualClusterError('NODES_ROLLED_BACK', 'ECS has put the nodes back to the revision before', {
    found: `${running}, wanted ${wanted}`,
    remedy: 'read the events of the ECS service and the logs of its nodes, mend what they name, apply again',
  });
}

/** A slot whose first creation is rolled back has never served, whatever the weights say. */
async function guard(event: ResourceEvent, clients: Clients): Promise<void> {
  const { Slot, ProxyTargetGroup, Cluster, Service } = event.ResourceProperties as unknown as Properties;
  if ((await statusOf(event.StackId, clients)) !== 'DELETE_IN_PROGRESS') return;
  const stackName = event.StackId.split('/')[1] ?? '';
  const guarded = {
    slot: Slot,
    stackName,
    proxyTargetGroupArn: ProxyTargetGroup,
    cluster: Cluster,
    service: Service,
    tool: 'cloudformation',
  } as const;
  await refuseLiveSlot(guarded, clients);
}

async function unprotectedIfAllGoes(event: ResourceEvent, clients: Clients): Promise<boolean> {
  const { DatabaseIdentifier } = event.ResourceProperties as unknown as Properties;
  if (DatabaseIdentifier === undefined) return true;
  const status = await statusOf(event.StackId, clients);
  // ROLLBACK_… is the rollback of a creation; that of an update is UPDATE_ROLLBACK_….
  const wholeStackGoes = status === 'DELETE_IN_PROGRESS' || status === 'ROLLBACK_IN_PROGRESS';
  return !wholeStackGoes || protect(DatabaseIdentifier, false, clients);
}

async function statusOf(stackId: string, clients: Clients): Promise<string | undefined> {
  const answer = await patiently(clients, () =>
    clients.cloudformation.send(new DescribeStacksCommand({ StackName: stackId })),
  );
  return answer.Stacks?.[0]?.StackStatus;
}

/** False when the database takes no change just now (in the middle of its backup): ask again. */
async function protect(identifier: string, on: boolean, clients: Clients): Promise<boolean> {
  try {
    // Takes effect at once. Without ApplyImmediately, which would also apply whatever waits for the maintenance window.
    await clients.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, DeletionProtection: on }));
    return true;
  } catch (error) {
    if (isPassing(error)) return false;
    if (!on && error instanceof Error && /^DBInstanceNotFound/.test(error.name)) return true;
    throw error;
  }
}
