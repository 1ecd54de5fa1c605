import type { DatastoreSpec } from '../../../lib/blueprint/spec';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { existingDatastore, makeCluster, newDatastore, restoredDatastore, upgrade } from './cluster-fixtures';

const instanceOf = (template: ReturnType<typeof makeCluster>['template']) =>
  Object.values<any>(template.findResources('AWS::RDS::DBInstance'))[0];

describe('given a database restored from a snapshot, when it is synthesised', () => {
  const { template } = makeCluster({ datastore: restoredDatastore });

  test('its identifier is fixed: CloudFormation refuses to replace a custom-named instance', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      DBInstanceIdentifier: 'kong-green',
      DBSnapshotIdentifier: Match.stringLikeRegexp('kong-blue-1$'),
    });
  });

  test('class, storage and zones are stated, because a restore takes none of them from its snapshot', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      DBInstanceClass: 'db.t4g.medium',
      AllocatedStorage: '100',
      StorageType: 'gp3',
      MultiAZ: true,
      EngineVersion: '15.18',
    });
  });

  test("encryption, user and database name are the snapshot's: RDS takes them on no restore", () => {
    const { Properties } = instanceOf(template);
    for (const property of ['StorageEncrypted', 'KmsKeyId', 'MasterUsername', 'DBName'])
      expect(Properties).not.toHaveProperty(property);
  });

  test('its password is its own, generated, and in no template', () => {
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ GenerateStringKey: 'password' }),
    });
    expect(JSON.stringify(instanceOf(template).Properties.MasterUserPassword)).toContain('{{resolve:secretsmanager:');
  });

  test('what CloudFormation would remove leaves a final snapshot', () => {
    expect(instanceOf(template)).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
  });

  test("deletion protection is not the template's, or an update would switch it off again", () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', { DeletionProtection: Match.absent() });
  });

  test('connections without TLS are refused by the server', () => {
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres15',
      Parameters: { 'rds.force_ssl': '1' },
    });
  });

  test('its password is hashed so that every Kong can log in, not with the default of PostgreSQL 14 and later', () => {
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { password_encryption: 'md5' } });
    const older = makeCluster({
      datastore: { ...restoredDatastore, engineVersion: '13.20' } as DatastoreSpec,
    }).template;
    older.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres13',
      Parameters: { password_encryption: Match.absent() },
    });
  });

  test('its version does not move by itself, it has backups, and exports no logs', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      AutoMinorVersionUpgrade: false,
      BackupRetentionPeriod: 7,
      EnableCloudwatchLogsExports: Match.absent(), // groups that RDS names would stand in the way of the next deploy
      PubliclyAccessible: false,
    });
  });

  test('only the nodes of its slot and the migrations task may reach it', () => {
    const group = Object.keys(
      template.findResources('AWS::EC2::SecurityGroup', {
        Properties: { GroupDescription: 'Database of the green Kong cluster' },
      }),
    )[0];
    const rules = Object.values<any>(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(
      (rule) => rule.Properties.GroupId['Fn::GetAtt'][0] === group,
    );
    const migrations = Object.keys(
      template.findResources('AWS::EC2::SecurityGroup', {
        Properties: { GroupDescription: Match.stringLikeRegexp('^Migrations') },
      }),
    )[0];
    expect(
      rules.map((rule) => [rule.Properties.SourceSecurityGroupId, rule.Properties.FromPort, rule.Properties.ToPort]),
    ).toEqual(
      expect.arrayContaining([
        ['sg-00000000000000aaa', 5432, 5432],
        [{ 'Fn::GetAtt': [migrations, 'GroupId'] }, 5432, 5432],
      ]),
    );
    expect(rules).toHaveLength(2);
  });

  test('it stands in the database subnets', () => {
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', {
      SubnetIds: ['subnet-0000000000000ddd1', 'subnet-0000000000000ddd2'],
    });
  });
});

