import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { generate } from 'selfsigned';
import type { TestPostgres } from '../postgres';

export const ROOT = join(__dirname, '../../..');
export type Release = '2.8.5' | '3.4.2';

/** How one recorded exchange was answered; without a difference it is alike. */
export interface Result {
  readonly name: string;
  readonly difference?: string;
}

export const recorded = <T>(path: string): T =>
  JSON.parse(readFileSync(join(ROOT, 'test/recorded', path), 'utf8')) as T;
const program = (release: Release): string => join(ROOT, 'local/kong/bin', release.slice(0, 3), 'kong');

export function requireBuild(): void {
  if (!existsSync(join(ROOT, 'dist/local/kong/main.js')))
    throw new Error("dist/local/kong is missing: run 'npm run build'");
}

/** The recordings' addresses, moved to ones that no other process of this machine uses. */
export const UPSTREAM = '127.77.9.9';
export const moved = (text: string): string => text.replaceAll('127.0.0.9', UPSTREAM);

export interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs `kong ...`; a start is asked to quit as soon as it has started. Output as recorded: stderr, then stdout. */
export function kong(release: Release, args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program(release), args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (args[0] === 'start' && out.includes('Kong started')) child.kill('SIGQUIT');
    });
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output: err + out }));
  });
}

export interface Node {
  readonly child: ChildProcess;
  readonly env: Record<string, string>;
  readonly log: () => string;
  stop(): Promise<number | null>;
}

/** Starts a node and waits until it says that it has started. */
export function startNode(release: Release, env: Record<string, string>): Promise<Node> {
  return new Promise((resolve, reject) => {
    const child = spawn(program(release), ['start'], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    const exited = new Promise<number | null>((done) => child.once('exit', done));
    const stop = (): Promise<number | null> => {
      child.kill('SIGQUIT');
      return exited;
    };
    child.stderr.on('data', (data: Buffer) => (log += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      log += data.toString();
      if (log.includes('Kong started')) resolve({ child, env, log: () => log, stop });
    });
    void exited.then((code) => reject(new Error(`kong start ended with ${code}: ${log}`)));
  });
}

export function nodeEnv(postgres: TestPostgres, database: string, address: string): Record<string, string> {
  return {
    KONG_PG_HOST: postgres.host,
    KONG_PG_PORT: String(postgres.port),
    KONG_PG_USER: postgres.user,
    KONG_PG_PASSWORD: postgres.password,
    KONG_PG_DATABASE: database,
    KONG_PROXY_LISTEN: `${address}:8000, ${address}:8443 ssl`,
    KONG_ADMIN_LISTEN: `${address}:8001`,
    KONG_STATUS_LISTEN: `${address}:8100`,
    KONG_NGINX_DAEMON: 'off',
    KONG_PREFIX: join(workFolder(), address),
  };
}

let folder: string | undefined;
/** One temporary folder of this run. */
export function workFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'kong-replay-'));
  return folder;
}
export const removeWorkFolder = (): void => rmSync(workFolder(), { recursive: true, force: true });

export async function sql<Row extends Record<string, unknown>>(
  postgres: TestPostgres,
  database: string,
  text: string,
  superuser = false,
): Promise<Row[]> {
  const url = new URL(postgres.url);
  const client = new Client({
    host: postgres.host,
    port: postgres.port,
    user: superuser ? url.username : postgres.user,
    password: superuser ? url.password : postgres.password,
    database,
  });
  await client.connect();
  try {
    const result = (await client.query(text)) as unknown as { rows?: Row[] };
    return result.rows ?? [];
  } finally {
    await client.end();
  }
}

/** A copy of a database; both owned by the role `kong`. */
export const copyDatabase = (postgres: TestPostgres, from: string, to: string): Promise<unknown> =>
  sql(postgres, 'postgres', `CREATE DATABASE "${to}" TEMPLATE "${from}" OWNER kong`, true);

let pair: Promise<{ cert: string; key: string }> | undefined;
/** A certificate of our own: the private keys were taken out of the recordings. */
export function certificate(): Promise<{ cert: string; key: string }> {
  pair ??= generate([{ name: 'commonName', value: 'a.example.test' }], { keySize: 2048 }).then(
    ({ cert, private: key }) => ({ cert, key }),
  );
  return pair;
}

/** The rows of a recorded database, with our addresses, certificate and key; tags come from the triggers. */
export async function recordedRows(name: string): Promise<string> {
  const { key } = await certificate();
  return moved(readFileSync(join(ROOT, 'test/recorded/datastore', `${name}.data.sql`), 'utf8'))
    .replaceAll('<sample private key removed>', key.trim())
    .replace(/^INSERT INTO public\.tags .*\n/gm, '');
}

/** The recordings' upstream: answers with what it was sent. */
export async function startEcho(): Promise<() => Promise<void>> {
  const servers = await Promise.all(
    [9001, 9002, 9003].map(
      (port) =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer((request, response) => {
            const parts: Buffer[] = [];
            request.on('data', (part: Buffer) => parts.push(part));
            request.on('end', () => {
              const body = Buffer.concat(parts).toString();
              const wanted = /\/echo-status\/(\d+)/.exec(request.url ?? '')?.[1];
              const { method, url, headers } = request;
              const text = JSON.stringify({
                port,
                method,
                url,
                headers,
                bodyLength: body.length,
                body: body.length > 2000 ? `${body.slice(0, 20)}...` : body,
              });
              response.writeHead(Number(wanted ?? 200), {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(text),
                'x-echo-port': String(port),
              });
              response.end(text);
            });
          });
          server.on('error', reject).listen(port, UPSTREAM, () => resolve(server));
        }),
    ),
  );
  return async () => {
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
}
