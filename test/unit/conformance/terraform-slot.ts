import type { TerraformJson } from '../cdktf/synth';
import type { Autoscaling, Container, Database, Found, Order, Secret, Service, TaskDefinition } from './meaning';
import { nameOf } from './terraform-paper';
import type { Paper } from './world';
import { list, marked, ofType } from './world';

export const taskDefinitionsOf = (paper: Paper): Found<TaskDefinition>[] =>
  ofType(paper, 'aws_ecs_task_definition').map(({ at, props }) => ({
    at,
    is: {
      cpu: Number(props.cpu),
      memoryMib: Number(props.memory),
      networkMode: props.network_mode,
      compatibilities: props.requires_compatibilities,
      executionRole: props.execution_role_arn,
      taskRole: props.task_role_arn,
      containers: Object.fromEntries(
        JSON.parse(props.container_definitions).map((each: any) => [each.name, containerOf(each)]),
      ),
    },
  }));

function containerOf(container: any): Container {
  return {
    image: container.image,
    entryPoint: list(container.entryPoint),
    command: list(container.command),
    environment: Object.fromEntries(list<any>(container.environment).map(({ name, value }) => [name, value])),
    secrets: Object.fromEntries(list<any>(container.secrets).map(({ name, valueFrom }) => [name, valueFrom])),
    ports: list<any>(container.portMappings).map(
      ({ containerPort, protocol }) => `${protocol ?? 'tcp'} ${containerPort}`,
    ),
    after: list<any>(container.dependsOn).map(({ containerName, condition }) => `${containerName} ${condition}`),
    essential: container.essential ?? true,
    startTimeoutSeconds: container.startTimeout ?? 'default',
    stopTimeoutSeconds: container.stopTimeout ?? 'default',
    limits: list<any>(container.ulimits).map(({ name, softLimit, hardLimit }) => `${name} ${softLimit} ${hardLimit}`),
    readOnlyRoot: container.readonlyRootFilesystem ?? false,
    logs: { driver: container.logConfiguration.logDriver, ...container.logConfiguration.options },
  };
}

export const servicesOf = (paper: Paper): Found<Service>[] =>
  ofType(paper, 'aws_ecs_service').map(({ at, props }) => {
    const [network] = list<any>(props.network_configuration);
    const [breaker] = list<any>(props.deployment_circuit_breaker);
    return {
      at,
      is: {
        cluster: nameOf(props.cluster),
        taskDefinition: props.task_definition,
        launchType: props.launch_type,
        countAtFirst: props.desired_count,
        countIsLive: list<any>(props.lifecycle).some(({ ignore_changes }) =>
          list(ignore_changes).includes('desired_count'),
        ),
        minimumPercent: props.deployment_minimum_healthy_percent,
        maximumPercent: props.deployment_maximum_percent,
        circuitBreaker: { on: breaker?.enable ?? false, rollsBack: breaker?.rollback ?? false },
        graceSeconds: props.health_check_grace_period_seconds,
        subnets: network.subnets,
        securityGroups: network.security_groups,
        publicAddresses: network.assign_public_ip ?? false,
        targets: Object.fromEntries(
          list<any>(props.load_balancer).map((one) => [
            `${one.container_name} ${one.container_port}`,
            one.target_group_arn,
          ]),
        ),
        tags: { propagatedFrom: props.propagate_tags, managed: props.enable_ecs_managed_tags ?? false },
        execute: props.enable_execute_command ?? false,
        waitsForNodes: props.wait_for_steady_state ?? false,
      },
    };
  });

export const autoscalingOf = (paper: Paper): Found<Autoscaling>[] =>
  ofType(paper, 'aws_appautoscaling_policy').map(({ at, stack, props }) => {
    const target = ofType(paper, 'aws_appautoscaling_target').find((one) => one.stack === stack)!;
    const [tracking] = list<any>(props.target_tracking_scaling_policy_configuration);
    return {
      at,
      is: {
        of: marked(props.resource_id) === target.at ? target.props.resource_id : props.resource_id,
        policy: `${props.policy_type} of ${target.props.service_namespace}`,
        dimension: target.props.scalable_dimension,
        min: target.props.min_capacity,
        minIsLive: list<any>(target.props.lifecycle).some(({ ignore_changes }) =>
          list(ignore_changes).includes('min_capacity'),
        ),
        max: target.props.max_capacity,
        metric: list<any>(tracking.predefined_metric_specification)[0].predefined_metric_type,
        target: tracking.target_value,
        outCooldownSeconds: tracking.scale_out_cooldown,
        inCooldownSeconds: tracking.scale_in_cooldown,
      },
    };
  });

