import {
  CfnOutput,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_logs as logs,
  ArnFormat,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { refuseForeignDatabase } from '../blueprint/container-settings';
import { AUTOSCALING, NODE_CONTAINER, nodeContainers, ROLLOUT } from '../blueprint/containers';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import { idleStatements, launchStatements } from '../blueprint/slot-permissions';
import { PORTS } from '../blueprint/spec';
import type { ClusterSpec } from '../blueprint/spec';
import { addContainers, containerImage, kongSettings } from './cluster-container';
import { KongClusterProvider, policyStatement } from './cluster-provider';
import type { IKongDatastore } from './datastore';
import { KongDatastore } from './datastore';
import { KongMigrations, acknowledgeTask } from './migrations';
import type { SlotConnections } from './slot-connections';
import { textAsItIs } from './text-as-it-is';

export interface KongClusterProps {
  readonly spec: ClusterSpec;
  readonly connections: SlotConnections;
  /** @default - made, restored or referred to as `spec.datastore` says */
  readonly datastore?: IKongDatastore;
}

/**
 * The Kong nodes of one version in one slot, with their datastore: an ECS cluster of its own on Fargate.
 *
 * In order: database, migrations (one-off task), service with one node, autoscaling, launch. The service carries no
 * DesiredCount: CloudFormation would set it again with every change and shrink a cluster that has scaled out; without
 * it, a new service starts with one node and an existing one keeps its count. The last step, `Custom::KongLaunch`,
 * raises it to `size.count` (it never lowers), waits for the nodes and switches the database's deletion protection on.
 * A Kong that cannot start therefore fails with one node, and the deployment rolls back.
 *
 * With `migrations: manual` the service has count 0 and there is no launch. That is for the FIRST deployment of a slot:
 * run the migrations, set `task` and deploy again (it finds the database clean and starts the nodes). On a slot that
 * runs nodes `Custom::KongIdle` refuses it, before they would be stopped.
 */
export class KongCluster extends Construct {
  readonly cluster: ecs.Cluster;
  readonly service: ecs.FargateService;
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly datastore: IKongDatastore;
  /** Nothing when the database is an existing one, whose migrations are its owner's. */
  readonly migrations?: KongMigrations;

  constructor(scope: Construct, id: string, props: KongClusterProps) {
    super(scope, id);
    const { spec, connections } = props;
    textAsItIs(this);
    refuseForeignDatabase(
      spec.slot,
      props.datastore?.identifier ?? spec.datastore.identifier,
      spec.migrations.forbiddenIdentifiers,
    );

    this.cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: connections.vpc,
      containerInsightsV2: ecs.ContainerInsights.ENABLED,
    });
    this.datastore =
      props.datastore ??
      KongDatastore.fromSpec(this, 'Datastore', {
        spec: spec.datastore,
        connections,
      });
    const provider = new KongClusterProvider(this, 'Provider');
    if (spec.migrations.mode !== 'none') {
      this.migrations = new KongMigrations(this, 'Migrations', {
        spec: spec.migrations,
        secrets: spec.secrets,
        cluster: this.cluster,
        datastore: this.datastore,
        connections,
        provider,
        logRetentionDays: spec.logRetentionDays,
      });
    }
    this.taskDefinition = this.nodeDefinition(spec);
    this.service = this.nodeService(props);
    if (spec.migrations.mode === 'manual') this.refuseToStopNodes(provider);
    else this.launch(props, provider, this.autoscale(spec));
    this.publish();
  }

  private nodeDefinition(spec: ClusterSpec): ecs.FargateTaskDefinition {
    // The task role stays empty: Kong calls no AWS service.
    const definition = new ecs.FargateTaskDefinition(this, 'Node', {
      cpu: spec.size.cpu,
      memoryLimitMiB: spec.size.memoryMib,
    });
    const kong = kongSettings(this, {
      environment: spec.environment,
      secrets: spec.secrets,
      datastore: this.datastore,
    });
    // Kept when the stack goes: the log of a failed first deployment must outlive its rollback. Its contents expire.
    const logGroup = new logs.LogGroup(this, 'NodeLogs', {
      retention: spec.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    addContainers(definition, nodeContainers(spec), {
      ...kong,
      image: containerImage(this, 'Image', spec.image),
      logGroup,
    });
    acknowledgeTask(definition);
    return definition;
  }

  private nodeService({ spec, connections }: KongClusterProps): ecs.FargateService {
    const service = new ecs.FargateService(this, 'Service', {
      cluster: this.cluster,
      taskDefinition: this.taskDefinition,
      desiredCount: spec.migrations.mode === 'manual' ? 0 : undefined,
      minHealthyPercent: ROLLOUT.minHealthyPercent,
      maxHealthyPercent: ROLLOUT.maxHealthyPercent,
      circuitBreaker: { rollback: true },
      vpcSubnets: connections.nodeSubnets,
      securityGroups: [connections.nodeSecurityGroup],
      assignPublicIp: false,
      healthCheckGracePeriod: Duration.seconds(ROLLOUT.graceSeconds),
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      enableExecuteCommand: false,
    });
    // By ARN and at the lowest level: attaching through the target group would write into the edge.
    (service.node.defaultChild as ecs.CfnService).loadBalancers = [
      { containerName: NODE_CONTAINER, containerPort: PORTS.proxy, targetGroupArn: connections.proxyTargetGroupArn },
      { containerName: NODE_CONTAINER, containerPort: PORTS.admin, targetGroupArn: connections.adminTargetGroupArn },
    ];
    // Egress to the database is the node group's, ingress the database's: the rule must exist before the first node.
    // And the execution role's policy, or the first node could not fetch its secrets.
    service.node.addDependency(this.datastore.securityGroup, this.taskDefinition);
    if (this.migrations?.resource) service.node.addDependency(this.migrations.resource);
    return service;
  }

  private autoscale(spec: ClusterSpec): ecs.ScalableTaskCount {
    const scaling = this.service.autoScaleTaskCount({ minCapacity: spec.size.min, maxCapacity: spec.size.max });
    scaling.scaleOnCpuUtilization('Cpu', {
      targetUtilizationPercent: AUTOSCALING.targetCpuPercent,
      scaleOutCooldown: Duration.seconds(AUTOSCALING.scaleOutCooldownSeconds),
      scaleInCooldown: Duration.seconds(AUTOSCALING.scaleInCooldownSeconds),
    });
    return scaling;
  }

  private launch({ spec, connections }: KongClusterProps, provider: KongClusterProvider, scaling: Construct): void {
    const stack = Stack.of(this);
    const own = this.datastore.instance;
    const [startNodes, lookAtRules] = launchStatements(this.service.serviceArn).map(policyStatement);
    const grants = new iam.Policy(this, 'LaunchGrants', {
      roles: [provider.role],
      statements: [
        startNodes!,
        ...(own
          ? [
              new iam.PolicyStatement({
                actions: ['rds:ModifyDBInstance'],
                resources: [
                  stack.formatArn({
                    service: 'rds',
                    resource: 'db',
                    resourceName: this.datastore.identifier,
                    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
                  }),
                ],
              }),
            ]
          : []),
        new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }),
        lookAtRules!, // whether this slot carries traffic: asked before its stack is deleted
      ],
    });
    Validations.of(grants).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'elasticloadbalancing:Describe* reads only and takes no resource: AWS knows no other form than `*`',
    });
    const launch = new CustomResource(this, 'Launch', {
      resourceType: 'Custom::KongLaunch',
      serviceToken: provider.serviceToken,
      properties: {
        Cluster: this.cluster.clusterName,
        Service: this.service.serviceArn,
        Count: String(spec.size.count),
        Slot: spec.slot,
        ProxyTargetGroup: connections.proxyTargetGroupArn,
        ...(own ? { DatabaseIdentifier: this.datastore.identifier } : {}),
      },
    });
    launch.node.addDependency(this.service, scaling, grants);
    if (own) launch.node.addDependency(own); // so that, on deletion, the protection is off before the instance goes
  }

  private refuseToStopNodes(provider: KongClusterProvider): void {
    const grants = new iam.Policy(this, 'IdleGrants', {
      roles: [provider.role],
      statements: idleStatements(this.cluster.clusterArn).map(policyStatement),
    });
    const idle = new CustomResource(this, 'Idle', {
      resourceType: 'Custom::KongIdle',
      serviceToken: provider.serviceToken,
      properties: { Cluster: this.cluster.clusterName },
    });
    idle.node.addDependency(grants);
    this.service.node.addDependency(idle);
  }

  private publish(): void {
    const output = (name: string, value: string, description: string): void => {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    };
    output(SLOT_OUTPUTS.clusterName, this.cluster.clusterName, 'ECS cluster of the nodes and of the migrations');
    output(SLOT_OUTPUTS.serviceName, this.service.serviceName, 'ECS service of the nodes');
    output(SLOT_OUTPUTS.databaseIdentifier, this.datastore.identifier, 'DBInstanceIdentifier');
    output(
      SLOT_OUTPUTS.databaseEndpoint,
      `${this.datastore.host}:${this.datastore.port}`,
      'Host and port of the database',
    );
    output(SLOT_OUTPUTS.databaseSecretArn, this.datastore.secretArn, 'Secret with the password of the database');
    const resourceId = this.datastore.instance?.instanceResourceId;
    if (resourceId) output(SLOT_OUTPUTS.databaseResourceId, resourceId, 'DbiResourceId');
    if (!this.migrations) return;
    const { taskDefinitions, subnetIds, securityGroup, logGroup } = this.migrations;
    output(
      SLOT_OUTPUTS.migrationTaskDefinitionArn,
      taskDefinitions.map((d) => d.taskDefinitionArn).join(','),
      'Migrations, one task definition a stop, in order',
    );
    output(SLOT_OUTPUTS.migrationSubnetIds, subnetIds.join(','), 'Subnets of the migrations task');
    output(
      SLOT_OUTPUTS.migrationSecurityGroupId,
      securityGroup.securityGroupId,
      'Security group of the migrations task',
    );
    output(SLOT_OUTPUTS.migrationLogGroupName, logGroup.logGroupName, 'Logs of the migrations task');
  }
}
