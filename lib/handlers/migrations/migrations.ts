import { createHash } from 'node:crypto';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Task } from '@aws-sdk/client-ecs';
import { DescribeTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { START_AGAIN, outcomeOf, RESULT_MARK } from '../../blueprint/migration-outcomes';
import type { MigrationResult } from '../../blueprint/migration-outcomes';
import { KongDualClusterError } from '../../errors';
import type { Clients, IsCompleteAnswer, OnEventAnswer, ResourceEvent, SlotResource } from './resource';
import { patiently } from './resource';

/** Properties of `Custom::KongMigrations` (lib/aws-cdk/migrations.ts). */
interface Properties {
  readonly DatabaseIdentifier: string;
  readonly DatabaseHost: string;
  readonly ForbiddenIdentifiers: readonly string[];
  readonly Kind: 'bootstrap' | 'upgrade';
  /** One a stop, in order; `TaskDefinitions` alike. */
  readonly Versions: readonly string[];
  readonly TaskDefinitions: readonly string[];
  readonly Cluster: string;
  readonly Subnets: readonly string[];
  readonly SecurityGroups: readonly string[];
  readonly LogGroup: string;
  readonly LogStreamPrefix: string;
}

interface Database {
  readonly resourceId: string;
  readonly host: string;
}

/**
 * Runs the migration tasks of a slot's database, one a stop, and waits for them.
 *
 * A task is started with a client token made of the database's resource id and the Kong version: whoever asks twice
 * (a retry of CloudFormation, of Lambda or of the provider, within an hour after the task has ended) is given the same
 * task, never a second one. That is also how a later poll finds the tasks of later stops.
 */
export const migrations: SlotResource = {
  async onEvent(event: ResourceEvent, clients: Clients): Promise<OnEventAnswer> {
    const properties = event.ResourceProperties as unknown as Properties;
    const PhysicalResourceId = event.PhysicalResourceId ?? `kong-migrations-${properties.DatabaseIdentifier}`;
    if (event.RequestType === 'Delete' || !needsRun(event)) return { PhysicalResourceId };
    const database = await refuseForeignDatabase(properties, clients);
    const first = await runFirst(properties, database.resourceId, clients);
    return { PhysicalResourceId, Data: { DatabaseResourceId: database.resourceId, FirstTask: first } };
  },

  async isComplete(event: ResourceEvent, clients: Clients): Promise<IsCompleteAnswer> {
    const properties = event.ResourceProperties as unknown as Properties;
    const { DatabaseResourceId, FirstTask } = (event.Data ?? {}) as { DatabaseResourceId?: string; FirstTask?: string };
    if (event.RequestType === 'Delete' || DatabaseResourceId === undefined || FirstTask === undefined)
      return { IsComplete: true };
    for (let stop = 0; stop < properties.Versions.length; stop += 1) {
      const taskArn = stop === 0 ? FirstTask : await runStop(properties, stop, DatabaseResourceId, clients);
      const task = await describeTask(properties.Cluster, taskArn, clients);
      // ECS may not know a task for some seconds after it has started it.
      if (task?.lastStatus !== 'STOPPED') return { IsComplete: false };
      if (task.containers?.[0]?.exitCode !== 0) throw await failure(properties, stop, task, clients);
    }
    return { IsComplete: true };
  },
};

/** Other networks, log groups or settings of the task are no reason to migrate again; another database or version is. */
function needsRun(event: ResourceEvent): boolean {
  if (event.RequestType === 'Create') return true;
  const what = (properties: Readonly<Record<string, unknown>> | undefined): string =>
    JSON.stringify([properties?.DatabaseIdentifier, properties?.Versions]);
  return what(event.ResourceProperties) !== what(event.OldResourceProperties);
}

/**
 * Green never touches blue's database, whatever the settings, an alias or a mistake in a network say: asked of RDS, by
 * resource id and by endpoint.
 * @throws KongDualClusterError GREEN_ON_BLUE_DATABASE, DATABASE_NOT_FOUND
 */
async function refuseForeignDatabase(properties: Properties, clients: Clients): Promise<Database> {
  const own = await describeDatabase(properties.DatabaseIdentifier, clients);
  if (!own) {
    throw new KongDualClusterError('DATABASE_NOT_FOUND', 'the database of this slot does not exist', {
      found: properties.DatabaseIdentifier,
      remedy: 'check datastore in dual-cluster.yaml, then deploy again',
    });
  }
  for (const identifier of properties.ForbiddenIdentifiers) {
    const other = await describeDatabase(identifier, clients);
    if (!other) continue;
    if (other.resourceId === own.resourceId || other.host === own.host || other.host === properties.DatabaseHost) {
      throw new KongDualClusterError(
        'GREEN_ON_BLUE_DATABASE',
        'the migrations would run on the database of the other slot',
        {
          found: `${properties.DatabaseIdentifier} at ${properties.DatabaseHost} is ${identifier} (${other.resourceId})`,
          remedy:
            'restore a snapshot for this slot (kong-dual-cluster snapshot) and name that as its datastore; nothing was run',
        },
      );
    }
  }
  return own;
}

async function describeDatabase(identifier: string, clients: Clients): Promise<Database | undefined> {
  try {
    const answer = await patiently(clients, () =>
      clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
    );
    const instance = answer.DBInstances?.[0];
    if (!instance?.DbiResourceId || !instance.Endpoint?.Address) return undefined;
    return { resourceId: instance.DbiResourceId, host: instance.Endpoint.Address };
  } catch (error) {
    if (error instanceof Error && /^DBInstanceNotFound/.test(error.name)) return undefined;
    throw error;
  }
}

/** At most 64 characters (ECS, RunTask). */
export const clientToken = (databaseResourceId: string, version: string): string =>
  createHash('sha256').update(`${databaseResourceId} kong ${version}`).digest('hex');

/**
 * A task that never started (no image, no way out of the subnets, no secret) has touched nothing, and its token gives it
 * again for an hour. So whoever deploys again gets another one, under a token that names it.
 */
async function runFirst(properties: Properties, databaseResourceId: string, clients: Clients): Promise<string> {
  let task = await runStop(properties, 0, databaseResourceId, clients);
  while (neverStarted(await describeTask(properties.Cluster, task, clients)))
    task = await runStop(properties, 0, `${databaseResourceId} after ${task}`, clients);
  return task;
}

const neverStarted = (task: Task | undefined): boolean =>
  task?.lastStatus === 'STOPPED' && task.startedAt === undefined && task.containers?.[0]?.exitCode === undefined;

async function runStop(
  properties: Properties,
  stop: number,
  databaseResourceId: string,
  clients: Clients,
): Promise<string> {
  const version = properties.Versions[stop]!;
  try {
    return await patiently(clients, async () => {
      const answer = await clients.ecs.send(
        new RunTaskCommand({
          cluster: properties.Cluster,
          taskDefinition: properties.TaskDefinitions[stop],
          clientToken: clientToken(databaseResourceId, version),
          launchType: 'FARGATE',
          count: 1,
          startedBy: 'kong-dual-cluster',
          propagateTags: 'TASK_DEFINITION',
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: [...properties.Subnets],
              securityGroups: [...properties.SecurityGroups],
              assignPublicIp: 'DISABLED',
            },
          },
        }),
      );
      const taskArn = answer.tasks?.[0]?.taskArn;
      if (taskArn) return taskArn;
      const reason =
        answer.failures?.map((f) => [f.reason, f.detail].filter(Boolean).join(': ')).join('; ') ??
        'no task and no reason';
      const refusal = new KongDualClusterError(
        'MIGRATIONS_NOT_STARTED',
        `ECS did not start the migrations of Kong ${version}`,
        {
          found: reason,
          remedy: 'mend what ECS names, then deploy again; the database was not touched',
        },
      );
      if (/capacity|RESOURCE/i.test(reason)) refusal.name = 'CapacityUnavailable';
      throw refusal;
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConflictException') throw error;
    return await takeUp(error, properties, version, clients);
  }
}

/**
 * The database and the version have had their task already, with other settings: by hand before `migrations: task`, or
 * by a deployment that failed for another reason. If that one succeeded or still runs, it is the answer.
 */
async function takeUp(
  conflict: Error & { resourceIds?: readonly string[] },
  properties: Properties,
  version: string,
  clients: Clients,
): Promise<string> {
  const known = conflict.resourceIds?.[0];
  const task = known === undefined ? undefined : await describeTask(properties.Cluster, known, clients);
  const isAnswer = task?.lastStatus !== 'STOPPED' || task.containers?.[0]?.exitCode === 0 || neverStarted(task);
  if (known !== undefined && task && isAnswer) return known;
  throw new KongDualClusterError(
    'MIGRATIONS_ALREADY_RUN',
    `the migrations of Kong ${version} have failed on this database a short while ago, and ECS does not start them again with other settings`,
    {
      found: known ?? conflict.message,
      remedy: `${START_AGAIN}; or, if that run did not change the database, deploy again an hour after it has ended`,
      cause: conflict,
    },
  );
}

async function describeTask(cluster: string, taskArn: string, clients: Clients): Promise<Task | undefined> {
  const answer = await patiently(clients, () =>
    clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] })),
  );
  return answer.tasks?.[0];
}

