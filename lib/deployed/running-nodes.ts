import { DescribeServicesCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import { readStack } from './read-stack';
import type { Stacks } from './stacks';

/**
 * Running Kong nodes of a slot: of its own stack's service, of the adopted service, or, for nodes outside ECS, as
 * `adopt` counted them.
 * @throws KongDualClusterError STACK_NOT_FOUND, NODES_UNKNOWN
 */
export async function runningNodes(
  clients: { readonly stacks: Stacks; readonly ecs: ECSClient },
  settings: Settings,
  slot: Slot,
): Promise<number> {
  const adopted = settings.slots[slot]?.adopted;
  if (adopted?.platform === 'other') return adopted.nodes;
  const { cluster, service } =
    adopted?.clusterName !== undefined && adopted.serviceName !== undefined
      ? { cluster: adopted.clusterName, service: adopted.serviceName }
      : await ownService(clients.stacks, settings, slot);
  const { services } = await clients.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
  const running = services?.[0]?.runningCount;
  if (running !== undefined) return running;
  throw new KongDualClusterError('NODES_UNKNOWN', `the running nodes of ${slot} could not be counted`, {
    found: `no ECS service ${service} in cluster ${cluster}`,
    remedy: 'check that the slot is deployed; green may not be smaller than what runs',
    exitCode: EXIT.preflightRefused,
  });
}

async function ownService(stacks: Stacks, settings: Settings, slot: Slot) {
  const { outputs } = await readStack(stacks, settings, `${settings.name}-${slot}`);
  return { cluster: outputs[SLOT_OUTPUTS.clusterName] ?? '', service: outputs[SLOT_OUTPUTS.serviceName] ?? '' };
}
