import type { Autoscaling, Container, Database, Found, Order, Secret, Service, TaskDefinition } from './meaning';
import type { Paper } from './world';
import { list, marked, ofType, said } from './world';

export const taskDefinitionsOf = (paper: Paper): Found<TaskDefinition>[] =>
  ofType(paper, 'AWS::ECS::TaskDefinition').map(({ at, props }) => ({
    at,
    is: {
      cpu: Number(props.Cpu),
      memoryMib: Number(props.Memory),
      networkMode: props.NetworkMode,
      compatibilities: props.RequiresCompatibilities,
      executionRole: props.ExecutionRoleArn,
      taskRole: props.TaskRoleArn,
      containers: Object.fromEntries(props.ContainerDefinitions.map((each: any) => [each.Name, containerOf(each)])),
    },
  }));

function containerOf(container: any): Container {
  const options = container.LogConfiguration.Options;
  return {
    image: container.Image,
    entryPoint: list(container.EntryPoint),
    command: list(container.Command),
    environment: Object.fromEntries(list<any>(container.Environment).map(({ Name, Value }) => [Name, Value])),
    secrets: Object.fromEntries(list<any>(container.Secrets).map(({ Name, ValueFrom }) => [Name, ValueFrom])),
    ports: list<any>(container.PortMappings).map(
      ({ ContainerPort, Protocol }) => `${Protocol ?? 'tcp'} ${ContainerPort}`,
    ),
    after: list<any>(container.DependsOn).map(({ ContainerName, Condition }) => `${ContainerName} ${Condition}`),
    essential: container.Essential ?? true,
    startTimeoutSeconds: container.StartTimeout ?? 'default',
    stopTimeoutSeconds: container.StopTimeout ?? 'default',
    limits: list<any>(container.Ulimits).map(({ Name, SoftLimit, HardLimit }) => `${Name} ${SoftLimit} ${HardLimit}`),
    readOnlyRoot: container.ReadonlyRootFilesystem ?? false,
    logs: { driver: container.LogConfiguration.LogDriver, ...options },
  };
}

export const servicesOf = (paper: Paper): Found<Service>[] =>
  ofType(paper, 'AWS::ECS::Service').map(({ at, props }) => {
    const network = props.NetworkConfiguration.AwsvpcConfiguration;
    const deployment = props.DeploymentConfiguration;
    return {
      at,
      is: {
        cluster: props.Cluster,
        taskDefinition: props.TaskDefinition,
        launchType: props.LaunchType,
        // ECS starts one node where nothing is said, and CloudFormation then leaves the count alone.
        countAtFirst: props.DesiredCount ?? 1,
        countIsLive: props.DesiredCount === undefined,
        minimumPercent: deployment.MinimumHealthyPercent,
        maximumPercent: deployment.MaximumPercent,
        circuitBreaker: {
          on: deployment.DeploymentCircuitBreaker?.Enable ?? false,
          rollsBack: deployment.DeploymentCircuitBreaker?.Rollback ?? false,
        },
        graceSeconds: props.HealthCheckGracePeriodSeconds,
        subnets: network.Subnets,
        securityGroups: network.SecurityGroups,
        publicAddresses: network.AssignPublicIp !== 'DISABLED',
        targets: Object.fromEntries(
          props.LoadBalancers.map((one: any) => [`${one.ContainerName} ${one.ContainerPort}`, one.TargetGroupArn]),
        ),
        tags: { propagatedFrom: props.PropagateTags, managed: props.EnableECSManagedTags },
        execute: props.EnableExecuteCommand ?? false,
        waitsForNodes: true, // CloudFormation always does
      },
    };
  });