/** What a failed deployment says: the cause by exit code, what to do, the last lines of the log. */
async function failure(
  properties: Properties,
  stop: number,
  task: Task,
  clients: Clients,
): Promise<KongDualClusterError> {
  const version = properties.Versions[stop];
  const container = task.containers?.[0];
  const taskId = task.taskArn?.split('/').pop() ?? '';
  const exitCode = container?.exitCode;
  if (exitCode === undefined) {
    return new KongDualClusterError('MIGRATIONS_NOT_STARTED', `the migrations task of Kong ${version} did not start`, {
      found:
        [task.stoppedReason, container?.reason].filter(Boolean).join('; ') || `task ${taskId} stopped without a reason`,
      remedy:
        'mend what ECS names (the image, the way out of the subnets, the secrets), then deploy again; the database was not touched',
    });
  }
  const lines = await lastLogLines(properties.LogGroup, `${properties.LogStreamPrefix}/${taskId}`, clients);
  const outcome = outcomeOf(exitCode);
  const missing = resultOf(lines)?.missing ?? [];
  const found = [
    `${outcome?.cause ?? 'unknown'} (exit code ${exitCode}, task ${taskId}${missing.length > 0 ? `, missing ${missing.join(', ')}` : ''})`,
    `last lines of ${properties.LogGroup}:`,
    ...(lines.length > 0
      ? lines
          .filter((line) => !line.startsWith(RESULT_MARK))
          .slice(-8)
          .map((line) => `  | ${line.slice(0, 160)}`)
      : ['  (none yet)']),
  ].join('\n');
  return new KongDualClusterError(
    'MIGRATIONS_FAILED',
    outcome?.message ?? `the migrations task of Kong ${version} failed`,
    {
      found,
      remedy: outcome?.remedy ?? START_AGAIN,
    },
  );
}

async function lastLogLines(logGroupName: string, logStreamName: string, clients: Clients): Promise<string[]> {
  try {
    const answer = await clients.logs.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, limit: 40, startFromHead: false }),
    );
    return (answer.events ?? [])
      .flatMap((event) => (event.message ?? '').split('\n'))
      .filter((line) => line.trim() !== '');
  } catch {
    return []; // the cause is known without them, and must not be hidden by a log that cannot be read
  }
}

function resultOf(lines: readonly string[]): MigrationResult | undefined {
  const line = lines.findLast((text) => text.startsWith(RESULT_MARK));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line.slice(RESULT_MARK.length)) as MigrationResult;
  } catch {
    return undefined;
  }
}
