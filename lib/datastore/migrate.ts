import { createHash } from 'node:crypto';
import { GetLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTasksCommand, RunTaskCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs';
import type { RDSClient } from '@aws-sdk/client-rds';
import { START_AGAIN, outcomeOf, RESULT_MARK } from '../blueprint/migration-outcomes';
import { EXIT, KongDualClusterError } from '../errors';
import { readDatabase } from './read-database';

export interface MigrationClients {
  readonly ecs: ECSClient;
  readonly rds: RDSClient;
  readonly logs: CloudWatchLogsClient;
}

/** Everything a run needs, as the outputs of the slot's stack and the settings name it. */
export interface MigrationPlan {
  readonly databaseIdentifier: string;
  /** Databases of the other slot: a run that finds itself on one of them refuses. */
  readonly forbiddenIdentifiers: readonly string[];
  readonly stops: readonly { readonly version: string; readonly taskDefinitionArn: string }[];
  readonly cluster: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly logGroup: string;
}

export interface MigrationHooks {
  readonly started: (version: string, taskId: string) => void;
  /** A line that Kong or the script wrote. */
  readonly line: (text: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Of `awslogs-stream-prefix`/container, as lib/aws-cdk/migrations.ts makes them. */
const LOG_STREAM = 'kong/migrate';

/**
 * Runs the one-off migration task of each stop in order and waits for it. With the client token that the deployment
 * uses, so that a run that was interrupted is taken up and never started twice.
 * @throws KongDualClusterError DATABASE_NOT_FOUND, GREEN_ON_BLUE_DATABASE, MIGRATIONS_NOT_STARTED,
 *   MIGRATIONS_ALREADY_RUN, MIGRATIONS_FAILED
 */
export async function runMigrations(
  clients: MigrationClients,
  plan: MigrationPlan,
  hooks: MigrationHooks,
): Promise<void> {
  const resourceId = await refuseForeignDatabase(clients.rds, plan);
  for (const stop of plan.stops) {
    const taskArn = await start(clients.ecs, plan, stop, resourceId);
    const taskId = taskArn.split('/').at(-1)!;
    hooks.started(stop.version, taskId);
    const log = new LogTail(clients.logs, plan.logGroup, `${LOG_STREAM}/${taskId}`, hooks.line);
    const task = await waitForEnd(clients.ecs, plan.cluster, taskArn, log, hooks.sleep);
    refuseFailure(stop.version, taskId, task, plan.logGroup);
  }
}

/** The same as lib/handlers/migrations makes, at most 64 characters (ECS API, `RunTask.clientToken`). */
export const clientToken = (databaseResourceId: string, version: string): string =>
  createHash('sha256').update(`${databaseResourceId} kong ${version}`).digest('hex');

async function refuseForeignDatabase(rds: RDSClient, plan: MigrationPlan): Promise<string> {
  const own = await readDatabase(rds, plan.databaseIdentifier);
  if (!own) {
    throw new KongDualClusterError('DATABASE_NOT_FOUND', 'the database of this slot does not exist', {
      found: plan.databaseIdentifier,
      remedy: 'deploy the slot first',
      exitCode: EXIT.preflightRefused,
    });
  }
  for (const identifier of plan.forbiddenIdentifiers) {
    const other = await readDatabase(rds, identifier);
    if (other && (other.resourceId === own.resourceId || other.host === own.host)) {
      throw new KongDualClusterError(
        'GREEN_ON_BLUE_DATABASE',
        'the migrations would run on the database of the other slot',
        {
          found: `${plan.databaseIdentifier} is ${identifier} (${other.resourceId})`,
          remedy:
            'restore a snapshot for this slot (kong-dual-cluster snapshot) and name that as its datastore; nothing was run',
          exitCode: EXIT.preflightRefused,
        },
      );
    }
  }
  return own.resourceId;
}

async function start(
  ecs: ECSClient,
  plan: MigrationPlan,
  stop: MigrationPlan['stops'][number],
  resourceId: string,
): Promise<string> {
  try {
    const answer = await ecs.send(
      new RunTaskCommand({
        cluster: plan.cluster,
        taskDefinition: stop.taskDefinitionArn,
        clientToken: clientToken(resourceId, stop.version),
        launchType: 'FARGATE',
        count: 1,
        startedBy: 'kong-dual-cluster',
        propagateTags: 'TASK_DEFINITION',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...plan.subnetIds],
            securityGroups: [plan.securityGroupId],
            assignPublicIp: 'DISABLED',
          },
        },
      }),
    );
    const taskArn = answer.tasks?.[0]?.taskArn;
    if (taskArn) return taskArn;
    throw new KongDualClusterError(
      'MIGRATIONS_NOT_STARTED',
      `ECS did not start the migrations of Kong ${stop.version}`,
      {
        found:
          answer.failures?.map((f) => [f.reason, f.detail].filter(Boolean).join(': ')).join('; ') ||
          'no task and no reason',
        remedy: 'mend what ECS names, then run it again; the database was not touched',
      },
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConflictException') throw error;
    throw new KongDualClusterError(
      'MIGRATIONS_ALREADY_RUN',
      `the migrations of Kong ${stop.version} have run on this database a short while ago, with other settings`,
      {
        found: error.message,
        remedy: `${START_AGAIN}; or, if that run did not change the database, run it again an hour after it has ended`,
        cause: error,
      },
    );
  }
}

async function waitForEnd(
  ecs: ECSClient,
  cluster: string,
  taskArn: string,
  log: LogTail,
  sleep: MigrationHooks['sleep'],
): Promise<Task> {
  for (;;) {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    await log.read();
    // ECS may not know a task for some seconds after it has started it.
    if (tasks?.[0]?.lastStatus === 'STOPPED') {
      await sleep(1000);
      await log.read();
      return tasks[0];
    }
    await sleep(2000);
  }
}

function refuseFailure(version: string, taskId: string, task: Task, logGroup: string): void {
  const container = task.containers?.[0];
  const exitCode = container?.exitCode;
  if (exitCode === 0) return;
  if (exitCode === undefined) {
    throw new KongDualClusterError('MIGRATIONS_NOT_STARTED', `the migrations task of Kong ${version} did not start`, {
      found:
        [task.stoppedReason, container?.reason].filter(Boolean).join('; ') || `task ${taskId} stopped without a reason`,
      remedy:
        'mend what ECS names (the image, the way out of the subnets, the secrets), then run it again; the database was not touched',
    });
  }
  const outcome = outcomeOf(exitCode);
  throw new KongDualClusterError(
    'MIGRATIONS_FAILED',
    outcome?.message ?? `the migrations task of Kong ${version} failed`,
    {
      found: `${outcome?.cause ?? 'unknown'} (exit code ${exitCode}, task ${taskId}), log in ${logGroup}`,
      remedy: outcome?.remedy ?? START_AGAIN,
    },
  );
}

/** New lines of a log stream since the last read. The stream appears some seconds after its task has started. */
class LogTail {
  private next: string | undefined;

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly logGroupName: string,
    private readonly logStreamName: string,
    private readonly line: (text: string) => void,
  ) {}

  async read(): Promise<void> {
    const { logGroupName, logStreamName } = this;
    for (;;) {
      const answer = await this.logs
        .send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken: this.next }))
        .catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
          throw error;
        });
      for (const event of answer?.events ?? []) {
        for (const text of (event.message ?? '').split('\n')) {
          if (text.trim() && !text.startsWith(RESULT_MARK)) this.line(text);
        }
      }
      // At the end of the stream AWS answers the token that it was given.
      const token = answer?.nextForwardToken;
      if (!token || token === this.next || (answer?.events ?? []).length === 0) {
        this.next = token ?? this.next;
        return;
      }
      this.next = token;
    }
  }
}