export const autoscalingOf = (paper: Paper): Found<Autoscaling>[] =>
  ofType(paper, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(({ at, props }) => {
    const target = paper.made.find((one) => one.at === marked(props.ScalingTargetId))!;
    const tracking = props.TargetTrackingScalingPolicyConfiguration;
    return {
      at,
      is: {
        of: target.props.ResourceId,
        policy: `${props.PolicyType} of ${target.props.ServiceNamespace}`,
        dimension: target.props.ScalableDimension,
        min: target.props.MinCapacity,
        // CloudFormation writes it when the template's changes, and not because it was raised.
        minIsLive: true,
        max: target.props.MaxCapacity,
        metric: tracking.PredefinedMetricSpecification.PredefinedMetricType,
        target: tracking.TargetValue,
        outCooldownSeconds: tracking.ScaleOutCooldown,
        inCooldownSeconds: tracking.ScaleInCooldown,
      },
    };
  });

export const databasesOf = (paper: Paper): Found<Database>[] =>
  ofType(paper, 'AWS::RDS::DBInstance').map(({ at, props }) => {
    const group = paper.made.find((one) => one.at === marked(props.DBParameterGroupName));
    const subnets = paper.made.find((one) => one.at === marked(props.DBSubnetGroupName));
    const restored = props.DBSnapshotIdentifier ?? props.SourceDbiResourceId ?? props.SourceDBInstanceIdentifier;
    return {
      at,
      is: {
        identifier: props.DBInstanceIdentifier,
        class: props.DBInstanceClass,
        engine: props.Engine,
        engineVersion: props.EngineVersion,
        storageGib: Number(props.AllocatedStorage),
        storageType: props.StorageType,
        iops: props.Iops ?? 'default',
        multiAz: props.MultiAZ,
        // RDS takes it over from what is restored.
        encryption: restored === undefined ? (props.StorageEncrypted ? 'encrypted' : 'none') : 'as its source',
        port: Number(props.Port),
        databaseName: props.DBName ?? (restored === undefined ? 'none' : 'as its source'),
        username: usernameOf(paper, props.MasterUsername) ?? 'as its source',
        password: props.MasterUserPassword,
        source: sourceOf(props),
        backupDays: props.BackupRetentionPeriod,
        tagsOnSnapshots: props.CopyTagsToSnapshot,
        minorUpgrades: props.AutoMinorVersionUpgrade,
        publiclyReachable: props.PubliclyAccessible,
        subnets: subnets?.props.SubnetIds,
        securityGroups: props.VPCSecurityGroups,
        family: group?.props.Family,
        parameters: group?.props.Parameters,
        atTheEnd: props.DeletionPolicy === 'Snapshot' ? 'a final snapshot' : props.DeletionPolicy,
        // CloudFormation refuses to replace an instance whose name was given.
        replacement: props.DBInstanceIdentifier === undefined ? 'made' : 'refused',
        deletionProtection: props.DeletionProtection === true ? 'in the template' : 'by the launch',
      },
    };
  });

/** A new database's user is read from the secret, whose text holds the name as it stands in the settings. */
function usernameOf(paper: Paper, name: string | undefined): string | undefined {
  const secret = paper.made.find(({ at }) => name?.startsWith('{value of') && at === marked(name));
  return secret ? JSON.parse(secret.props.GenerateSecretString.SecretStringTemplate).username : name;
}

function sourceOf(props: any): string {
  if (props.DBSnapshotIdentifier !== undefined) return `snapshot ${props.DBSnapshotIdentifier}`;
  const instance = props.SourceDbiResourceId ?? props.SourceDBInstanceIdentifier;
  if (instance === undefined) return 'new';
  return `${instance} at ${props.RestoreTime ?? (props.UseLatestRestorableTime ? 'the latest time' : 'no time')}`;
}

export const secretsOf = (paper: Paper): Found<Secret>[] =>
  ofType(paper, 'AWS::SecretsManager::Secret').map(({ at, props }) => {
    const made = props.GenerateSecretString;
    return {
      at,
      is: {
        length: made.PasswordLength,
        excluded: made.ExcludePunctuation ? 'punctuation' : [...(made.ExcludeCharacters ?? '')].sort().join(''),
        holds: made.SecretStringTemplate
          ? { ...JSON.parse(made.SecretStringTemplate), [made.GenerateStringKey]: 'random' }
          : 'the text',
      },
    };
  });

/** Properties of a custom resource of ours, as its handler reads them. */
const orders = (paper: Paper, type: string): Found<Order>[] =>
  ofType(paper, type).map(({ at, props }) => {
    const { ServiceToken: _, ServiceTimeout: __, DeletionPolicy: ___, ...asked } = props;
    return { at, is: said(asked as Order) };
  });

export const migrationsOf = (paper: Paper): Found<Order>[] => orders(paper, 'Custom::KongMigrations');
export const launchesOf = (paper: Paper): Found<Order>[] => [
  ...orders(paper, 'Custom::KongLaunch'),
  ...orders(paper, 'Custom::KongIdle'),
];
