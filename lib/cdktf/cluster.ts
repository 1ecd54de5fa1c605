import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsService } from '@cdktf/provider-aws/lib/ecs-service';
import { DataResource } from 'cdktf';
import type { ITerraformDependable, ITerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { refuseForeignDatabase } from '../blueprint/container-settings';
import { AUTOSCALING, NODE_CONTAINER, nodeContainers, ROLLOUT } from '../blueprint/containers';
import { SLOT_OUTPUTS, STATE_ID } from '../blueprint/output-names';
import { guardStatements, launchStatements } from '../blueprint/slot-permissions';
import { PORTS } from '../blueprint/spec';
import type { ClusterSpec } from '../blueprint/spec';
import { makeCluster } from './cluster-arns';
import type { ClusterArns } from './cluster-arns';
import { KongTask } from './cluster-container';
import { KongDatastore } from './datastore';
import type { IKongDatastore } from './datastore';
import { literal } from './literal';
import { KongMigrations } from './migrations';
import { Published } from './publish';
import type { SlotConnections } from './slot-connections';
import { SlotFunction } from './slot-function';

export interface KongClusterProps {
  readonly spec: ClusterSpec;
  readonly connections: SlotConnections;
  /** @default - made, restored or referred to as `spec.datastore` says */
  readonly datastore?: IKongDatastore;
  /** The stack is to be destroyed, its database with it; `teardown` says so. @default false */
  readonly destroyable?: boolean;
}

/**
 * The Kong nodes of one version in one slot, with their datastore: an ECS cluster of its own on Fargate.
 *
 * In order: database, migrations (one-off task), service with one node, autoscaling, launch. The count of the service is
 * looked at when it is made and never again; the launch raises it to `size.count` (it never lowers) and waits for the
 * nodes. So a Kong that cannot start fails with one node. A change of the settings' floor sets the autoscaling's; between,
 * the floor is the runner's, which raises it for a shift.
 *
 * With `migrations: manual` the service is made with count 0 and there is no launch: run the migrations, set `task` and
 * apply again (it finds the database clean and starts the nodes). Nodes that run are not stopped by it.
 *
 * The guard needs everything else, so that a destruction begins with it: it refuses while the slot carries traffic.
 */
export class KongCluster extends Construct {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly serviceName: string;
  readonly taskDefinitionArn: string;
  readonly datastore: IKongDatastore;
  /** Nothing when the database is an existing one, whose migrations are its owner's. */
  readonly migrations?: KongMigrations;

  constructor(scope: Construct, id: string, props: KongClusterProps) {
    super(scope, id);
    const { spec, connections } = props;
    refuseForeignDatabase(
      spec.slot,
      props.datastore?.identifier ?? spec.datastore.identifier,
      spec.migrations.forbiddenIdentifiers,
    );

    const cluster = makeCluster(this, 'Cluster', spec.name);
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.datastore =
      props.datastore ??
      KongDatastore.fromSpec(this, 'Datastore', {
        spec: spec.datastore,
        connections,
        destroyable: props.destroyable,
      });
    if (spec.migrations.mode !== 'none') {
      this.migrations = new KongMigrations(this, 'Migrations', {
        name: spec.name,
        spec: spec.migrations,
        secrets: spec.secrets,
        cluster,
        datastore: this.datastore,
        connections,
        logRetentionDays: spec.logRetentionDays,
      });
    }
    const task = this.nodeTask(spec);
    this.taskDefinitionArn = task.definitionArn;
    const { mode } = spec.migrations;
    const running = mode === 'task' ? this.migrations : undefined;
    const slotFunction = new SlotFunction(this, 'Function', {
      name: spec.name,
      statements: [
        ...(running?.statements ?? []),
        ...(mode === 'manual' ? guardStatements : launchStatements)(cluster.serviceArn),
      ],
    });
    const migrated = running?.runDuringApply(slotFunction);
    const service = this.nodeService(props, cluster, [
      ...this.datastore.ready,
      task.ready,
      ...(migrated ? [migrated] : []),
    ]);
    this.serviceName = service.name;
    const slot = {
      Cluster: cluster.name,
      Service: cluster.serviceArn,
      Slot: spec.slot,
      ProxyTargetGroup: connections.proxyTargetGroupArn,
    };
    if (mode !== 'manual') {
      const scaling = this.autoscale(spec, service);
      const launch = { Count: String(spec.size.count), TaskDefinition: task.definitionArn };
      slotFunction.callOnce(
        'Launch',
        { Resource: 'KongLaunch', ...slot, ...launch },
        { service: service.id, count: launch.Count, taskDefinition: launch.TaskDefinition },
        [service, scaling],
      );
    }
    this.publish(spec.name);
    slotFunction.callAlways('Guard', { Resource: 'KongGuard', StackName: spec.name, ...slot }, [
      ...resourcesIn(this),
      ...(props.datastore?.ready ?? []),
    ]);
  }

  private nodeTask(spec: ClusterSpec): KongTask {
    // Kept when the stack goes, with a name of its own for each: the log of a failed deployment outlives it.
    const logGroup = new CloudwatchLogGroup(this, 'NodeLogs', {
      namePrefix: `/kong-dual-cluster/${spec.name}/nodes-`,
      retentionInDays: spec.logRetentionDays,
      skipDestroy: true,
    });
    return new KongTask(this, 'Node', {
      name: `${spec.name}-node`,
      image: spec.image,
      cpu: spec.size.cpu,
      memoryMib: spec.size.memoryMib,
      containers: nodeContainers(spec),
      settings: { environment: spec.environment, secrets: spec.secrets },
      datastore: this.datastore,
      logGroup,
    });
  }

  private nodeService(
    { spec, connections }: KongClusterProps,
    cluster: ClusterArns,
    dependsOn: ITerraformDependable[],
  ): EcsService {
    const manual = spec.migrations.mode === 'manual';
    return new EcsService(this, 'Service', {
      name: spec.name,
      cluster: cluster.arn,
      taskDefinition: this.taskDefinitionArn,
      launchType: 'FARGATE',
      desiredCount: manual ? 0 : 1,
      deploymentMinimumHealthyPercent: ROLLOUT.minHealthyPercent,
      deploymentMaximumPercent: ROLLOUT.maxHealthyPercent,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      networkConfiguration: {
        subnets: connections.nodeSubnetIds,
        securityGroups: [connections.nodeSecurityGroupId],
        assignPublicIp: false,
      },
      loadBalancer: [
        {
          containerName: NODE_CONTAINER,
          containerPort: PORTS.proxy,
          targetGroupArn: connections.proxyTargetGroupArn,
        },
        {
          containerName: NODE_CONTAINER,
          containerPort: PORTS.admin,
          targetGroupArn: connections.adminTargetGroupArn,
        },
      ],
      healthCheckGracePeriodSeconds: ROLLOUT.graceSeconds,
      propagateTags: 'SERVICE',
      enableEcsManagedTags: true,
      enableExecuteCommand: false,
      waitForSteadyState: !manual,
      timeouts: { create: '30m', update: '1h', delete: '1h' },
      lifecycle: { ignoreChanges: ['desired_count'] },
      dependsOn,
    });
  }

  private autoscale({ name, size }: ClusterSpec, service: EcsService): ITerraformDependable {
    const floor = new DataResource(this, 'Floor', { triggersReplace: { min: size.min } });
    const dimension = { serviceNamespace: 'ecs', scalableDimension: 'ecs:service:DesiredCount' };
    const target = new AppautoscalingTarget(this, 'Scaling', {
      ...dimension,
      resourceId: `service/${this.clusterName}/${service.name}`,
      minCapacity: size.min,
      maxCapacity: size.max,
      // Else an apply in the middle of a shift would lower the floor that the runner has raised.
      lifecycle: { ignoreChanges: ['min_capacity'], replaceTriggeredBy: [bareAddress(floor)] },
    });
    return new AppautoscalingPolicy(this, 'Cpu', {
      ...dimension,
      name: `${name}-cpu`,
      policyType: 'TargetTrackingScaling',
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: AUTOSCALING.targetCpuPercent,
        scaleOutCooldown: AUTOSCALING.scaleOutCooldownSeconds,
        scaleInCooldown: AUTOSCALING.scaleInCooldownSeconds,
        predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
      // AWS deletes the policies of a target with it.
      lifecycle: { replaceTriggeredBy: [bareAddress(target)] },
    });
  }

  private publish(stackName: string): void {
    const { datastore, migrations } = this;
    new Published(this, 'Outputs', {
      stackName,
      outputs: literal({
        [SLOT_OUTPUTS.clusterName]: this.clusterName,
        [SLOT_OUTPUTS.serviceName]: this.serviceName,
        [SLOT_OUTPUTS.databaseIdentifier]: datastore.identifier,
        [SLOT_OUTPUTS.databaseEndpoint]: `${datastore.host}:${datastore.port}`,
        [SLOT_OUTPUTS.databaseSecretArn]: datastore.secretArn,
        ...(datastore.resourceId !== undefined && { [SLOT_OUTPUTS.databaseResourceId]: datastore.resourceId }),
        ...(migrations && {
          [SLOT_OUTPUTS.migrationTaskDefinitionArn]: migrations.taskDefinitionArns.join(','),
          [SLOT_OUTPUTS.migrationSubnetIds]: migrations.subnetIds,
          [SLOT_OUTPUTS.migrationSecurityGroupId]: migrations.securityGroupId,
          [SLOT_OUTPUTS.migrationLogGroupName]: migrations.logGroupName,
        }),
        [STATE_ID]: new DataResource(this, 'State').id,
      }),
    });
  }
}

/** As Terraform reads it there: cdktf would write `${…}` around. */
const bareAddress = ({ terraformResourceType, friendlyUniqueId }: ITerraformResource): string =>
  `${terraformResourceType}.${friendlyUniqueId}`;

/** Told by what they have: classes differ between cdktf and its continuation. */
const resourcesIn = (scope: IConstruct): ITerraformDependable[] =>
  scope.node.findAll().filter((each): each is IConstruct & ITerraformDependable => 'terraformResourceType' in each);