export const databasesOf = (paper: Paper): Found<Database>[] =>
  ofType(paper, 'aws_db_instance').map(({ at, props }) => {
    const group = paper.made.find((one) => one.at === marked(props.parameter_group_name));
    const subnets = paper.made.find((one) => one.at === marked(props.db_subnet_group_name));
    const [point] = list<any>(props.restore_to_point_in_time);
    const restored = props.snapshot_identifier !== undefined || point !== undefined;
    return {
      at,
      is: {
        identifier: props.identifier,
        class: props.instance_class,
        engine: props.engine,
        engineVersion: props.engine_version,
        storageGib: props.allocated_storage,
        storageType: props.storage_type,
        iops: props.iops ?? 'default',
        multiAz: props.multi_az ?? false,
        encryption: restored ? 'as its source' : props.storage_encrypted ? 'encrypted' : 'none',
        port: props.port,
        databaseName: props.db_name ?? (restored ? 'as its source' : 'none'),
        username: props.username ?? (restored ? 'as its source' : 'none'),
        password: props.password_wo ?? props.password ?? 'as its source',
        source: props.snapshot_identifier !== undefined ? `snapshot ${props.snapshot_identifier}` : pointOf(point),
        backupDays: props.backup_retention_period,
        tagsOnSnapshots: props.copy_tags_to_snapshot ?? false,
        minorUpgrades: props.auto_minor_version_upgrade ?? true,
        publiclyReachable: props.publicly_accessible ?? false,
        subnets: subnets?.props.subnet_ids,
        securityGroups: props.vpc_security_group_ids,
        family: group?.props.family,
        parameters: Object.fromEntries(list<any>(group?.props.parameter).map(({ name, value }) => [name, value])),
        atTheEnd:
          props.skip_final_snapshot === false && props.final_snapshot_identifier ? 'a final snapshot' : 'nothing',
        replacement: list<any>(props.lifecycle)[0]?.prevent_destroy === true ? 'refused' : 'made',
        deletionProtection: props.deletion_protection === true ? 'in the template' : 'by the launch',
      },
    };
  });

function pointOf(point: any): string {
  if (point === undefined) return 'new';
  const source = point.source_dbi_resource_id ?? point.source_db_instance_identifier;
  return `${source} at ${point.restore_time ?? (point.use_latest_restorable_time ? 'the latest time' : 'no time')}`;
}

/** Made by Secrets Manager while Terraform runs, and written where no state sees it. */
export const secretsOf = (paper: Paper, stacks: Readonly<Record<string, TerraformJson>>): Found<Secret>[] =>
  ofType(paper, 'aws_secretsmanager_secret').map(({ at, stack }) => {
    const version = ofType(paper, 'aws_secretsmanager_secret_version').find(
      (one) => marked(one.props.secret_id) === at,
    )!;
    const text = String(version.props.secret_string_wo);
    const [, id] = /\{random \w+\/ephemeral\.aws_secretsmanager_random_password\.([\w-]+)\}/.exec(text) ?? [];
    const json = Object.entries(stacks).find(([name]) => name.endsWith(`-${stack}`))![1];
    const made = json.ephemeral?.aws_secretsmanager_random_password?.[id!] as any;
    return {
      at,
      is: {
        length: made.password_length,
        excluded: made.exclude_punctuation ? 'punctuation' : [...(made.exclude_characters ?? '')].sort().join(''),
        holds: text.startsWith('{"')
          ? Object.fromEntries(
              Object.entries<string>(JSON.parse(text)).map(([key, value]) => [
                key,
                value.startsWith('{random ') ? 'random' : value,
              ]),
            )
          : 'the text',
      },
    };
  });

/** What the slot's function is asked to do, as the custom resources' properties are called. */
const orders = (paper: Paper, ...resources: string[]): Found<Order>[] =>
  ofType(paper, 'aws_lambda_invocation').flatMap(({ at, props }) => {
    const { Resource, ...asked } = JSON.parse(props.input);
    if (!resources.includes(Resource)) return [];
    // A list of unknown length is one text to Terraform; the handler takes it apart.
    return [{ at, is: { ...asked, ...(asked.Subnets && { Subnets: String(asked.Subnets).split(',') }) } }];
  });

export const migrationsOf = (paper: Paper): Found<Order>[] => orders(paper, 'KongMigrations');
export const launchesOf = (paper: Paper): Found<Order>[] => orders(paper, 'KongLaunch', 'KongIdle');
export const guardsOf = (paper: Paper): Found<Order>[] => orders(paper, 'KongGuard');