describe('given a database restored to a point in time, when it is synthesised', () => {
  const datastore: DatastoreSpec = {
    ...(restoredDatastore as Extract<DatastoreSpec, { kind: 'snapshot' }>),
    kind: 'pointInTime',
    sourceIdentifier: 'kong-blue',
    sourceResourceId: 'db-BLUE',
    restoreTime: '2026-11-22T10:15:00Z',
  };
  const { template } = makeCluster({ datastore });
  const { Properties, ...policies } = instanceOf(template);

  test('its source goes by resource id: with an identifier CloudFormation would make no final snapshot of it', () => {
    expect(Properties).toMatchObject({ SourceDbiResourceId: 'db-BLUE', RestoreTime: '2026-11-22T10:15:00Z' });
    for (const property of ['SourceDBInstanceIdentifier', 'UseLatestRestorableTime', 'DBSnapshotIdentifier'])
      expect(Properties).not.toHaveProperty(property);
    expect(policies).toMatchObject({ DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' });
  });

  test('without a time it takes the latest that can be restored', () => {
    const latest = instanceOf(makeCluster({ datastore: { ...datastore, restoreTime: undefined } }).template).Properties;
    expect(latest).toMatchObject({ SourceDbiResourceId: 'db-BLUE', UseLatestRestorableTime: true });
    expect(latest).not.toHaveProperty('RestoreTime');
  });

  test('all else is as from a snapshot', () => {
    const snapshot = instanceOf(makeCluster({ datastore: restoredDatastore }).template).Properties;
    expect({ ...Properties, SourceDbiResourceId: undefined, RestoreTime: undefined }).toEqual({
      ...snapshot,
      DBSnapshotIdentifier: undefined,
    });
  });

  test('of a database that is not encrypted it is warned of', () => {
    const { stack } = makeCluster({ datastore: { ...datastore, encrypted: false } });
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('restored from a database that is not encrypted'),
    );
  });
});

describe('given a new database, when it is synthesised', () => {
  const { template } = makeCluster({
    datastore: newDatastore,
    migrations: upgrade({ kind: 'bootstrap', forbiddenIdentifiers: [] }),
  });

  test('it is encrypted and has the name and user of the settings', () => {
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      StorageEncrypted: true,
      DBName: 'kong',
      DBSnapshotIdentifier: Match.absent(),
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: Match.objectLike({ SecretStringTemplate: '{"username":"kong"}' }),
    });
  });
});

test('given provisioned iops, when it is synthesised, they are stated', () => {
  const { template } = makeCluster({
    datastore: {
      ...restoredDatastore,
      storageType: 'io1',
      allocatedStorageGib: 400,
      iops: 3000,
    } as typeof restoredDatastore,
  });
  template.hasResourceProperties('AWS::RDS::DBInstance', { StorageType: 'io1', Iops: 3000, AllocatedStorage: '400' });
});

test('given an unencrypted snapshot, when it is restored, the owner is warned and told what to do', () => {
  const unencrypted = makeCluster({
    datastore: { ...restoredDatastore, encrypted: false } as typeof restoredDatastore,
  });
  Annotations.fromStack(unencrypted.stack).hasWarning(
    '*',
    Match.stringLikeRegexp('not encrypted.*copy the snapshot with a KMS key'),
  );
  expect(Annotations.fromStack(makeCluster().stack).findWarning('*', Match.stringLikeRegexp('not encrypted'))).toEqual(
    [],
  );
});

test.each([
  ['9.6.24', 'postgres9.6'],
  ['15', 'postgres15'],
  ['16.3', 'postgres16'],
])('given PostgreSQL %s, its parameter group is of family %s', (engineVersion, family) => {
  const { template } = makeCluster({ datastore: { ...restoredDatastore, engineVersion } as typeof restoredDatastore });
  template.hasResourceProperties('AWS::RDS::DBParameterGroup', { Family: family });
});

test('given a secret by an ARN without its six characters, the nodes may read the secret of that name', () => {
  const datastore = {
    ...existingDatastore,
    password: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:legacy' },
  } as typeof existingDatastore;
  const { template } = makeCluster({ datastore, migrations: upgrade({ mode: 'none', stops: [] }) });
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('secret:legacy-??????');
});
