import {
  Annotations,
  Duration,
  RemovalPolicy,
  Stack,
  Validations,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_rds as rds,
} from 'aws-cdk-lib';
import type { aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import type { Construct as IScope } from 'constructs';
import { Construct } from 'constructs';
import { unencryptedSource } from '../blueprint/datastore';
import { BACKUP_RETENTION_DAYS, databaseParameters, majorVersion } from '../blueprint/database-parameters';
import { PORTS } from '../blueprint/spec';
import type { DatastoreSpec } from '../blueprint/spec';
import { importSecret } from './import-secret';
import type { SlotConnections } from './slot-connections';

/** A slot's PostgreSQL, whether made here or existing. Host and port may be tokens. */
export interface IKongDatastore {
  /** DBInstanceIdentifier. */
  readonly identifier: string;
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly username: string;
  readonly tls: boolean;
  /** The password as ECS injects it; its value is in no template. */
  readonly password: ecs.Secret;
  readonly secretArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  /** The instance when this system made it, and with that may protect it from deletion. */
  readonly instance?: rds.IDatabaseInstance;
}

type ExistingSpec = Extract<DatastoreSpec, { kind: 'existing' }>;
type OwnSpec = Exclude<DatastoreSpec, { kind: 'existing' }>;

export interface KongDatastoreProps {
  readonly spec: OwnSpec;
  readonly connections: SlotConnections;
}

/**
 * The RDS instance of a slot: new, or restored from a snapshot or to a point in time.
 *
 * - Its identifier is fixed (`<name>-<slot>`): CloudFormation refuses to replace a custom-named instance, so no change
 *   of settings can put an empty or older database in its place. The lock file is the second lock, and what
 *   CloudFormation would still remove leaves a final snapshot (`Snapshot` for deletion and replacement).
 * - Deletion protection is not in the template. It goes on with the last step of a deployment
 *   (`Custom::KongLaunch`), because a protected database would stop a failed first deployment from rolling back, and
 *   off again only when the whole stack is deleted.
 * - Everything about its size is stated: a restore takes neither class nor storage from its source
 *   (`DatabaseInstanceFromSnapshot` would make it gp2, 100 GiB, m5.large).
 */
export class KongDatastore extends Construct implements IKongDatastore {
  /** By spec: a new or restored instance is made, an existing one referred to. */
  static fromSpec(
    scope: IScope,
    id: string,
    props: { spec: DatastoreSpec; connections: SlotConnections },
  ): IKongDatastore {
    const { spec } = props;
    return spec.kind === 'existing'
      ? KongDatastore.fromExisting(scope, id, { spec, connections: props.connections })
      : new KongDatastore(scope, id, { ...props, spec });
  }

  /** A database that somebody else made. Its security group gets one rule, which admits the slot's nodes. */
  static fromExisting(
    scope: IScope,
    id: string,
    props: { spec: ExistingSpec; connections: SlotConnections },
  ): IKongDatastore {
    const { spec } = props;
    const home = new Construct(scope, id);
    const secret = importSecret(home, 'Secret', spec.password.secretArn);
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(home, 'SecurityGroup', spec.securityGroupId);
    securityGroup.addIngressRule(
      props.connections.nodeSecurityGroup,
      ec2.Port.tcp(spec.port),
      `Kong nodes of ${props.connections.slot}`,
    );
    return {
      identifier: spec.identifier,
      host: spec.host,
      port: String(spec.port),
      databaseName: spec.databaseName,
      username: spec.username,
      tls: spec.tls,
      password: ecs.Secret.fromSecretsManager(secret, spec.password.field),
      secretArn: spec.password.secretArn,
      securityGroup,
    };
  }

  readonly identifier: string;
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly username: string;
  readonly tls = true;
  readonly password: ecs.Secret;
  readonly secretArn: string;
  readonly securityGroup: ec2.ISecurityGroup;
  readonly instance: rds.DatabaseInstance | rds.DatabaseInstanceFromSnapshot;
  /** Holds `username` and `password`, generated for this slot alone. */
  readonly secret: secretsmanager.ISecret;

  constructor(scope: IScope, id: string, props: KongDatastoreProps) {
    super(scope, id);
    const { spec, connections } = props;
    this.identifier = spec.identifier;
    this.databaseName = spec.databaseName;
    this.username = spec.username;

    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: connections.vpc,
      description: `Database of the ${connections.slot} Kong cluster`,
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(
      connections.nodeSecurityGroup,
      ec2.Port.tcp(PORTS.postgres),
      `Kong nodes of ${connections.slot}`,
    );
    this.securityGroup = securityGroup;

    const engine = rds.DatabaseInstanceEngine.postgres({
      version: rds.PostgresEngineVersion.of(spec.engineVersion, majorVersion(spec.engineVersion)),
    });
    const common = {
      engine,
      instanceIdentifier: spec.identifier,
      vpc: connections.vpc,
      vpcSubnets: connections.databaseSubnets,
      securityGroups: [securityGroup],
      publiclyAccessible: false,
      port: PORTS.postgres,
      instanceType: new ec2.InstanceType(spec.instanceClass.replace(/^db\./, '')),
      allocatedStorage: spec.allocatedStorageGib,
      storageType: spec.storageType as rds.StorageType,
      iops: spec.iops,
      multiAz: spec.multiAz,
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        description: `Database of the ${connections.slot} Kong cluster`,
        parameters: { ...databaseParameters(spec.engineVersion).parameters },
      }),
      backupRetention: Duration.days(BACKUP_RETENTION_DAYS),
      copyTagsToSnapshot: true,
      // No logs are exported: their groups have names that RDS chooses and may make again after they were deleted, and
      // then the slot could not be deployed a second time. RDS keeps the logs itself for three days.
      // The template states the engine version, green's is blue's, and a restart in a maintenance window during a shift
      // would look like a fault of the new Kong: minor versions are raised by the settings.
      autoMinorVersionUpgrade: false,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    };
    const instance =
      spec.kind === 'new'
        ? new rds.DatabaseInstance(this, 'Instance', {
            ...common,
            databaseName: spec.databaseName,
            credentials: rds.Credentials.fromGeneratedSecret(spec.username),
            storageEncrypted: true,
          })
        : new rds.DatabaseInstanceFromSnapshot(this, 'Instance', {
            ...common,
            snapshotIdentifier: spec.kind === 'snapshot' ? spec.snapshotId : spec.sourceResourceId,
            // A password of its own, so that green's nodes could not open blue's database even if they reached it.
            credentials: rds.SnapshotCredentials.fromGeneratedSecret(spec.username),
          });
    if (spec.kind === 'pointInTime') restoreToPointInTime(instance, spec);
    this.instance = instance;
    this.secret = instance.secret!; // both kinds generate one
    this.secretArn = this.secret.secretArn;
    this.password = ecs.Secret.fromSecretsManager(this.secret, 'password');
    this.host = instance.dbInstanceEndpointAddress;
    this.port = instance.dbInstanceEndpointPort;

    const warning = unencryptedSource(spec, connections.slot);
    if (warning !== undefined) {
      Annotations.of(this).addWarningV2(
        'kong-dual-cluster:unencryptedSnapshot',
        `${warning} (${Stack.of(this).stackName})`,
      );
    }
    acknowledge(this, spec);
  }
}

