import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { DBInstance, ModifyDBInstanceCommandInput } from '@aws-sdk/client-rds';
import { resource } from '../by-type';
import {
  ACCOUNT,
  REGION,
  byType,
  clientOptions,
  given,
  list,
  nameOf,
  only,
  optionalText,
  sleep,
  tagList,
  text,
  texts,
} from '../cloud';
import type { ResourceType } from '../resource-type';
import { same } from '../values';
import type { Value, Values } from '../values';

let made: RDSClient | undefined;
const client = () => (made ??= new RDSClient(clientOptions()));
const POLL_MILLISECONDS = 250;

export const subnetGroup = resource({
  type: 'AWS::RDS::DBSubnetGroup',
  forceNew: ['name', 'name_prefix'],
  defaults: { description: 'Managed by Terraform' },
  prepare: (v) => ({ name: nameOf(v).toLowerCase() }),
  properties: (v) => ({
    DBSubnetGroupName: v['name'],
    DBSubnetGroupDescription: v['description'],
    SubnetIds: texts(v['subnet_ids']),
    Tags: tagList(v),
  }),
  id: (state) => text(state['name']),
  made: (_, v) => ({ id: v['name'], arn: `arn:aws:rds:${REGION}:${ACCOUNT}:subgrp:${text(v['name'])}` }),
});

export const parameterGroup = resource({
  type: 'AWS::RDS::DBParameterGroup',
  forceNew: ['name', 'name_prefix', 'family', 'description'],
  defaults: { description: 'Managed by Terraform', skip_destroy: false },
  prepare: (v) => ({ name: nameOf(v).toLowerCase() }),
  properties: (v) => ({
    DBParameterGroupName: v['name'],
    Description: v['description'],
    Family: v['family'],
    Parameters: Object.fromEntries(list(v['parameter']).map(({ name, value }) => [name, value])),
    Tags: tagList(v),
  }),
  id: (state) => text(state['name']),
  made: (_, v) => ({ id: v['name'], arn: `arn:aws:rds:${REGION}:${ACCOUNT}:pg:${text(v['name'])}` }),
});

async function describe(identifier: string): Promise<DBInstance | undefined> {
  try {
    const { DBInstances } = await client().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    return DBInstances?.[0];
  } catch (error) {
    if ((error as Error).name.startsWith('DBInstanceNotFound')) return undefined;
    throw error;
  }
}

async function untilAvailable(identifier: string): Promise<DBInstance> {
  for (;;) {
    const found = await describe(identifier);
    if (found === undefined) throw new Error(`DB instance ${identifier} is gone`);
    if (found.DBInstanceStatus === 'available') return found;
    await sleep(POLL_MILLISECONDS);
  }
}

/** What the state says of a live instance: names and addresses, and what the configuration may leave to RDS. */
function shown(live: DBInstance, state: Values): Values {
  const version = text(state['engine_version']);
  return {
    id: live.DbiResourceId ?? '',
    resource_id: live.DbiResourceId ?? '',
    identifier: live.DBInstanceIdentifier ?? '',
    arn: live.DBInstanceArn ?? '',
    address: live.Endpoint?.Address ?? '',
    port: live.Endpoint?.Port ?? 5432,
    endpoint: `${live.Endpoint?.Address}:${live.Endpoint?.Port}`,
    status: live.DBInstanceStatus ?? '',
    engine: live.Engine ?? '',
    // A configured prefix (`15`) stands for what runs.
    engine_version: version && live.EngineVersion?.startsWith(version) ? version : (live.EngineVersion ?? ''),
    engine_version_actual: live.EngineVersion ?? '',
    instance_class: live.DBInstanceClass ?? '',
    allocated_storage: live.AllocatedStorage ?? 0,
    storage_type: live.StorageType ?? '',
    username: live.MasterUsername ?? '',
    db_name: live.DBName ?? '',
    multi_az: live.MultiAZ ?? false,
    deletion_protection: live.DeletionProtection ?? false,
    backup_retention_period: live.BackupRetentionPeriod ?? 0,
    kms_key_id: live.KmsKeyId ?? '',
    availability_zone: live.AvailabilityZone ?? '',
    parameter_group_name: live.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
    vpc_security_group_ids: (live.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? ''),
  };
}

/** In place, as the API has it. */
const CHANGES: Readonly<Record<string, (v: Values) => Partial<ModifyDBInstanceCommandInput>>> = {
  allocated_storage: (v) => ({ AllocatedStorage: Number(v['allocated_storage']) }),
  backup_retention_period: (v) => ({ BackupRetentionPeriod: Number(v['backup_retention_period']) }),
  copy_tags_to_snapshot: (v) => ({ CopyTagsToSnapshot: v['copy_tags_to_snapshot'] === true }),
  deletion_protection: (v) => ({ DeletionProtection: v['deletion_protection'] === true }),
  engine_version: (v) => ({
    EngineVersion: text(v['engine_version']),
    AllowMajorVersionUpgrade: v['allow_major_version_upgrade'] === true,
  }),
  instance_class: (v) => ({ DBInstanceClass: text(v['instance_class']) }),
  max_allocated_storage: (v) => ({ MaxAllocatedStorage: Number(v['max_allocated_storage']) }),
  multi_az: (v) => ({ MultiAZ: v['multi_az'] === true }),
  parameter_group_name: (v) => ({ DBParameterGroupName: text(v['parameter_group_name']) }),
  storage_type: (v) => ({ StorageType: text(v['storage_type']) }),
  vpc_security_group_ids: (v) => ({ VpcSecurityGroupIds: [...texts(v['vpc_security_group_ids'])] }),
};

