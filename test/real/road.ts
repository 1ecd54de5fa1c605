import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ACCOUNT, DemoRun, REGION } from '../../local/demo/run';
import { startWorld } from '../../local/world/world';
import { updateSettingsFile } from '../../lib/settings/write';
import { SLOT_OUTPUTS } from '../../lib/blueprint/output-names';

/** A road through a world of its own: the settings folder, the real cdk command, and the databases looked at directly. */
export class Road {
  protected constructor(
    readonly run: DemoRun,
    readonly folder: string,
  ) {}

  static async start(options: { readonly imagesFile?: string } = {}): Promise<Road> {
    const folder = await mkdtemp(join(tmpdir(), 'kong-dual-cluster-road-'));
    const run = new DemoRun({ folder, signal: new AbortController().signal });
    const road = new Road(run, folder);
    try {
      run.world = await startWorld(options.imagesFile === undefined ? {} : { imagesFile: options.imagesFile });
      await run.cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
    } catch (error) {
      await road.stop();
      throw error;
    }
    return road;
  }

  /** The example as a user starts with it, under another name where two systems share an account. */
  async writeSettings(name = 'kong'): Promise<void> {
    await this.run.writeCdkJson();
    await this.run.copyExample();
    await this.edit([
      { path: ['name'], value: name },
      { path: ['account'], value: ACCOUNT },
      { path: ['region'], value: REGION },
      { path: ['edge', 'testerHeader'], value: {} },
      { path: ['edge', 'drainSeconds'], value: 1 },
    ]);
  }

  edit(edits: { path: (string | number)[]; value: unknown }[]): Promise<void> | void {
    return updateSettingsFile(this.run.settingsPath, edits);
  }

  get lockPath(): string {
    return join(this.folder, 'dual-cluster.lock.json');
  }

  async lock(): Promise<{ slots: { green?: { snapshot: { id: string } } } }> {
    return JSON.parse(await readFile(this.lockPath, 'utf8')) as { slots: { green?: { snapshot: { id: string } } } };
  }

  async editLock(
    change: (lock: { slots: Record<string, { snapshot: Record<string, unknown> }> }) => void,
  ): Promise<void> {
    const lock = JSON.parse(await readFile(this.lockPath, 'utf8')) as {
      slots: Record<string, { snapshot: Record<string, unknown> }>;
    };
    change(lock);
    await writeFile(this.lockPath, JSON.stringify(lock, null, 2));
  }

  /** Freezes, takes a snapshot for green, adds green to the settings and returns the snapshot's id. */
  async snapshotForGreen(): Promise<string> {
    await this.run.kongDualCluster(['freeze']);
    await this.run.kongDualCluster(['snapshot', '--for', 'green']);
    const id = (await this.lock()).slots.green?.snapshot.id;
    if (id === undefined) throw new Error('the lock file names no snapshot for green');
    await this.edit([{ path: ['slots', 'green'], value: { version: '3.4', datastore: { snapshot: { id } } } }]);
    return id;
  }

  private get aws() {
    return {
      endpoint: this.run.world.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
  }

  async database(identifier: string): Promise<{ resourceId: string; status: string } | undefined> {
    try {
      const { DBInstances } = await new RDSClient(this.aws).send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
      );
      const found = DBInstances?.[0];
      return found === undefined
        ? undefined
        : { resourceId: found.DbiResourceId ?? '', status: found.DBInstanceStatus ?? '' };
    } catch (error) {
      if ((error as Error).name.startsWith('DBInstanceNotFound')) return undefined;
      throw error;
    }
  }

  /** Runs one statement in a slot's database, as its owner. */
  async sql(outputs: Readonly<Record<string, string>>, statement: string): Promise<Record<string, unknown>[]> {
    const secret = await new SecretsManagerClient(this.aws).send(
      new GetSecretValueCommand({ SecretId: outputs[SLOT_OUTPUTS.databaseSecretArn] ?? '' }),
    );
    const { username, password, dbname } = JSON.parse(secret.SecretString ?? '{}') as {
      username: string;
      password: string;
      dbname?: string;
    };
    const [host, port] = (outputs[SLOT_OUTPUTS.databaseEndpoint] ?? '').split(':');
    const client = new Client({
      host: host ?? '',
      port: Number(port),
      user: username,
      password,
      database: dbname ?? 'kong',
      ssl: { rejectUnauthorized: false },
    });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** What the migrations of a slot's stack have written, in the order in which the tasks ran. */
  async migrationLog(stack: string): Promise<string[]> {
    const { StackResources = [] } = await new CloudFormationClient(this.aws).send(
      new DescribeStackResourcesCommand({ StackName: stack }),
    );
    const group = StackResources.find(
      ({ ResourceType, LogicalResourceId }) =>
        ResourceType === 'AWS::Logs::LogGroup' && LogicalResourceId?.includes('Migrations'),
    )?.PhysicalResourceId;
    if (group === undefined) throw new Error(`no log group of migrations in ${stack}`);
    const logs = new CloudWatchLogsClient(this.aws);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: group }));
    return events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0)).map(({ message }) => message ?? '');
  }

  async stop(): Promise<void> {
    await this.run.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
