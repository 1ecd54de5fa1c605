import { App, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { KongCluster } from '../../../lib/aws-cdk/cluster';
import { FEATURE_FLAGS } from '../../../lib/aws-cdk/feature-flags';
import type { SlotConnections } from '../../../lib/aws-cdk/slot-connections';
import { checkScript } from '../../../lib/blueprint/check-script';
import { migrationScript } from '../../../lib/blueprint/migration-script';
import type { ClusterSpec, DatastoreSpec, MigrationSpec } from '../../../lib/blueprint/spec';

export const ENVIRONMENT = { account: '111122223333', region: 'eu-central-1' };

const size = { instanceClass: 'db.t4g.medium', allocatedStorageGib: 100, storageType: 'gp3', multiAz: true };
export const newDatastore: DatastoreSpec = {
  kind: 'new',
  identifier: 'kong-blue',
  engineVersion: '15',
  databaseName: 'kong',
  username: 'kong',
  ...size,
};
export const restoredDatastore: DatastoreSpec = {
  kind: 'snapshot',
  identifier: 'kong-green',
  engineVersion: '15.18',
  databaseName: 'kong',
  username: 'kong',
  snapshotId: 'arn:aws:rds:eu-central-1:111122223333:snapshot:kong-blue-1',
  encrypted: true,
  ...size,
};
export const existingDatastore: DatastoreSpec = {
  kind: 'existing',
  identifier: 'legacy',
  host: 'legacy.abc.eu-central-1.rds.amazonaws.com',
  port: 5433,
  databaseName: 'kong',
  username: 'kong_app',
  password: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:legacy-AbCdEf', field: 'pw' },
  securityGroupId: 'sg-0123456789abcdef0',
  tls: false,
};

export const upgrade = (overrides: Partial<MigrationSpec> = {}): MigrationSpec => ({
  mode: 'task',
  kind: 'upgrade',
  stops: [
    {
      version: '3.4.2',
      image: 'kong:3.4.2',
      script: migrationScript({ version: '3.4.2', edition: 'oss', kind: 'upgrade' }),
    },
  ],
  environment: { KONG_PLUGINS: 'bundled' },
  forbiddenIdentifiers: ['kong-blue'],
  ...overrides,
});

export const greenSpec = (overrides: Partial<ClusterSpec> = {}): ClusterSpec => ({
  name: 'kong-green',
  slot: 'green',
  version: '3.4.2',
  edition: 'oss',
  image: 'kong:3.4.2',
  size: { count: 2, min: 2, max: 6, cpu: 1024, memoryMib: 2048 },
  environment: { KONG_PROXY_LISTEN: '0.0.0.0:8000' },
  secrets: { KONG_LICENSE_DATA: { secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:licence' } },
  datastore: restoredDatastore,
  migrations: upgrade(),
  checkScript: checkScript({ version: '3.4.2' }),
  stopTimeoutSeconds: 40,
  logRetentionDays: 30,
  ...overrides,
});

/** What an edge made elsewhere publishes for a slot: ids only, so that the template holds nothing but the cluster. */
export function connectionsIn(stack: Stack, slot: 'blue' | 'green' = 'green'): SlotConnections {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    privateSubnetIds: ['subnet-0000000000000aaa1', 'subnet-0000000000000aaa2'],
    isolatedSubnetIds: ['subnet-0000000000000ddd1', 'subnet-0000000000000ddd2'],
  });
  const group = (kind: string) =>
    `arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/${slot}-${kind}/0123456789abcdef`;
  return {
    slot,
    vpc,
    nodeSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    databaseSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    proxyTargetGroupArn: group('proxy'),
    adminTargetGroupArn: group('admin'),
    nodeSecurityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Nodes', 'sg-00000000000000aaa'),
  };
}

export interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly cluster: KongCluster;
  readonly template: Template;
}

export function makeCluster(overrides: Partial<ClusterSpec> = {}): Made {
  const app = new App({ context: { ...FEATURE_FLAGS } });
  const stack = new Stack(app, 'kong-green', { env: ENVIRONMENT });
  const cluster = new KongCluster(stack, 'Kong', { spec: greenSpec(overrides), connections: connectionsIn(stack) });
  return { app, stack, cluster, template: Template.fromStack(stack) };
}
