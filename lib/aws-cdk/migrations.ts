import {
  ArnFormat,
  CustomResource,
  Stack,
  Validations,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_logs as logs,
  RemovalPolicy,
} from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { migrationContainer, MIGRATION_SIZE, MIGRATION_STREAM_PREFIX } from '../blueprint/containers';
import { migrationStatements } from '../blueprint/slot-permissions';
import { PORTS } from '../blueprint/spec';
import type { MigrationSpec } from '../blueprint/spec';
import type { SecretRef } from '../settings/schema';
import { addContainers, asNagWrites, containerImage, kongSettings } from './cluster-container';
import { policyStatement } from './cluster-provider';
import type { KongClusterProvider } from './cluster-provider';
import type { IKongDatastore } from './datastore';
import type { SlotConnections } from './slot-connections';

export interface KongMigrationsProps {
  readonly spec: MigrationSpec;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly cluster: ecs.ICluster;
  readonly datastore: IKongDatastore;
  readonly connections: SlotConnections;
  readonly provider: KongClusterProvider;
  readonly logRetentionDays: number;
}

/**
 * The one-off tasks that migrate a slot's database: a task definition for each stop, run in order.
 *
 * One task a stop and not one container a stop: on Fargate a container gives up waiting for another one after
 * `startTimeout`, 120 s at most, and a migration takes what it takes.
 *
 * With mode `task` a custom resource runs them during the deployment, and `resource` is what the service must wait for.
 * With mode `manual` they are only made; the outputs of the cluster name all that running them needs.
 */
export class KongMigrations extends Construct {
  readonly taskDefinitions: readonly ecs.FargateTaskDefinition[];
  readonly securityGroup: ec2.ISecurityGroup;
  readonly logGroup: logs.ILogGroup;
  readonly subnetIds: readonly string[];
  readonly resource?: CustomResource;

  constructor(scope: Construct, id: string, props: KongMigrationsProps) {
    super(scope, id);
    const { spec, datastore, connections } = props;

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: connections.vpc,
      description: `Migrations task of the ${connections.slot} Kong cluster`,
      allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'image, secrets and logs');
    securityGroup.addEgressRule(datastore.securityGroup, ec2.Port.tcp(PORTS.postgres), 'database of this slot');
    datastore.securityGroup.addIngressRule(
      securityGroup,
      ec2.Port.tcp(PORTS.postgres),
      `Migrations of ${connections.slot}`,
    );
    this.securityGroup = securityGroup;
    this.subnetIds = connections.vpc.selectSubnets(connections.nodeSubnets).subnetIds;

    // Kept when the stack goes: the log of a failed first deployment must outlive its rollback. Its contents expire.
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    const kong = kongSettings(this, { environment: spec.environment, secrets: props.secrets, datastore });
    this.taskDefinitions = spec.stops.map((stop, index) => {
      const definition = new ecs.FargateTaskDefinition(this, `Stop${index + 1}`, {
        cpu: MIGRATION_SIZE.cpu,
        memoryLimitMiB: MIGRATION_SIZE.memoryMib,
      });
      addContainers(definition, [migrationContainer(stop)], {
        ...kong,
        image: containerImage(this, `Image${index + 1}`, stop.image),
        logGroup: this.logGroup,
      });
      acknowledgeTask(definition);
      return definition;
    });
    if (spec.mode === 'task') this.resource = this.runDuringDeployment(props);
  }

  private runDuringDeployment(props: KongMigrationsProps): CustomResource {
    const { spec, datastore, provider, cluster } = props;
    const stack = Stack.of(this);
    const databaseArn = (identifier: string): string =>
      stack.formatArn({
        service: 'rds',
        resource: 'db',
        resourceName: identifier,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const grants = new iam.Policy(this, 'RunTasks', {
      roles: [provider.role],
      statements: migrationStatements({
        taskDefinitionArns: this.taskDefinitions.map((definition) => definition.taskDefinitionArn),
        clusterArn: cluster.clusterArn,
        taskArns: stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` }),
        roleArns: this.taskDefinitions.flatMap((definition) => [
          definition.taskRole.roleArn,
          definition.obtainExecutionRole().roleArn,
        ]),
        logGroupArn: this.logGroup.logGroupArn,
        databaseArns: [datastore.identifier, ...spec.forbiddenIdentifiers].map(databaseArn),
      }).map(policyStatement),
    });
    const where = `${asNagWrites(stack.partition, 'Partition')}:ecs:${asNagWrites(stack.region, 'Region')}:${asNagWrites(stack.account, 'AccountId')}`;
    const clusterId = stack.getLogicalId(cluster.node.defaultChild as CfnElement);
    Validations.of(grants).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:${where}:task/<${clusterId}>/*]`,
      reason:
        'ecs:DescribeTasks and ecs:TagResource name tasks, whose ids are made when they start; of this cluster only',
    });
    const resource = new CustomResource(this, 'Run', {
      resourceType: 'Custom::KongMigrations',
      serviceToken: provider.serviceToken,
      properties: {
        DatabaseIdentifier: datastore.identifier,
        DatabaseHost: datastore.host,
        ForbiddenIdentifiers: [...spec.forbiddenIdentifiers],
        Kind: spec.kind,
        Versions: spec.stops.map((stop) => stop.version),
        TaskDefinitions: this.taskDefinitions.map((definition) => definition.taskDefinitionArn),
        Cluster: cluster.clusterName,
        Subnets: [...this.subnetIds],
        SecurityGroups: [this.securityGroup.securityGroupId],
        LogGroup: this.logGroup.logGroupName,
        LogStreamPrefix: MIGRATION_STREAM_PREFIX,
      },
    });
    resource.node.addDependency(grants);
    // The rules that let the task reach the database are resources of their own.
    resource.node.addDependency(this.securityGroup);
    resource.node.addDependency(datastore.securityGroup);
    if (datastore.instance) resource.node.addDependency(datastore.instance);
    for (const definition of this.taskDefinitions) resource.node.addDependency(definition);
    return resource;
  }
}

/** What cdk-nag says of every task definition that runs Kong here. */
export function acknowledgeTask(definition: ecs.FargateTaskDefinition): void {
  Validations.of(definition).acknowledge({
    id: 'AwsSolutions-ECS2',
    reason: 'the environment holds settings only; passwords, licences and keys come from Secrets Manager by reference',
  });
}
