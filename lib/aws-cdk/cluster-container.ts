import { Duration, aws_ecr as ecr, aws_ecs as ecs, Token } from 'aws-cdk-lib';
import type { aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { containerSettings, PASSWORD_VARIABLE } from '../blueprint/container-settings';
import { LOG_STREAM_PREFIX } from '../blueprint/containers';
import type { ContainerSpec } from '../blueprint/containers';
import { privateEcr } from '../blueprint/slot-permissions';
import type { SecretRef } from '../settings/schema';
import type { IKongDatastore } from './datastore';
import { importSecret } from './import-secret';

/** What both containers that run Kong's image (nodes and migrations) are given. */
export interface KongContainerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
}

/**
 * The environment with the database added; secrets by reference.
 * @throws KongDualClusterError ENVIRONMENT_RESERVED when the settings name what the datastore says
 */
export function kongSettings(
  scope: Construct,
  {
    datastore,
    ...options
  }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, SecretRef>>;
    readonly datastore: IKongDatastore;
  },
): KongContainerSettings {
  const { environment, secrets } = containerSettings({ ...options, database: datastore });
  const imported = Object.entries(secrets).map(
    ([name, ref]) => [name, ecsSecret(scope, `${name}Secret`, ref)] as const,
  );
  return { environment, secrets: { ...Object.fromEntries(imported), [PASSWORD_VARIABLE]: datastore.password } };
}

const ecsSecret = (scope: Construct, id: string, ref: SecretRef): ecs.Secret =>
  ecs.Secret.fromSecretsManager(importSecret(scope, id, ref.secretArn), ref.field);

/** Puts containers into a task, each with the same image, settings and log. */
export function addContainers(
  definition: ecs.FargateTaskDefinition,
  containers: readonly ContainerSpec[],
  common: KongContainerSettings & { readonly image: ecs.ContainerImage; readonly logGroup: logs.ILogGroup },
): void {
  for (const container of containers) {
    const added = definition.addContainer(container.name, {
      image: common.image,
      environment: { ...common.environment },
      secrets: { ...common.secrets },
      logging: ecs.LogDrivers.awsLogs({ logGroup: common.logGroup, streamPrefix: LOG_STREAM_PREFIX }),
      essential: container.essential,
      entryPoint: container.entryPoint,
      command: container.command,
      portMappings:
        container.ports.length === 0 ? undefined : container.ports.map((containerPort) => ({ containerPort })),
      startTimeout: seconds(container.startTimeoutSeconds),
      stopTimeout: seconds(container.stopTimeoutSeconds),
      readonlyRootFilesystem: container.readonlyRootFilesystem,
    });
    const { openFiles } = container;
    if (openFiles !== undefined)
      added.addUlimits({ name: ecs.UlimitName.NOFILE, softLimit: openFiles, hardLimit: openFiles });
    for (const name of container.after) {
      const first = definition.findContainer(name)!; // a container stands after those that it waits for
      added.addContainerDependencies({ container: first, condition: ecs.ContainerDependencyCondition.SUCCESS });
    }
  }
}

const seconds = (amount: number | undefined): Duration | undefined =>
  amount === undefined ? undefined : Duration.seconds(amount);

/** An image in a private ECR repository gets the right to be pulled; any other is pulled as it is. */
export function containerImage(scope: Construct, id: string, image: string): ecs.ContainerImage {
  const own = privateEcr(image);
  if (own === undefined) return ecs.ContainerImage.fromRegistry(image);
  const { repositoryName, repositoryArn, tagOrDigest } = own;
  const repository = ecr.Repository.fromRepositoryAttributes(scope, id, { repositoryName, repositoryArn });
  return ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest);
}

/** A part of an ARN as cdk-nag writes it when the stack does not name it itself: `<AWS::Region>`. */
export const asNagWrites = (value: string, pseudo: 'Partition' | 'Region' | 'AccountId'): string =>
  Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value;