const passwordOf = (config: Values): string => text(config['password_wo']) || text(config['password']);

const isRestore = (v: Values): boolean =>
  text(v['snapshot_identifier']) !== '' || only(v['restore_to_point_in_time']) !== undefined;

function pointInTime(v: Values): object {
  const restore = only(v['restore_to_point_in_time']);
  return {
    SourceDbiResourceId: optionalText(restore?.['source_dbi_resource_id']),
    SourceDBInstanceIdentifier: optionalText(restore?.['source_db_instance_identifier']),
    RestoreTime: optionalText(restore?.['restore_time']),
    UseLatestRestorableTime: restore?.['use_latest_restorable_time'] || undefined,
  };
}

const properties = (v: Values, config: Values) =>
  given({
    DBInstanceIdentifier: v['identifier'],
    DBSnapshotIdentifier: optionalText(v['snapshot_identifier']),
    ...pointInTime(v),
    DBInstanceClass: v['instance_class'],
    Engine: optionalText(v['engine']),
    EngineVersion: optionalText(v['engine_version']),
    AllocatedStorage: v['allocated_storage'] === null ? undefined : String(v['allocated_storage'] as number),
    MaxAllocatedStorage: v['max_allocated_storage'] || undefined,
    StorageType: optionalText(v['storage_type']),
    StorageEncrypted: isRestore(v) ? undefined : (v['storage_encrypted'] ?? false),
    KmsKeyId: optionalText(v['kms_key_id']),
    MasterUsername: optionalText(v['username']),
    MasterUserPassword: passwordOf(config) || undefined,
    DBName: optionalText(v['db_name']),
    DBSubnetGroupName: optionalText(v['db_subnet_group_name']),
    DBParameterGroupName: optionalText(v['parameter_group_name']),
    VPCSecurityGroups: texts(v['vpc_security_group_ids']),
    MultiAZ: v['multi_az'] ?? false,
    BackupRetentionPeriod: v['backup_retention_period'],
    DeletionProtection: v['deletion_protection'] ?? false,
    CopyTagsToSnapshot: v['copy_tags_to_snapshot'] ?? false,
    PubliclyAccessible: v['publicly_accessible'] ?? false,
    Tags: tagList(v),
  });

const TYPE = 'AWS::RDS::DBInstance';

export const dbInstance: ResourceType = {
  forceNew: [
    'availability_zone',
    'character_set_name',
    'db_name',
    'engine',
    'kms_key_id',
    'nchar_character_set_name',
    'restore_to_point_in_time',
    's3_import',
    'snapshot_identifier',
    'storage_encrypted',
    'timezone',
    'username',
  ],
  defaults: {
    auto_minor_version_upgrade: true,
    copy_tags_to_snapshot: false,
    delete_automated_backups: true,
    monitoring_interval: 0,
    performance_insights_enabled: false,
    publicly_accessible: false,
    skip_final_snapshot: false,
  },
  async create({ planned: v, config }) {
    if (list(v['s3_import']).length > 0) throw new Error('the stand-in does not model s3_import');
    const identifier =
      text(v['identifier']) || nameOf({ name_prefix: v['identifier_prefix'] ?? null }, 'terraform-', 63);
    await byType({
      action: 'create',
      type: TYPE,
      name: 'database',
      properties: properties({ ...v, identifier }, config),
    });
    const live = await untilAvailable(identifier);
    return { ...shown(live, v), snapshot_identifier: v['snapshot_identifier'] ?? null };
  },
  async read(state) {
    const live = await describe(text(state['identifier']));
    return live?.DbiResourceId === state['resource_id'] ? shown(live!, state) : undefined;
  },
  async update({ planned: v, prior, config }) {
    if (v['identifier'] !== prior['identifier']) throw new Error('the stand-in does not rename a DB instance');
    const changes = Object.entries(CHANGES).filter(([name]) => !same(v[name], prior[name]));
    const password =
      v['password_wo_version'] !== prior['password_wo_version'] || v['password'] !== prior['password']
        ? passwordOf(config)
        : '';
    if (changes.length > 0 || password)
      await client().send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: text(v['identifier']),
          ApplyImmediately: true,
          ...(Object.assign({}, ...changes.map(([, change]) => change(v))) as object),
          ...(password ? { MasterUserPassword: password } : {}),
        }),
      );
    return shown(await untilAvailable(text(v['identifier'])), v);
  },
  async remove(state) {
    const identifier = text(state['identifier']);
    const skip: Value | undefined = state['skip_final_snapshot'];
    if (skip !== true && !text(state['final_snapshot_identifier']))
      throw new Error('final_snapshot_identifier is required when skip_final_snapshot is false');
    try {
      await client().send(
        new DeleteDBInstanceCommand({
          DBInstanceIdentifier: identifier,
          DeleteAutomatedBackups: state['delete_automated_backups'] !== false,
          ...(skip === true
            ? { SkipFinalSnapshot: true }
            : { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: text(state['final_snapshot_identifier']) }),
        }),
      );
    } catch (error) {
      if (!(error as Error).name.startsWith('DBInstanceNotFound')) throw error;
    }
    while ((await describe(identifier)) !== undefined) await sleep(POLL_MILLISECONDS);
  },
};
