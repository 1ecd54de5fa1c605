import {
  ArnFormat,
  CfnOutput,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_rds as rds,
  aws_secretsmanager as secretsmanager,
  custom_resources,
} from 'aws-cdk-lib';
import { handlers, type Colour } from './common';
import type { Edge } from './edge';

export interface ClusterOptions {
  colour: Colour;
  other: Colour;
  edge: Edge;
  version: string;
  kind: 'bootstrap' | 'upgrade';
  snapshot?: string;
}

const LICENCE = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:kong-license-AbCdEf';
const NODE_SUBNETS = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };

/** Shorter than the library's: nothing is decided by what `list` says. */
const MIGRATE = { bootstrap: 'kong migrations bootstrap', upgrade: 'kong migrations up && kong migrations finish' };
const CHECK = 'kong migrations list | grep -q "^Executed migrations:"';

export function makeCluster(stack: Stack, options: ClusterOptions): void {
  const { colour, edge, version } = options;
  const cluster = new ecs.Cluster(stack, 'Cluster', {
    vpc: edge.vpc,
    containerInsightsV2: ecs.ContainerInsights.ENABLED,
  });
  const database = makeDatabase(stack, options);
  const { provider, role } = makeProvider(stack);
  const image = ecs.ContainerImage.fromRegistry(`kong/kong-gateway:${version}`);
  const environment = {
    KONG_DATABASE: 'postgres',
    KONG_PG_HOST: database.instance.dbInstanceEndpointAddress,
    KONG_PG_PORT: database.instance.dbInstanceEndpointPort,
    KONG_PG_USER: 'kong',
    KONG_PG_DATABASE: 'kong',
    KONG_PG_SSL: 'on',
    KONG_PROXY_LISTEN: '0.0.0.0:8000',
    KONG_ADMIN_LISTEN: '0.0.0.0:8001',
    KONG_STATUS_LISTEN: '0.0.0.0:8100',
    KONG_NGINX_DAEMON: 'off',
    KONG_TRUSTED_IPS: '10.20.0.0/16',
    KONG_REAL_IP_HEADER: 'X-Forwarded-For',
    KONG_ANONYMOUS_REPORTS: 'off',
    KONG_PROXY_ACCESS_LOG: '/dev/stdout',
    KONG_PROXY_ERROR_LOG: '/dev/stderr',
    KONG_ADMIN_ACCESS_LOG: '/dev/stdout',
    KONG_ADMIN_ERROR_LOG: '/dev/stderr',
    KONG_STATUS_ERROR_LOG: '/dev/stderr',
    KONG_ADMIN_GUI_ACCESS_LOG: '/dev/stdout',
    KONG_ADMIN_GUI_ERROR_LOG: '/dev/stderr',
    KONG_ADMIN_GUI_LISTEN: 'off',
  };
  const licence = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Licence', LICENCE);
  const secrets = {
    KONG_LICENSE_DATA: ecs.Secret.fromSecretsManager(licence),
    KONG_PG_PASSWORD: ecs.Secret.fromSecretsManager(database.instance.secret!, 'password'),
  };
  const common = { image, environment, secrets };

  const migrations = makeMigrations(stack, { ...options, cluster, database, provider, role, common });

  const definition = new ecs.FargateTaskDefinition(stack, 'Node', { cpu: 1024, memoryLimitMiB: 2048 });
  const nodeLogs = new logs.LogGroup(stack, 'NodeLogs', { retention: 30, removalPolicy: RemovalPolicy.RETAIN });
  const logging = ecs.LogDrivers.awsLogs({ logGroup: nodeLogs, streamPrefix: 'kong' });
  const check = definition.addContainer('migrations-check', {
    ...common,
    logging,
    essential: false,
    entryPoint: ['/bin/sh', '-c'],
    command: [CHECK],
    startTimeout: Duration.seconds(120),
  });
  const node = definition.addContainer('kong', {
    ...common,
    logging,
    portMappings: [8000, 8001, 8100].map((containerPort) => ({ containerPort })),
    stopTimeout: Duration.seconds(40),
  });
  node.addUlimits({ name: ecs.UlimitName.NOFILE, softLimit: 65535, hardLimit: 65535 });
  node.addContainerDependencies({ container: check, condition: ecs.ContainerDependencyCondition.SUCCESS });

  const service = new ecs.FargateService(stack, 'Service', {
    cluster,
    taskDefinition: definition,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { rollback: true },
    vpcSubnets: NODE_SUBNETS,
    securityGroups: [edge.nodes[colour]],
    assignPublicIp: false,
    healthCheckGracePeriod: Duration.seconds(180),
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
  });
  (service.node.defaultChild as ecs.CfnService).loadBalancers = [
    { containerName: 'kong', containerPort: 8000, targetGroupArn: edge.proxy[colour].targetGroupArn },
    { containerName: 'kong', containerPort: 8001, targetGroupArn: edge.admin[colour].targetGroupArn },
  ];
  service.node.addDependency(database.group, definition, migrations);
  const scaling = service.autoScaleTaskCount({ minCapacity: 3, maxCapacity: 9 });
  scaling.scaleOnCpuUtilization('Cpu', {
    targetUtilizationPercent: 60,
    scaleOutCooldown: Duration.seconds(60),
    scaleInCooldown: Duration.minutes(5),
  });

  const grants = new iam.Policy(stack, 'LaunchGrants', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
        resources: [service.serviceArn],
      }),
      new iam.PolicyStatement({ actions: ['rds:ModifyDBInstance'], resources: [databaseArn(stack, colour)] }),
      new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack.stackId] }),
    ],
  });
  const launch = new CustomResource(stack, 'Launch', {
    resourceType: 'Custom::KongLaunch',
    serviceToken: provider.serviceToken,
    properties: {
      Cluster: cluster.clusterName,
      Service: service.serviceArn,
      Count: '3',
      DatabaseIdentifier: `gateway-${colour}`,
    },
  });
  launch.node.addDependency(service, scaling, grants, database.instance);
  new CfnOutput(stack, 'ClusterName', { value: cluster.clusterName });
  new CfnOutput(stack, 'ServiceName', { value: service.serviceName });
}

