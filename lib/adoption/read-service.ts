import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ContainerDefinition,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { KongDualClusterError } from '../errors';
import type { ServiceReading } from './readings';

/**
 * The ECS service behind blue's target group and the container that answers for it.
 * @param clusterAndService `CLUSTER/SERVICE`
 * @throws KongDualClusterError ADOPT_SERVICE_NAME, ADOPT_SERVICE_NOT_FOUND, ADOPT_SERVICE_ELSEWHERE, ADOPT_NO_KONG_CONTAINER
 */
export async function readService(
  ecs: ECSClient,
  clusterAndService: string,
  targetGroupArn: string,
): Promise<ServiceReading> {
  const [clusterName, serviceName, ...rest] = clusterAndService.split('/');
  if (!clusterName || !serviceName || rest.length > 0) {
    throw new KongDualClusterError('ADOPT_SERVICE_NAME', '--service takes the names of a cluster and a service', {
      found: clusterAndService,
      remedy: 'write --service CLUSTER/SERVICE, for example --service production/kong',
      exitCode: 64,
    });
  }
  const service = await findService(ecs, clusterName, serviceName);
  const binding = service.loadBalancers?.find((lb) => lb.targetGroupArn === targetGroupArn);
  if (!binding) {
    throw new KongDualClusterError(
      'ADOPT_SERVICE_ELSEWHERE',
      'the service does not register its tasks with the target group',
      {
        found: `${clusterAndService} registers with ${service.loadBalancers?.map((lb) => lb.targetGroupArn).join(', ') || 'none'}`,
        remedy:
          'name the service behind the target group with --service, or the service’s target group with --target-group',
      },
    );
  }
  const taskDefinitionArn = service.taskDefinition ?? '';
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }));
  const containers = taskDefinition?.containerDefinitions ?? [];
  const container = containers.find((c) => c.name === binding.containerName) ?? containers.find(looksLikeKong);
  if (!container) {
    throw new KongDualClusterError(
      'ADOPT_NO_KONG_CONTAINER',
      'no container of the task definition answers for the target group',
      {
        found: `${taskDefinitionArn}: ${containers.map((c) => c.name).join(', ') || 'no containers'}`,
        remedy: `check the container name of the service's load balancer entry (${binding.containerName ?? 'none'})`,
      },
    );
  }
  const awsvpc = service.networkConfiguration?.awsvpcConfiguration;
  const cpu = Number(taskDefinition?.cpu ?? container.cpu ?? 0);
  const memoryMib = Number(taskDefinition?.memory ?? container.memory ?? 0);
  return {
    clusterName,
    serviceName,
    runningNodes: service.runningCount ?? 0,
    desiredNodes: service.desiredCount ?? 0,
    taskDefinitionArn,
    image: container.image ?? '',
    ...(cpu > 0 ? { cpu } : {}),
    ...(memoryMib > 0 ? { memoryMib } : {}),
    environment: record(container.environment?.map((e) => [e.name, e.value])),
    secrets: record(container.secrets?.map((s) => [s.name, s.valueFrom])),
    subnetIds: awsvpc?.subnets ?? [],
    securityGroupIds: awsvpc?.securityGroups ?? [],
  };
}

async function findService(ecs: ECSClient, cluster: string, service: string) {
  try {
    const found = (await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))).services?.[0];
    if (found && found.status !== 'INACTIVE') return found;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ClusterNotFoundException')) throw error;
  }
  throw new KongDualClusterError('ADOPT_SERVICE_NOT_FOUND', 'there is no such ECS service in this account and region', {
    found: `${cluster}/${service}`,
    remedy: `look at \`aws ecs list-services --cluster ${cluster}\`; nodes outside ECS are adopted without --service`,
  });
}

const looksLikeKong = (container: ContainerDefinition): boolean =>
  /(^|\/)kong(-gateway)?([:@]|$)/.test(container.image ?? '');

const record = (pairs: [string | undefined, string | undefined][] = []): Record<string, string> =>
  Object.fromEntries(pairs.flatMap(([key, value]) => (key && value !== undefined ? [[key, value]] : [])));
