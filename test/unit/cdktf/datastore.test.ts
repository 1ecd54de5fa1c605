import { KongDatastore } from '../../../lib/cdktf/datastore';
import type { IKongDatastore } from '../../../lib/cdktf/datastore';
import type { DatastoreSpec } from '../../../lib/blueprint/spec';
import { existingDatastore, newDatastore, restoredDatastore } from '../aws-cdk/cluster-fixtures';
import { connections } from './slot-fixtures';
import { resource, resources, synth } from './synth';
import type { TerraformJson } from './synth';

const size = {
  instanceClass: 'db.m7g.large',
  allocatedStorageGib: 400,
  storageType: 'gp3',
  iops: 12000,
  multiAz: true,
};
const pointInTime: DatastoreSpec = {
  kind: 'pointInTime',
  identifier: 'kong-green',
  engineVersion: '15.18',
  databaseName: 'kong',
  username: 'kong',
  sourceIdentifier: 'kong-blue',
  sourceResourceId: 'db-ABCDEFGHIJKL',
  encrypted: true,
  ...size,
};

interface Made {
  readonly json: TerraformJson;
  readonly datastore: IKongDatastore;
  readonly instance: any;
}

function make(spec: DatastoreSpec, destroyable?: boolean): Made {
  let datastore: IKongDatastore | undefined;
  const json = synth((stack) => {
    datastore = KongDatastore.fromSpec(stack, 'Datastore', {
      spec,
      connections,
      ...(destroyable !== undefined && { destroyable }),
    });
  }, 'kong-green');
  return { json, datastore: datastore!, instance: resources(json, 'aws_db_instance')[0] };
}

describe('given a database of any origin', () => {
  const kinds: [string, DatastoreSpec][] = [
    ['new', newDatastore],
    ['restored from a snapshot', restoredDatastore],
    ['restored to a point in time', pointInTime],
  ];

  test.each(kinds)('a %s one is not reachable from outside, keeps backups and its own version', (_, spec) => {
    expect(make(spec).instance).toMatchObject({
      publicly_accessible: false,
      port: 5432,
      engine: 'postgres',
      backup_retention_period: 7,
      copy_tags_to_snapshot: true,
      auto_minor_version_upgrade: false,
    });
  });

  test.each(kinds)('a %s one is not replaced by what came after its creation, nor deleted', (_, spec) => {
    const { instance } = make(spec);
    expect(instance.deletion_protection).toBe(true);
    expect(instance.lifecycle.prevent_destroy).toBe(true);
    expect(instance.lifecycle.ignore_changes).toEqual(
      expect.arrayContaining(['snapshot_identifier', 'restore_to_point_in_time', 'storage_encrypted']),
    );
  });

  test.each(kinds)('a %s one leaves a final snapshot whose name is of this creation alone', (_, spec) => {
    const { instance, json } = make(spec);
    const [creation] = Object.keys(json.resource!.terraform_data!);
    expect(instance.skip_final_snapshot).toBe(false);
    expect(instance.final_snapshot_identifier).toBe(`${spec.identifier}-final-\${terraform_data.${creation}.id}`);
  });

  test.each(kinds)(
    'a %s one may be destroyed by an app that is told so, and leaves the snapshot all the same',
    (_, spec) => {
      const { instance } = make(spec, true);
      expect(instance.deletion_protection).toBe(false);
      expect(instance.lifecycle.prevent_destroy).toBeUndefined();
      expect(instance.skip_final_snapshot).toBe(false);
    },
  );

  test.each(kinds)('of a %s one no password is in the file: it goes from secret to database unseen', (_, spec) => {
    const { json, instance } = make(spec);
    const [[random, made]] = Object.entries(json.ephemeral!.aws_secretsmanager_random_password!) as [[string, any]];
    const [[read, version]] = Object.entries(json.ephemeral!.aws_secretsmanager_secret_version!) as [[string, any]];
    const [stored] = Object.keys(json.resource!.aws_secretsmanager_secret_version!);

    expect(made).toEqual({ password_length: 30, exclude_punctuation: true });
    expect(resource(json, 'aws_secretsmanager_secret_version')).toMatchObject({
      secret_string_wo: `{"username":"kong","password":"\${ephemeral.aws_secretsmanager_random_password.${random}.random_password}"}`,
      secret_string_wo_version: 1,
    });
    // The ARN of the version, not of the secret: before there is a version nothing can be read.
    expect(version.secret_id).toBe(`\${aws_secretsmanager_secret_version.${stored}.arn}`);
    expect(instance.password_wo).toBe(
      `\${jsondecode(ephemeral.aws_secretsmanager_secret_version.${read}.secret_string)["password"]}`,
    );
    expect(instance.password_wo_version).toBe(1);
    expect(instance).not.toHaveProperty('password');
    expect((json.terraform as any).required_version).toBe('>= 1.11.0');
  });

  test.each(kinds)('the time that making a %s one takes is hours, not 40 minutes', (_, spec) => {
    expect(make(spec).instance.timeouts).toMatchObject({ create: '6h' });
  });
});

