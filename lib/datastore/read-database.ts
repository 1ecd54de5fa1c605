import { DescribeDBInstancesCommand, type DBInstance, type RDSClient } from '@aws-sdk/client-rds';
import { takesIops } from '../blueprint/datastore';
import { KongDualClusterError } from '../errors';

/** An RDS database as it stands, in plain data. */
export interface DatabaseReading {
  readonly identifier: string;
  /** DbiResourceId: stays with the database for life, whatever its identifier. */
  readonly resourceId: string;
  /** RDS status, for example `available`. */
  readonly status: string;
  readonly host: string;
  readonly port: number;
  readonly engine: string;
  readonly engineVersion: string;
  readonly instanceClass: string;
  readonly allocatedStorageGib: number;
  readonly storageType: string;
  /** IOPS that were provisioned; absent where AWS gives a baseline that may not be asked for. */
  readonly iops?: number;
  readonly multiAz: boolean;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly masterUsername: string;
  readonly databaseName?: string;
  /** Secret that RDS manages for the master user. */
  readonly masterSecretArn?: string;
  readonly securityGroupIds: readonly string[];
  readonly subnetIds: readonly string[];
}

/** @returns undefined when there is no database of that identifier */
export async function readDatabase(rds: RDSClient, identifier: string): Promise<DatabaseReading | undefined> {
  try {
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    return DBInstances?.[0] && reading(DBInstances[0]);
  } catch (error) {
    if (error instanceof Error && /^DBInstanceNotFound/.test(error.name)) return undefined;
    throw error;
  }
}

/** The database that answers at a host name; a CNAME of the owner's is not followed. */
export async function findDatabaseByHost(rds: RDSClient, host: string): Promise<DatabaseReading | undefined> {
  let Marker: string | undefined;
  do {
    const page = await rds.send(new DescribeDBInstancesCommand({ Marker }));
    const found = page.DBInstances?.find(
      (instance) => instance.Endpoint?.Address?.toLowerCase() === host.toLowerCase(),
    );
    if (found) return reading(found);
    Marker = page.Marker;
  } while (Marker);
  return undefined;
}

/** @throws KongDualClusterError DATABASE_IS_AURORA, DATABASE_NOT_POSTGRES */
function reading(instance: DBInstance): DatabaseReading {
  const identifier = instance.DBInstanceIdentifier ?? '';
  const engine = instance.Engine ?? '';
  if (instance.DBClusterIdentifier) {
    throw new KongDualClusterError(
      'DATABASE_IS_AURORA',
      'the database is a member of an Aurora cluster, which this version does not take',
      {
        found: `${identifier} in cluster ${instance.DBClusterIdentifier} (${engine})`,
        remedy: 'use an RDS for PostgreSQL instance; a cluster needs cluster snapshots',
      },
    );
  }
  if (engine !== 'postgres') {
    throw new KongDualClusterError('DATABASE_NOT_POSTGRES', 'the database is not PostgreSQL', {
      found: `${identifier}, engine ${engine || 'unknown'}`,
      remedy: 'name the PostgreSQL instance that Kong uses',
    });
  }
  const storageType = instance.StorageType ?? 'gp2';
  const allocatedStorageGib = instance.AllocatedStorage ?? 0;
  // RDS reports a baseline for volumes that may not be given any.
  const iops = instance.Iops && takesIops(storageType, allocatedStorageGib) ? instance.Iops : undefined;
  return {
    identifier,
    resourceId: instance.DbiResourceId ?? '',
    status: instance.DBInstanceStatus ?? 'unknown',
    host: instance.Endpoint?.Address ?? '',
    port: instance.Endpoint?.Port ?? 5432,
    engine,
    engineVersion: instance.EngineVersion ?? '',
    instanceClass: instance.DBInstanceClass ?? '',
    allocatedStorageGib,
    storageType,
    ...(iops === undefined ? {} : { iops }),
    multiAz: instance.MultiAZ ?? false,
    encrypted: instance.StorageEncrypted ?? false,
    ...(instance.KmsKeyId ? { kmsKeyId: instance.KmsKeyId } : {}),
    masterUsername: instance.MasterUsername ?? '',
    ...(instance.DBName ? { databaseName: instance.DBName } : {}),
    ...(instance.MasterUserSecret?.SecretArn ? { masterSecretArn: instance.MasterUserSecret.SecretArn } : {}),
    securityGroupIds: (instance.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
    subnetIds: (instance.DBSubnetGroup?.Subnets ?? []).flatMap((subnet) => subnet.SubnetIdentifier ?? []),
  };
}
