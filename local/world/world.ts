import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { KongDualClusterError } from '../../lib/errors';
import { canBindLowPorts, socketPort } from '../load-balancer/ports';
import { ROOT, findPostgres, findPython } from './places';
import { start } from './processes';
import type { StartedProcess } from './processes';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
const START_TIMEOUT_SECONDS = 60;
/** Factor on health check intervals, so that nodes are taken in within 4 s instead of 20; `KDC_LOCAL_TIME_SCALE=1` undoes it. */
const TIME_SCALE = '0.2';

export interface WorldOptions {
  /** JSON file image prefix -> `{bin, command, stopSignal?}`. @default local/images.json, the stand-in Kong */
  readonly imagesFile?: string;
  /** @default a free port */
  readonly gatewayPort?: number;
  /** Everything the world writes; removed by `stop`. @default a new folder under the system's temporary one */
  readonly directory?: string;
  /** Output of the world's processes, line by line. @default nobody hears it */
  readonly log?: (line: string) => void;
}

/** An AWS on this machine (local/MODEL.md). */
export interface World {
  /** URL of the AWS API, on 127.0.0.1. */
  readonly endpoint: string;
  /** For a command that shall talk to this world and to no other AWS; laid over `process.env`. */
  readonly environment: Record<string, string>;
  readonly directory: string;
  /** URL of a listener of a load balancer here; https for port 443. */
  loadBalancerUrl(dnsName: string, port: number): string;
  /** Ends every process of the world and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts the local AWS and its load balancer. What they start ends with them, and they with this process, even after
 * `kill -9`.
 * @throws KongDualClusterError PORT_TAKEN, PYTHON_MISSING, POSTGRES_MISSING, IMAGES_FILE_MISSING, LOCAL_AWS_FAILED
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const log = options.log ?? (() => undefined);
  const python = findPython();
  const postgres = findPostgres();
  const imagesFile = findImages(options.imagesFile);
  const port = await openPort(options.gatewayPort);
  const endpoint = `http://127.0.0.1:${port}`;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'kong-dual-cluster-world-')));
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o711); // PostgreSQL may run as another user, who has to pass
  // A command that is interrupted leaves its temporary files behind (cdk bootstrap: its template): they go with the world.
  const environment = { ...awsEnvironment(endpoint), TMPDIR: directory };
  const certificate = await writeCertificate(directory);

  const cloud = start(
    python,
    [join(ROOT, 'local', 'aws', 'main.py')],
    {
      ...process.env,
      ...environment,
      ...ministackSettings(directory, port),
      LOCAL_AWS_DIRECTORY: directory,
      LOCAL_AWS_IMAGES: imagesFile,
      LOCAL_AWS_POSTGRES: postgres,
      LOCAL_AWS_TLS_CERT: certificate.certificateFile,
      LOCAL_AWS_TLS_KEY: certificate.keyFile,
    },
    log,
  );
  const children: StartedProcess[] = [cloud];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilReady(cloud, endpoint);
  } catch (error) {
    await stop();
    throw error;
  }
  const balancer = join(ROOT, 'dist', 'local', 'load-balancer', 'main.js');
  if (existsSync(balancer)) {
    const settings = { KDC_LOCAL_TIME_SCALE: TIME_SCALE, ...process.env, ...environment, GATEWAY: endpoint };
    children.push(start(process.execPath, [balancer], settings, log));
  } else log(`no load balancer: ${balancer} is not built`);

  const lowPorts = await canBindLowPorts();
  return {
    endpoint,
    environment,
    directory,
    loadBalancerUrl: (dnsName, listenerPort) =>
      `${listenerPort === 443 ? 'https' : 'http'}://${dnsName}:${socketPort(listenerPort, lowPorts)}`,
    stop,
  };
}

function findImages(file = join(ROOT, 'local', 'images.json')): string {
  if (existsSync(file)) return resolve(file);
  throw new KongDualClusterError('IMAGES_FILE_MISSING', 'the images file is not there', {
    found: file,
    remedy: 'name a JSON file {"kong:2.8": {"bin": "folder of its programs", "command": ["kong", "start"]}, …}',
  });
}

/** The port asked for if it is free, else a free one. */
function openPort(asked = 0): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', () =>
      fail(
        new KongDualClusterError('PORT_TAKEN', 'the port of the local AWS is taken', {
          found: `127.0.0.1:${asked}`,
          remedy: 'end the program that listens there, or give another port',
        }),
      ),
    );
    probe.listen(asked, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}

/** Nothing of the user's own AWS set-up may reach a command that is meant for this world. */
function awsEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_PROXY: '127.0.0.1,localhost',
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
  };
}

/** ministack's own settings: loopback only, nothing kept, no listener besides the gateway; Lambda finds our modules. */
function ministackSettings(directory: string, port: number): Record<string, string> {
  return {
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
    PERSIST_STATE: '0',
    STATE_DIR: join(directory, 'state'),
    S3_DATA_DIR: join(directory, 's3'),
    TMPDIR: directory,
    HOME: directory,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    NODE_PATH: join(ROOT, 'node_modules'),
    NODE_OPTIONS: `--require "${join(ROOT, 'local', 'aws', 'lambda-preload.cjs')}"`,
  };
}

async function writeCertificate(directory: string): Promise<{ certificateFile: string; keyFile: string }> {
  const pems = await generate([{ name: 'commonName', value: 'rds.local' }], { keySize: 2048 });
  const [certificateFile, keyFile] = [join(directory, 'database.crt'), join(directory, 'database.key')];
  await writeFile(certificateFile, pems.cert);
  await writeFile(keyFile, pems.private, { mode: 0o600 });
  return { certificateFile, keyFile };
}

async function untilReady(cloud: StartedProcess, endpoint: string): Promise<void> {
  const end = Date.now() + START_TIMEOUT_SECONDS * 1000;
  while (!cloud.hasEnded() && Date.now() < end) {
    try {
      if ((await fetch(`${endpoint}/_local/load-balancers`)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new KongDualClusterError('LOCAL_AWS_FAILED', 'the local AWS did not start', {
    found: cloud.lastLines() || 'no output',
    remedy: 'see its output above; `pip install -r local/aws/requirements.txt` mends a broken virtual environment',
  });
}