const databaseArn = (stack: Stack, colour: Colour): string =>
  stack.formatArn({
    service: 'rds',
    resource: 'db',
    resourceName: `gateway-${colour}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

type Database = ReturnType<typeof makeDatabase>;
function makeDatabase(stack: Stack, { colour, edge, snapshot }: ClusterOptions) {
  const group = new ec2.SecurityGroup(stack, 'DatabaseGroup', {
    vpc: edge.vpc,
    description: 'Database',
    allowAllOutbound: false,
  });
  group.addIngressRule(edge.nodes[colour], ec2.Port.tcp(5432));
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('15.18', '15') });
  const common = {
    engine,
    instanceIdentifier: `gateway-${colour}`,
    vpc: edge.vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    securityGroups: [group],
    publiclyAccessible: false,
    port: 5432,
    instanceType: new ec2.InstanceType('m6g.large'),
    allocatedStorage: 100,
    storageType: rds.StorageType.GP3,
    multiAz: true,
    parameterGroup: new rds.ParameterGroup(stack, 'Parameters', { engine, parameters: { 'rds.force_ssl': '1' } }),
    backupRetention: Duration.days(7),
    copyTagsToSnapshot: true,
    autoMinorVersionUpgrade: false,
    removalPolicy: RemovalPolicy.SNAPSHOT,
  };
  const instance = snapshot
    ? new rds.DatabaseInstanceFromSnapshot(stack, 'Database', {
        ...common,
        snapshotIdentifier: snapshot,
        credentials: rds.SnapshotCredentials.fromGeneratedSecret('kong'),
      })
    : new rds.DatabaseInstance(stack, 'Database', {
        ...common,
        databaseName: 'kong',
        credentials: rds.Credentials.fromGeneratedSecret('kong'),
        storageEncrypted: true,
      });
  return { group, instance };
}

function makeProvider(stack: Stack) {
  const logGroup = new logs.LogGroup(stack, 'ProviderLogs', {
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(stack, 'ProviderRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const code = handlers('migrations');
  const handler = (id: string, name: string) =>
    new lambda.Function(stack, id, {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: `index.${name}`,
      code,
      role,
      logGroup,
      timeout: Duration.minutes(2),
      memorySize: 256,
    });
  const provider = new custom_resources.Provider(stack, 'Provider', {
    onEventHandler: handler('OnEvent', 'onEvent'),
    isCompleteHandler: handler('IsComplete', 'isComplete'),
    queryInterval: Duration.seconds(5),
    totalTimeout: Duration.minutes(55),
    logGroup,
    disableWaiterStateMachineLogging: true,
  });
  return { provider, role };
}

function makeMigrations(
  stack: Stack,
  options: ClusterOptions & {
    cluster: ecs.Cluster;
    database: Database;
    provider: custom_resources.Provider;
    role: iam.Role;
    common: Pick<ecs.ContainerDefinitionOptions, 'image' | 'environment' | 'secrets'>;
  },
): CustomResource {
  const { colour, other, edge, version, kind, cluster, database, provider, role, common } = options;
  const group = new ec2.SecurityGroup(stack, 'MigrationsGroup', {
    vpc: edge.vpc,
    description: 'Migrations',
    allowAllOutbound: false,
  });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  group.addEgressRule(database.group, ec2.Port.tcp(5432));
  database.group.addIngressRule(group, ec2.Port.tcp(5432));

  const logGroup = new logs.LogGroup(stack, 'MigrationsLogs', { retention: 30, removalPolicy: RemovalPolicy.RETAIN });
  const definition = new ecs.FargateTaskDefinition(stack, 'Migration', { cpu: 512, memoryLimitMiB: 1024 });
  definition.addContainer('migrate', {
    ...common,
    environment: { ...common.environment, KONG_PLUGINS: 'bundled' },
    entryPoint: ['/bin/sh', '-c'],
    command: [MIGRATE[kind]],
    logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'kong' }),
  });
  const onCluster = { ArnEquals: { 'ecs:cluster': cluster.clusterArn } };
  const grants = new iam.Policy(stack, 'MigrationGrants', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [definition.taskDefinitionArn],
        conditions: onCluster,
      }),
      new iam.PolicyStatement({
        actions: ['ecs:DescribeTasks'],
        resources: [stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` })],
        conditions: onCluster,
      }),
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [definition.taskRole.roleArn, definition.obtainExecutionRole().roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
      new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [logGroup.logGroupArn] }),
      new iam.PolicyStatement({
        actions: ['rds:DescribeDBInstances'],
        resources: [databaseArn(stack, colour), databaseArn(stack, other)],
      }),
    ],
  });
  const run = new CustomResource(stack, 'RunMigrations', {
    resourceType: 'Custom::KongMigrations',
    serviceToken: provider.serviceToken,
    properties: {
      DatabaseIdentifier: `gateway-${colour}`,
      DatabaseHost: database.instance.dbInstanceEndpointAddress,
      ForbiddenIdentifiers: [`gateway-${other}`],
      Kind: kind,
      Versions: [version],
      TaskDefinitions: [definition.taskDefinitionArn],
      Cluster: cluster.clusterName,
      Subnets: edge.vpc.selectSubnets(NODE_SUBNETS).subnetIds,
      SecurityGroups: [group.securityGroupId],
      LogGroup: logGroup.logGroupName,
      LogStreamPrefix: 'kong/migrate',
    },
  });
  run.node.addDependency(grants, group, database.group, database.instance, definition);
  return run;
}
