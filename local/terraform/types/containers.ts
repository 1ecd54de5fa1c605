import { resource } from '../by-type';
import { ACCOUNT, REGION, given, json, list, only, optionalText, sleep, tagList, text, texts } from '../cloud';
import { MadeButFailed } from '../resource-type';
import type { ResourceType } from '../resource-type';
import { same } from '../values';
import type { Value, Values } from '../values';

const ecs = <T>(action: string, request: object): Promise<T> =>
  json<T>('ecs', `AmazonEC2ContainerServiceV20141113.${action}`, given(request));

const tags = (v: Values) => tagList(v).map(({ Key, Value: value }) => ({ key: Key, value }));

export const cluster = resource({
  type: 'AWS::ECS::Cluster',
  forceNew: ['name'],
  properties: (v) => ({
    ClusterName: v['name'],
    ClusterSettings: list(v['setting']).map(({ name, value }) => ({ Name: name, Value: value })),
    Tags: tagList(v),
  }),
  id: (state) => text(state['name']),
  made: (_, v) => {
    const arn = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/${text(v['name'])}`;
    return { id: arn, arn };
  },
});

export const taskDefinition: ResourceType = {
  forceNew: [
    'container_definitions',
    'cpu',
    'ephemeral_storage',
    'execution_role_arn',
    'family',
    'ipc_mode',
    'memory',
    'network_mode',
    'pid_mode',
    'placement_constraints',
    'proxy_configuration',
    'requires_compatibilities',
    'runtime_platform',
    'task_role_arn',
    'volume',
  ],
  defaults: { skip_destroy: false, track_latest: false },
  async create({ planned: v }) {
    const platform = only(v['runtime_platform']);
    const { taskDefinition: made } = await ecs<{ taskDefinition: { taskDefinitionArn: string; revision: number } }>(
      'RegisterTaskDefinition',
      {
        family: v['family'],
        containerDefinitions: (JSON.parse(text(v['container_definitions'])) as object[]).map((each) => ({
          essential: true,
          ...each,
        })),
        cpu: optionalText(v['cpu']),
        memory: optionalText(v['memory']),
        networkMode: optionalText(v['network_mode']),
        requiresCompatibilities: texts(v['requires_compatibilities']),
        executionRoleArn: optionalText(v['execution_role_arn']),
        taskRoleArn: optionalText(v['task_role_arn']),
        volumes: list(v['volume']).map(({ name }) => ({ name })),
        runtimePlatform: platform && {
          cpuArchitecture: platform['cpu_architecture'],
          operatingSystemFamily: platform['operating_system_family'],
        },
        tags: tags(v),
      },
    );
    return {
      id: v['family'] ?? null,
      arn: made.taskDefinitionArn,
      arn_without_revision: made.taskDefinitionArn.replace(/:\d+$/, ''),
      revision: made.revision,
      network_mode: v['network_mode'] ?? '',
      enable_fault_injection: v['enable_fault_injection'] ?? false,
    };
  },
  update: () => Promise.resolve({}), // tags, and how it is destroyed
  async remove(state) {
    if (state['skip_destroy'] !== true) await ecs('DeregisterTaskDefinition', { taskDefinition: state['arn'] });
  },
};

interface Service {
  readonly status: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly taskDefinition: string;
  readonly deployments: readonly { readonly status: string; readonly rolloutState?: string; readonly id: string }[];
  readonly events?: readonly { readonly message: string }[];
}

async function describe(clusterArn: Value | undefined, name: Value | undefined): Promise<Service | undefined> {
  const { services } = await ecs<{ services: readonly Service[] }>('DescribeServices', {
    cluster: optionalText(clusterArn),
    services: [name],
  });
  return services.find(({ status }) => status !== 'INACTIVE');
}

const POLL_MILLISECONDS = 250;
const STEADY_MILLISECONDS = 20 * 60_000;

/** The provider's waiter: one deployment, and all that run are all that shall. It fails with the deployment. */
async function untilSteady(v: Values): Promise<void> {
  const end = Date.now() + STEADY_MILLISECONDS;
  let begun: string | undefined;
  while (Date.now() < end) {
    const service = await describe(v['cluster'], v['name']);
    if (service === undefined) throw new Error(`service ${text(v['name'])} is gone`);
    const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
    begun ??= primary?.id;
    const own = service.deployments.find(({ id }) => id === begun);
    if (own === undefined || own.rolloutState === 'FAILED' || primary?.id !== begun)
      throw new Error(
        `waiting for ECS Service (${text(v['name'])}): deployment failed: ${service.events?.[0]?.message ?? 'no event'}`,
      );
    if (
      service.deployments.length === 1 &&
      primary?.rolloutState === 'COMPLETED' &&
      service.runningCount === service.desiredCount
    )
      return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`waiting for ECS Service (${text(v['name'])}): timeout`);
}

/** Parts of a service that an update may send, by the attribute that they come from. */
const PARTS: Readonly<Record<string, (v: Values) => object>> = {
  desired_count: (v) => ({ desiredCount: v['desired_count'] ?? 0 }),
  task_definition: (v) => ({ taskDefinition: v['task_definition'] }),
  network_configuration: (v) => {
    const network = only(v['network_configuration']);
    return network === undefined
      ? {}
      : {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: texts(network['subnets']),
              securityGroups: texts(network['security_groups']),
              assignPublicIp: network['assign_public_ip'] === true ? 'ENABLED' : 'DISABLED',
            },
          },
        };
  },
  load_balancer: (v) => ({
    loadBalancers: list(v['load_balancer']).map((each) => ({
      targetGroupArn: each['target_group_arn'],
      containerName: each['container_name'],
      containerPort: each['container_port'],
    })),
  }),
  health_check_grace_period_seconds: (v) => ({
    healthCheckGracePeriodSeconds: v['health_check_grace_period_seconds'] || undefined,
  }),
  platform_version: (v) => ({ platformVersion: optionalText(v['platform_version']) }),
  enable_execute_command: (v) => ({ enableExecuteCommand: v['enable_execute_command'] ?? false }),
};
const DEPLOYMENT = [
  'deployment_circuit_breaker',
  'deployment_maximum_percent',
  'deployment_minimum_healthy_percent',
] as const;

function deployment(v: Values): object {
  const breaker = only(v['deployment_circuit_breaker']);
  return {
    deploymentConfiguration: {
      deploymentCircuitBreaker: breaker && { enable: breaker['enable'], rollback: breaker['rollback'] },
      maximumPercent: v['deployment_maximum_percent'],
      minimumHealthyPercent: v['deployment_minimum_healthy_percent'],
    },
  };
}

export const service: ResourceType = {
  forceNew: ['cluster', 'name', 'launch_type', 'scheduling_strategy', 'iam_role', 'deployment_controller'],
  defaults: {
    scheduling_strategy: 'REPLICA',
    deployment_maximum_percent: 200,
    deployment_minimum_healthy_percent: 100,
    wait_for_steady_state: false,
    enable_ecs_managed_tags: false,
    enable_execute_command: false,
  },
  async create({ planned: v }) {
    const request = Object.assign({}, deployment(v), ...Object.values(PARTS).map((part) => part(v))) as object;
    const { service: answer } = await ecs<{ service: { serviceArn: string } }>('CreateService', {
      ...request,
      cluster: optionalText(v['cluster']),
      serviceName: v['name'],
      launchType: optionalText(v['launch_type']),
      schedulingStrategy: v['scheduling_strategy'],
      propagateTags: optionalText(v['propagate_tags']),
      tags: tags(v),
    });
    const made: Values = {
      id: answer.serviceArn,
      arn: answer.serviceArn,
      launch_type: v['launch_type'] ?? 'EC2',
      iam_role: v['iam_role'] ?? '',
      platform_version: v['platform_version'] ?? 'LATEST',
      triggers: v['triggers'] ?? {},
      availability_zone_rebalancing: v['availability_zone_rebalancing'] ?? 'DISABLED',
    };
    try {
      if (v['wait_for_steady_state'] === true) await untilSteady(v);
    } catch (error) {
      throw new MadeButFailed(made, error);
    }
    return made;
  },
  async read(state) {
    const live = await describe(state['cluster'], state['name']);
    if (live === undefined) return undefined;
    const revision = text(state['task_definition']);
    return {
      desired_count: live.desiredCount,
      task_definition: live.taskDefinition.endsWith(`/${revision}`) ? revision : live.taskDefinition,
    };
  },
  async update({ planned: v, prior }) {
    const changed = Object.entries(PARTS).filter(([name]) => !same(v[name], prior[name]));
    const request = Object.assign(
      {},
      DEPLOYMENT.some((name) => !same(v[name], prior[name])) ? deployment(v) : {},
      ...changed.map(([, part]) => part(v)),
    ) as object;
    if (Object.keys(request).length > 0 || v['force_new_deployment'] === true)
      await ecs('UpdateService', {
        cluster: v['cluster'],
        service: v['name'],
        ...request,
        ...(v['force_new_deployment'] === true ? { forceNewDeployment: true } : {}),
      });
    if (v['wait_for_steady_state'] === true) await untilSteady(v);
    return {};
  },
  async remove(state) {
    const at = { cluster: state['cluster'], service: state['name'] };
    if ((await describe(state['cluster'], state['name'])) === undefined) return;
    await ecs('UpdateService', { ...at, desiredCount: 0 });
    await ecs('DeleteService', { ...at, force: true });
    while ((await describe(state['cluster'], state['name'])) !== undefined) await sleep(POLL_MILLISECONDS);
  },
};

export const scalingTarget = resource({
  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  forceNew: ['resource_id', 'scalable_dimension', 'service_namespace'],
  properties: (v) =>
    given({
      ResourceId: v['resource_id'],
      ScalableDimension: v['scalable_dimension'],
      ServiceNamespace: v['service_namespace'],
      MinCapacity: v['min_capacity'],
      MaxCapacity: v['max_capacity'],
      RoleARN: optionalText(v['role_arn']),
    }),
  id: (state) => [state['resource_id'], state['scalable_dimension'], state['service_namespace']].map(text).join('|'),
  made: (_, v) => ({
    id: v['resource_id'],
    arn: `arn:aws:application-autoscaling:${REGION}:${ACCOUNT}:scalable-target/${text(v['resource_id'])}`,
    role_arn: v['role_arn'] ?? '',
  }),
});

export const scalingPolicy = resource({
  type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
  forceNew: ['name', 'resource_id', 'scalable_dimension', 'service_namespace'],
  defaults: { policy_type: 'StepScaling' },
  properties: (v) => {
    const tracking = only(v['target_tracking_scaling_policy_configuration']);
    const metric = only(tracking?.['predefined_metric_specification']);
    return given({
      PolicyName: v['name'],
      PolicyType: v['policy_type'],
      ResourceId: v['resource_id'],
      ScalableDimension: v['scalable_dimension'],
      ServiceNamespace: v['service_namespace'],
      TargetTrackingScalingPolicyConfiguration: tracking && {
        TargetValue: tracking['target_value'],
        ScaleInCooldown: tracking['scale_in_cooldown'],
        ScaleOutCooldown: tracking['scale_out_cooldown'],
        DisableScaleIn: tracking['disable_scale_in'],
        PredefinedMetricSpecification: metric && { PredefinedMetricType: metric['predefined_metric_type'] },
      },
    });
  },
  id: (state) => text(state['arn']),
  made: ({ id }, v) => ({ id: v['name'], arn: id, alarm_arns: [] }),
});
