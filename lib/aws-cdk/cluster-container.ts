import { aws_ecr as ecr, aws_ecs as ecs, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { KongDualClusterError } from '../errors';
import type { SecretRef } from '../settings/schema';
import type { IKongDatastore } from './datastore';
import { importSecret } from './import-secret';

/** What both containers that run Kong's image (nodes and migrations) are given. */
export interface KongContainerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, ecs.Secret>>;
}

/** Where the database is stands in one place only: a stray KONG_PG_HOST would send green to blue's database. */
const RESERVED = [
  'KONG_PG_HOST',
  'KONG_PG_PORT',
  'KONG_PG_USER',
  'KONG_PG_PASSWORD',
  'KONG_PG_DATABASE',
  'KONG_DATABASE',
] as const;

/**
 * The environment with the database added; secrets by reference.
 * @throws KongDualClusterError ENVIRONMENT_RESERVED when the settings name what the datastore says
 */
export function kongSettings(
  scope: Construct,
  options: {
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: Readonly<Record<string, SecretRef>>;
    readonly datastore: IKongDatastore;
  },
): KongContainerSettings {
  const { datastore } = options;
  for (const name of RESERVED) {
    const allowed = name === 'KONG_DATABASE' && options.environment[name] === 'postgres';
    if (!allowed && (name in options.environment || name in options.secrets)) {
      throw new KongDualClusterError('ENVIRONMENT_RESERVED', `${name} is set by the datastore of the slot`, {
        found: `${name} in the environment or the secrets of the slot`,
        remedy: `take ${name} out; the database is named under datastore`,
      });
    }
  }
  const secrets = Object.entries(options.secrets).map(
    ([name, ref]) => [name, ecsSecret(scope, `${name}Secret`, ref)] as const,
  );
  return {
    environment: {
      // TLS without verification unless the settings add KONG_PG_SSL_VERIFY and a CA: Kong's images lack the CA of RDS.
      KONG_PG_SSL: datastore.tls ? 'on' : 'off',
      ...options.environment,
      KONG_DATABASE: 'postgres',
      KONG_PG_HOST: datastore.host,
      KONG_PG_PORT: datastore.port,
      KONG_PG_USER: datastore.username,
      KONG_PG_DATABASE: datastore.databaseName,
    },
    secrets: { ...Object.fromEntries(secrets), KONG_PG_PASSWORD: datastore.password },
  };
}

const ecsSecret = (scope: Construct, id: string, ref: SecretRef): ecs.Secret =>
  ecs.Secret.fromSecretsManager(importSecret(scope, id, ref.secretArn), ref.field);

const PRIVATE_ECR =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([^@]+)|@(sha256:[0-9a-f]{64}))?$/;

/** An image in a private ECR repository gets the right to be pulled; any other is pulled as it is. */
export function containerImage(scope: Construct, id: string, image: string): ecs.ContainerImage {
  const [, account, region, repositoryName, tag, digest] = PRIVATE_ECR.exec(image) ?? [];
  if (!account || !region || !repositoryName) return ecs.ContainerImage.fromRegistry(image);
  const repository = ecr.Repository.fromRepositoryAttributes(scope, id, {
    repositoryName,
    repositoryArn: `arn:${region.startsWith('cn-') ? 'aws-cn' : 'aws'}:ecr:${region}:${account}:repository/${repositoryName}`,
  });
  return ecs.ContainerImage.fromEcrRepository(repository, digest ?? tag ?? 'latest');
}

/** A part of an ARN as cdk-nag writes it when the stack does not name it itself: `<AWS::Region>`. */
export const asNagWrites = (value: string, pseudo: 'Partition' | 'Region' | 'AccountId'): string =>
  Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value;