test('given a new database, when it is made, it is encrypted and has its name and user', () => {
  expect(make(newDatastore).instance).toMatchObject({
    db_name: 'kong',
    username: 'kong',
    storage_encrypted: true,
    instance_class: 'db.t4g.medium',
    allocated_storage: 100,
    storage_type: 'gp3',
    multi_az: true,
  });
});

describe('given a restore', () => {
  test.each([
    ['a snapshot', restoredDatastore],
    ['a point in time', pointInTime],
  ])(
    'from %s, then user and database name are the source’s: stating them could only replace the instance',
    (_, spec) => {
      const { instance } = make(spec);
      expect(instance).not.toHaveProperty('username');
      expect(instance).not.toHaveProperty('db_name');
    },
  );

  test('from a snapshot, then class and storage are stated', () => {
    const { instance } = make({ ...restoredDatastore, ...size });
    expect(instance).toMatchObject({
      snapshot_identifier: 'arn:aws:rds:eu-central-1:111122223333:snapshot:kong-blue-1',
      instance_class: 'db.m7g.large',
      allocated_storage: 400,
      iops: 12000,
    });
    expect(instance).not.toHaveProperty('restore_to_point_in_time');
  });

  test('to a point in time, then the source goes by its resource id', () => {
    const at = make({ ...pointInTime, restoreTime: '2026-11-22T01:00:00Z' }).instance;
    expect(at.restore_to_point_in_time).toEqual({
      source_dbi_resource_id: 'db-ABCDEFGHIJKL',
      restore_time: '2026-11-22T01:00:00Z',
    });
    expect(at).not.toHaveProperty('snapshot_identifier');
  });

  test('to the latest time, then RDS chooses it', () => {
    expect(make(pointInTime).instance.restore_to_point_in_time).toEqual({
      source_dbi_resource_id: 'db-ABCDEFGHIJKL',
      use_latest_restorable_time: true,
    });
  });

  test.each([true, false])(
    'from a source with encryption %s, then the state says the same and nothing is replaced',
    (encrypted) => {
      expect(make({ ...restoredDatastore, encrypted } as DatastoreSpec).instance.storage_encrypted).toBe(encrypted);
    },
  );

  test('from an unencrypted snapshot, then synth warns of it', () => {
    const warnings = (spec: DatastoreSpec): string => {
      let entries = '';
      synth((stack) => {
        KongDatastore.fromSpec(stack, 'Datastore', { spec, connections });
        entries = JSON.stringify(stack.node.findAll().flatMap(({ node }) => node.metadata));
      });
      return entries;
    };
    expect(warnings({ ...restoredDatastore, encrypted: false } as DatastoreSpec)).toMatch(
      /of green is restored from a snapshot that is not encrypted/,
    );
    expect(warnings(restoredDatastore)).not.toMatch(/not encrypted/);
  });
});

test.each([
  ['15.18', 'postgres15', ['rds.force_ssl', 'password_encryption']],
  ['13.14', 'postgres13', ['rds.force_ssl']],
  ['9.6.24', 'postgres9.6', ['rds.force_ssl']],
])('given PostgreSQL %s, the parameter group is of %s', (engineVersion, family, names) => {
  const group = resource(
    make({ ...newDatastore, engineVersion } as DatastoreSpec).json,
    'aws_db_parameter_group',
  ) as any;
  expect(group.family).toBe(family);
  expect(group.parameter.map(({ name }: { name: string }) => name)).toEqual(names);
  // What RDS takes for static and dynamic parameters alike, and gives back for a value that is the default.
  expect(group.parameter.map(({ apply_method: method }: any) => method)).toEqual(names.map(() => 'pending-reboot'));
  // An instance must have left it before RDS lets it go.
  expect(group.lifecycle.create_before_destroy).toBe(true);
});

describe('given an existing database', () => {
  test('nothing is made but one rule, which lets the nodes in', () => {
    const { json } = make(existingDatastore);
    expect(Object.keys(json.resource!)).toEqual(['aws_vpc_security_group_ingress_rule']);
    expect(resource(json, 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      security_group_id: 'sg-0123456789abcdef0',
      referenced_security_group_id: 'sg-00000000000000aaa',
      from_port: 5433,
      to_port: 5433,
      ip_protocol: 'tcp',
    });
  });

  test('its address and its password are those of the settings', () => {
    expect(make(existingDatastore).datastore).toMatchObject({
      host: 'legacy.abc.eu-central-1.rds.amazonaws.com',
      port: '5433',
      tls: false,
      password: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:legacy-AbCdEf', field: 'pw' },
    });
  });
});
