import type { ClientConfig } from 'pg';
import { Client, Pool, types } from 'pg';
import { KongError, type Settings } from './settings';

types.setTypeParser(types.builtins.INT8, Number);

/** A statement and its values; both a connection and a pool have it. */
export interface Queries {
  query<Row extends Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}

function configuration({ postgres }: Settings, ssl = postgres.ssl): ClientConfig {
  const { host, port, user, password, database, verify } = postgres;
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: ssl ? { rejectUnauthorized: verify } : false,
    connectionTimeoutMillis: 5000,
    application_name: 'kong-stand-in',
  };
}

/** Kong's words for a failed connection; recorded in test/recorded/migrations, files 063-077. */
function reason(error: Error & { code?: string }): string {
  if (error.code === '28P01' || /password must be a string/.test(error.message))
    return 'authentication exchange unsuccessful';
  if (error.code === 'ECONNREFUSED') return 'connection refused';
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'host or service not provided, or not known';
  if (/timeout/.test(error.message)) return 'timeout';
  return `FATAL: ${error.message}`;
}

/** One connection. With `pg_ssl = on` a server without TLS is taken all the same, because Kong's `pg_ssl_required` is off. */
export async function connect(settings: Settings): Promise<Client> {
  for (const ssl of settings.postgres.ssl ? [true, false] : [false]) {
    const client = new Client(configuration(settings, ssl));
    try {
      await client.connect();
      client.on('error', () => undefined);
      return client;
    } catch (error) {
      if (ssl && /does not support SSL/.test((error as Error).message)) continue;
      throw new KongError(
        `[PostgreSQL error] failed to retrieve PostgreSQL server_version_num: ${reason(error as Error)}`,
      );
    }
  }
  throw new KongError('unreachable');
}

/** The pool of a running node; `ssl` is what the first connection found. */
export function openPool(settings: Settings, ssl: boolean): Pool {
  const pool = new Pool({ ...configuration(settings, ssl), max: 8, idleTimeoutMillis: 30_000 });
  pool.on('error', () => undefined);
  return pool;
}
