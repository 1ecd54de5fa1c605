import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { migrationContainer, MIGRATION_SIZE, MIGRATION_STREAM_PREFIX } from '../blueprint/containers';
import type { Statement } from '../blueprint/permissions';
import { migrationStatements } from '../blueprint/slot-permissions';
import { PORTS } from '../blueprint/spec';
import type { MigrationSpec } from '../blueprint/spec';
import type { SecretRef } from '../settings/schema';
import { KongTask } from './cluster-container';
import type { ClusterArns } from './cluster-arns';
import { commaList } from './comma-list';
import type { IKongDatastore } from './datastore';
import type { SlotConnections } from './slot-connections';
import type { SlotFunction } from './slot-function';

export interface KongMigrationsProps {
  /** Of the slot's stack. */
  readonly name: string;
  readonly spec: MigrationSpec;
  readonly secrets: Readonly<Record<string, SecretRef>>;
  readonly cluster: ClusterArns;
  readonly datastore: IKongDatastore;
  readonly connections: SlotConnections;
  readonly logRetentionDays: number;
}

/**
 * The one-off tasks that migrate a slot's database: a task definition for each stop, run in order.
 *
 * With mode `task` an invocation of the slot's function runs them during the apply (`runDuringApply`), and the service must
 * wait for it. With mode `manual` they are only made; the outputs of the cluster name all that running them needs.
 */
export class KongMigrations extends Construct {
  readonly taskDefinitionArns: readonly string[];
  readonly securityGroupId: string;
  readonly logGroupName: string;
  /** Ids with commas between them. */
  readonly subnetIds: string;
  /** What the slot's function needs to run them. */
  readonly statements: readonly Statement[];
  private readonly ready: ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: KongMigrationsProps,
  ) {
    super(scope, id);
    const { name, spec, datastore, connections, cluster } = props;
    const { slot } = connections;

    this.securityGroupId = new SecurityGroup(this, 'SecurityGroup', {
      namePrefix: `${name}-migrations-`,
      description: `Migrations task of the ${slot} Kong cluster`,
      vpcId: connections.vpcId,
      tags: { Name: `${name}-migrations` },
    }).id;
    const toDatabase = { ipProtocol: 'tcp', fromPort: PORTS.postgres, toPort: PORTS.postgres };
    const flows = [
      new VpcSecurityGroupEgressRule(this, 'Out', {
        securityGroupId: this.securityGroupId,
        cidrIpv4: '0.0.0.0/0',
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        description: 'image, secrets and logs',
      }),
      new VpcSecurityGroupEgressRule(this, 'ToDatabase', {
        securityGroupId: this.securityGroupId,
        referencedSecurityGroupId: datastore.securityGroupId,
        ...toDatabase,
        description: 'database of this slot',
      }),
      new VpcSecurityGroupIngressRule(this, 'IntoDatabase', {
        securityGroupId: datastore.securityGroupId,
        referencedSecurityGroupId: this.securityGroupId,
        ...toDatabase,
        description: `Migrations of ${slot}`,
      }),
    ];
    this.subnetIds = commaList(connections.nodeSubnetIds);

    // Kept when the stack goes, with a name of its own for each: the log of a failed deployment outlives it.
    const logGroup = new CloudwatchLogGroup(this, 'Logs', {
      namePrefix: `/kong-dual-cluster/${name}/migrations-`,
      retentionInDays: props.logRetentionDays,
      skipDestroy: true,
    });
    this.logGroupName = logGroup.name;

    const tasks = spec.stops.map(
      (stop, index) =>
        new KongTask(this, `Stop${index + 1}`, {
          name: `${name}-migrate-${index + 1}`,
          image: stop.image,
          ...MIGRATION_SIZE,
          containers: [migrationContainer(stop)],
          settings: { environment: spec.environment, secrets: props.secrets },
          datastore,
          logGroup,
        }),
    );
    this.taskDefinitionArns = tasks.map(({ definitionArn }) => definitionArn);
    this.ready = [...flows, ...tasks.map(({ ready }) => ready), ...datastore.ready];
    this.statements = migrationStatements({
      taskDefinitionArns: [...this.taskDefinitionArns],
      clusterArn: cluster.arn,
      taskArns: cluster.taskArns,
      roleArns: tasks.map(({ executionRoleArn }) => executionRoleArn),
      logGroupArn: `${logGroup.arn}:*`,
      databaseArns: [datastore.identifier, ...spec.forbiddenIdentifiers].map(cluster.databaseArn),
    });
  }

  /** Runs them when they are made, and again for another database or another version; nothing else is a reason. */
  runDuringApply(slotFunction: SlotFunction): ITerraformDependable {
    const { spec, datastore, cluster } = this.props;
    const versions = spec.stops.map(({ version }) => version);
    return slotFunction.callOnce(
      'Migrations',
      {
        Resource: 'KongMigrations',
        DatabaseIdentifier: datastore.identifier,
        DatabaseHost: datastore.host,
        ForbiddenIdentifiers: spec.forbiddenIdentifiers,
        Kind: spec.kind,
        Versions: versions,
        TaskDefinitions: this.taskDefinitionArns,
        Cluster: cluster.name,
        Subnets: this.subnetIds,
        SecurityGroups: [this.securityGroupId],
        LogGroup: this.logGroupName,
        LogStreamPrefix: MIGRATION_STREAM_PREFIX,
      },
      { database: datastore.resourceId ?? datastore.identifier, versions: versions.join(',') },
      this.ready,
    );
  }
}
