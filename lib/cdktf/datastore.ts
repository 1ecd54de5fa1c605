import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import type { DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Annotations, DataResource, TerraformStack } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { unencryptedSource } from '../blueprint/datastore';
import { BACKUP_RETENTION_DAYS, databaseParameters, PASSWORD_LENGTH } from '../blueprint/database-parameters';
import { PORTS } from '../blueprint/spec';
import type { DatastoreSpec } from '../blueprint/spec';
import type { SecretRef } from '../settings/schema';
import { ephemeral } from './ephemeral';
import { literal } from './literal';
import type { SlotConnections } from './slot-connections';

/** A slot's PostgreSQL, whether made here or existing. The host may be a token. */
export interface IKongDatastore {
  /** DBInstanceIdentifier. */
  readonly identifier: string;
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly username: string;
  readonly tls: boolean;
  /** The password as ECS injects it; its value is in no file and no state. */
  readonly password: SecretRef;
  readonly secretArn: string;
  readonly securityGroupId: string;
  /** DbiResourceId when this system made it. */
  readonly resourceId?: string;
  /** Before these, no node can reach it. */
  readonly ready: ITerraformDependable[];
}

type ExistingSpec = Extract<DatastoreSpec, { kind: 'existing' }>;
type OwnSpec = Exclude<DatastoreSpec, { kind: 'existing' }>;

export interface KongDatastoreProps {
  readonly spec: OwnSpec;
  readonly connections: SlotConnections;
  /** The stack is to be destroyed: Terraform and RDS may delete the instance, which leaves a final snapshot. @default false */
  readonly destroyable?: boolean;
}

/**
 * The RDS instance of a slot: new, or restored from a snapshot or to a point in time.
 *
 * - Nothing that would replace a live database is looked at after its creation: a newer snapshot in the lock file is for
 *   the next one. What is left (another identifier, user or database name) Terraform refuses (`prevent_destroy`).
 * - Deletion protection is in the template: Terraform rolls nothing back. A deletion leaves a final snapshot, with a name
 *   of its own for each creation.
 * - The password is made by Secrets Manager and goes from there into RDS through ephemeral values, which no plan and no
 *   state holds (Terraform and OpenTofu from 1.11 on). It is read back from the secret, so that an apply that ended half
 *   way goes on with the same one.
 * - Everything about its size is stated: a restore takes neither class nor storage from its source.
 */
export class KongDatastore extends Construct implements IKongDatastore {
  /** By spec: a new or restored instance is made, an existing one referred to. */
  static fromSpec(
    scope: Construct,
    id: string,
    props: { spec: DatastoreSpec; connections: SlotConnections; destroyable?: boolean },
  ): IKongDatastore {
    const { spec } = props;
    return spec.kind === 'existing'
      ? KongDatastore.fromExisting(scope, id, { spec, connections: props.connections })
      : new KongDatastore(scope, id, { ...props, spec });
  }

  /** A database that somebody else made. Its security group gets one rule, which admits the slot's nodes. */
  static fromExisting(
    scope: Construct,
    id: string,
    { spec, connections }: { spec: ExistingSpec; connections: SlotConnections },
  ): IKongDatastore {
    const securityGroupId = literal(spec.securityGroupId);
    const admitted = admitNodes(new Construct(scope, id), connections, securityGroupId, spec.port);
    return {
      identifier: spec.identifier,
      host: spec.host,
      port: String(spec.port),
      databaseName: spec.databaseName,
      username: spec.username,
      tls: spec.tls,
      password: spec.password,
      secretArn: spec.password.secretArn,
      securityGroupId,
      ready: [admitted],
    };
  }