/**
 * The CDK has no construct for this restore. What may be stated is as with a snapshot (no user, no encryption; class, storage
 * and password are set by the change that follows the restore: CloudFormation's own resource provider), only the source differs.
 *
 * The source goes by its resource id. An instance with a `SourceDBInstanceIdentifier` is a read replica to CloudFormation
 * whatever else is stated, and of a read replica it makes no final snapshot when it deletes it (`DeleteHandler` and
 * `ResourceModelHelper.isReadReplica` of aws-cloudformation-resource-providers-rds).
 */
function restoreToPointInTime(
  instance: rds.DatabaseInstance | rds.DatabaseInstanceFromSnapshot,
  { sourceResourceId, restoreTime }: Extract<OwnSpec, { kind: 'pointInTime' }>,
): void {
  const resource = instance.node.defaultChild as rds.CfnDBInstance;
  resource.dbSnapshotIdentifier = undefined;
  resource.sourceDbiResourceId = sourceResourceId;
  if (restoreTime === undefined) resource.useLatestRestorableTime = true;
  else resource.restoreTime = restoreTime;
}

function acknowledge(datastore: KongDatastore, spec: OwnSpec): void {
  const rules = Validations.of(datastore);
  rules.acknowledge(
    {
      id: 'AwsSolutions-RDS10',
      reason:
        'deletion protection is switched on by the last step of each deployment, because a protected database would stop a failed first deployment from rolling back',
    },
    {
      id: 'AwsSolutions-RDS11',
      reason: 'the port is open to the security groups of this slot only; another number would hide nothing',
    },
    {
      id: 'AwsSolutions-SMG4',
      reason:
        'Kong reads its database password at start; rotation needs a rolling restart in step with it and is left to the owner',
    },
  );
  if (!spec.multiAz)
    rules.acknowledge({
      id: 'AwsSolutions-RDS3',
      reason: 'one zone, as the settings or the database that it is restored from say',
    });
  if (spec.kind !== 'new') {
    rules.acknowledge({
      id: 'AwsSolutions-RDS2',
      reason:
        'encrypted as its source is: RDS does not take the property on a restore; an unencrypted one is warned of at synth',
    });
  }
}
