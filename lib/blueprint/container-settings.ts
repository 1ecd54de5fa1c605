import { KongDualClusterError } from '../errors';
import type { SecretRef } from '../settings/schema';

/** Where the database is, as a container needs it. Host and port may be tokens of a backend. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly username: string;
  readonly tls: boolean;
}

/** What both kinds of containers that run Kong's image (nodes and migrations) are given, but for the database's password. */
export interface ContainerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretRef>>;
}

/** The one variable that a backend adds, from the secret of the datastore. */
export const PASSWORD_VARIABLE = 'KONG_PG_PASSWORD';

/** Where the database is stands in one place only: a stray KONG_PG_HOST would send green to blue's database. */
const RESERVED = [
  'KONG_PG_HOST',
  'KONG_PG_PORT',
  'KONG_PG_USER',
  PASSWORD_VARIABLE,
  'KONG_PG_DATABASE',
  'KONG_DATABASE',
] as const;

/**
 * The environment with the database added; secrets by reference.
 * @throws KongDualClusterError ENVIRONMENT_RESERVED when the settings name what the datastore says
 */
export function containerSettings({
  environment,
  secrets,
  database,
}: ContainerSettings & { readonly database: DatabaseAddress }): ContainerSettings {
  for (const name of RESERVED) {
    const allowed = name === 'KONG_DATABASE' && environment[name] === 'postgres';
    if (!allowed && (name in environment || name in secrets)) {
      throw new KongDualClusterError('ENVIRONMENT_RESERVED', `${name} is set by the datastore of the slot`, {
        found: `${name} in the environment or the secrets of the slot`,
        remedy: `take ${name} out; the database is named under datastore`,
      });
    }
  }
  return {
    environment: {
      // TLS without verification unless the settings add KONG_PG_SSL_VERIFY and a CA: Kong's images lack the CA of RDS.
      KONG_PG_SSL: database.tls ? 'on' : 'off',
      ...environment,
      KONG_DATABASE: 'postgres',
      KONG_PG_HOST: database.host,
      KONG_PG_PORT: database.port,
      KONG_PG_USER: database.username,
      KONG_PG_DATABASE: database.databaseName,
    },
    secrets,
  };
}

/**
 * Refuses, at synth, a slot whose database is named as the other slot's: green never touches blue's database.
 * @throws KongDualClusterError GREEN_ON_BLUE_DATABASE
 */
export function refuseForeignDatabase(slot: string, identifier: string, forbidden: readonly string[]): void {
  if (!forbidden.includes(identifier)) return;
  throw new KongDualClusterError(
    'GREEN_ON_BLUE_DATABASE',
    `the database of ${slot} is the database of the other slot`,
    {
      found: identifier,
      remedy: `restore a snapshot for ${slot} (kong-dual-cluster snapshot) and name that as its datastore`,
    },
  );
}