  readonly identifier: string;
  readonly host: string;
  readonly port = String(PORTS.postgres);
  readonly databaseName: string;
  readonly username: string;
  readonly tls = true;
  readonly password: SecretRef;
  readonly secretArn: string;
  readonly securityGroupId: string;
  readonly resourceId: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { spec, connections, destroyable = false }: KongDatastoreProps) {
    super(scope, id);
    this.identifier = spec.identifier;
    this.databaseName = spec.databaseName;
    this.username = spec.username;

    const description = `Database of the ${connections.slot} Kong cluster`;
    this.securityGroupId = new SecurityGroup(this, 'SecurityGroup', {
      namePrefix: `${spec.identifier}-database-`,
      description,
      vpcId: connections.vpcId,
      tags: { Name: `${spec.identifier}-database` },
    }).id;
    const admitted = admitNodes(this, connections, this.securityGroupId, PORTS.postgres);
    const subnets = new DbSubnetGroup(this, 'Subnets', {
      namePrefix: `${spec.identifier}-`,
      description,
      subnetIds: connections.databaseSubnetIds,
    });
    const { family, parameters } = databaseParameters(spec.engineVersion);
    const parameterGroup = new DbParameterGroup(this, 'Parameters', {
      namePrefix: `${spec.identifier}-`,
      description,
      family: literal(family),
      // An instance reads its whole group when it is made. `immediate`, the provider's own, RDS refuses for a static
      // parameter (rds.force_ssl is one in older families), and does not keep for a value that is its default.
      parameter: Object.entries(parameters).map(([name, value]) => ({ name, value, applyMethod: 'pending-reboot' })),
      // An instance must have left it before it can go.
      lifecycle: { createBeforeDestroy: true },
    });
    const secret = this.generatedPassword(spec);
    const creation = new DataResource(this, 'Creation');
    const instance = new DbInstance(this, 'Instance', {
      identifier: spec.identifier,
      engine: 'postgres',
      engineVersion: literal(spec.engineVersion),
      instanceClass: literal(spec.instanceClass),
      allocatedStorage: spec.allocatedStorageGib,
      storageType: literal(spec.storageType),
      ...(spec.iops !== undefined && { iops: spec.iops }),
      multiAz: spec.multiAz,
      ...originOf(spec),
      passwordWo: secret.value,
      passwordWoVersion: 1,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [this.securityGroupId],
      publiclyAccessible: false,
      port: PORTS.postgres,
      parameterGroupName: parameterGroup.name,
      backupRetentionPeriod: BACKUP_RETENTION_DAYS,
      copyTagsToSnapshot: true,
      // The settings state the engine version, green's is blue's, and a restart in a maintenance window during a shift
      // would look like a fault of the new Kong: minor versions are raised by the settings.
      autoMinorVersionUpgrade: false,
      applyImmediately: true,
      deletionProtection: !destroyable,
      skipFinalSnapshot: false,
      // A fixed one would be that of an earlier cycle, and RDS would refuse the deletion.
      finalSnapshotIdentifier: `${spec.identifier}-final-${creation.id}`,
      timeouts: { create: '6h', update: '6h', delete: '2h' },
      lifecycle: {
        ...(!destroyable && { preventDestroy: true }),
        ignoreChanges: ['snapshot_identifier', 'restore_to_point_in_time', 'storage_encrypted'],
      },
    });
    this.host = instance.address;
    this.resourceId = instance.resourceId;
    this.secretArn = secret.arn;
    this.password = { secretArn: secret.arn, field: 'password' };
    this.ready = [admitted, instance];

    const warning = unencryptedSource(spec, connections.slot);
    if (warning !== undefined) Annotations.of(this).addWarning(`${warning} (${TerraformStack.of(this).node.id})`);
  }

  private generatedPassword({ identifier, username }: OwnSpec): { readonly arn: string; readonly value: string } {
    const secret = new SecretsmanagerSecret(this, 'Secret', {
      namePrefix: `${identifier}-database-`,
      description: `Database of ${identifier}: username and password`,
    });
    const made = ephemeral(this, 'aws_secretsmanager_random_password', secret.friendlyUniqueId, {
      password_length: PASSWORD_LENGTH,
      // Letters and digits only: Kong's own configuration file would read others in ways of its own.
      exclude_punctuation: true,
    });
    const stored = new SecretsmanagerSecretVersion(this, 'SecretValue', {
      secretId: secret.id,
      secretStringWo: `{"username":${literal(JSON.stringify(username))},"password":"\${${made}.random_password}"}`,
      secretStringWoVersion: 1,
    });
    const read = ephemeral(this, 'aws_secretsmanager_secret_version', stored.friendlyUniqueId, {
      // The ARN of the version's resource, which is not known before that is made: then nothing is read too early.
      secret_id: stored.arn,
    });
    return { arn: secret.arn, value: `\${jsondecode(${read}.secret_string)["password"]}` };
  }
}

/** What the instance is made of. Of a restore the provider reads user, name and encryption; stated, they could only be wrong. */
function originOf(spec: OwnSpec): Partial<DbInstanceConfig> {
  switch (spec.kind) {
    case 'new':
      return { dbName: literal(spec.databaseName), username: literal(spec.username), storageEncrypted: true };
    case 'snapshot':
      return { snapshotIdentifier: literal(spec.snapshotId), storageEncrypted: spec.encrypted };
    case 'pointInTime':
      return {
        restoreToPointInTime: {
          sourceDbiResourceId: literal(spec.sourceResourceId),
          ...(spec.restoreTime === undefined
            ? { useLatestRestorableTime: true }
            : { restoreTime: literal(spec.restoreTime) }),
        },
        // Not sent with a restore; left out, the provider would take an encrypted instance for one to be replaced.
        storageEncrypted: spec.encrypted,
      };
  }
}

function admitNodes(
  scope: Construct,
  { slot, nodeSecurityGroupId }: SlotConnections,
  securityGroupId: string,
  port: number,
): VpcSecurityGroupIngressRule {
  return new VpcSecurityGroupIngressRule(scope, 'Nodes', {
    securityGroupId,
    referencedSecurityGroupId: nodeSecurityGroupId,
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    description: `Kong nodes of ${slot}`,
  });
}
