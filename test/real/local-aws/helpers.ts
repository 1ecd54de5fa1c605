import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { World } from '../../../local/world/world';
import { ACCOUNT, REGION, startWorld } from '../../../local/world/world';

const FIXTURE = join(__dirname, 'fixture');
/** Images of the tests: `tiny:` answers on $CONTAINER_IP:8000. */
export const IMAGES_FILE = join(FIXTURE, 'images.json');

export const startTestWorld = (): Promise<World> => startWorld({ imagesFile: IMAGES_FILE });

export const clientOptions = (world: World) => ({
  endpoint: world.endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Asks until the answer is there; fails after `seconds` with the last one. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: T | undefined;
  do {
    last = await ask();
    if (last !== undefined) return last;
    await sleep(100);
  } while (Date.now() < end);
  throw new Error(`${what} did not happen within ${seconds} s`);
}

/** The real cdk command on the fixture; resolves with exit code and output. */
export async function cdk(world: World, args: readonly string[]): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(world.directory, 'cdk-'));
  const command = [join(require.resolve('aws-cdk/package.json'), '..', 'bin', 'cdk')];
  const options = [
    '--app',
    `node ${join(FIXTURE, 'app.js')}`,
    '--output',
    join(folder, 'cdk.out'),
    '--ci',
    '--no-notices',
  ];
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...command, ...args, ...options],
      { cwd: folder, env: { ...process.env, ...world.environment, CDK_VALIDATION: 'false' }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

export const bootstrap = (world: World) => cdk(world, ['bootstrap', `aws://${ACCOUNT}/${REGION}`]);

export const deploy = (world: World, context: Readonly<Record<string, string>> = {}) =>
  cdk(world, ['deploy', '--require-approval', 'never', '--progress', 'events', ...contextArgs(context)]);

export const destroy = (world: World, context: Readonly<Record<string, string>> = {}) =>
  cdk(world, ['destroy', '--force', ...contextArgs(context)]);

const contextArgs = (context: Readonly<Record<string, string>>): string[] =>
  Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);

type Template = Readonly<Record<string, unknown>>;

/** A stack made of a template without cdk. */
export class TestStack {
  private readonly client: CloudFormationClient;
  constructor(
    world: World,
    readonly name: string,
  ) {
    this.client = new CloudFormationClient(clientOptions(world));
  }

  private async settled(): Promise<string> {
    return eventually(`the end of the operation on ${this.name}`, 60, async () => {
      const status = await this.status();
      return status.endsWith('_IN_PROGRESS') ? undefined : status;
    });
  }

  async status(): Promise<string> {
    try {
      const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: this.name }));
      return Stacks?.[0]?.StackStatus ?? 'GONE';
    } catch (error) {
      if (String(error).includes('does not exist')) return 'GONE';
      throw error;
    }
  }

  async outputs(): Promise<Record<string, string>> {
    const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: this.name }));
    return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
  }

  async create(template: Template): Promise<string> {
    await this.client.send(
      new CreateStackCommand({
        StackName: this.name,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    return this.settled();
  }

  async update(template: Template): Promise<string> {
    await this.client.send(
      new UpdateStackCommand({
        StackName: this.name,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    return this.settled();
  }

  async delete(): Promise<string> {
    await this.client.send(new DeleteStackCommand({ StackName: this.name }));
    return this.settled();
  }

  /** Reasons that CloudFormation gave, newest first. */
  async reasons(): Promise<string> {
    const { StackEvents } = await this.client.send(new DescribeStackEventsCommand({ StackName: this.name }));
    return (StackEvents ?? [])
      .map((event) => event.ResourceStatusReason ?? '')
      .filter(Boolean)
      .join('\n');
  }
}

/** Runs statements, one after the other, and answers with the rows of the last. */
export async function sql(
  host: string,
  user: string,
  password: string,
  database: string,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const client = new Client({ host, port: 5432, user, password, database, ssl: { rejectUnauthorized: false } });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
