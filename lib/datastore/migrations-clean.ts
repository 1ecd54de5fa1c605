import { randomUUID } from 'node:crypto';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type ContainerDefinition,
  type ECSClient,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { checkScript } from '../blueprint/check-script';
import { outcomeOf } from '../blueprint/migration-outcomes';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import { EXIT, KongDualClusterError } from '../errors';
import type { Slot } from '../traffic/weights';

/** A one-off task that runs the read-only check in the place of what its container runs. */
export interface CheckTask {
  readonly slot: Slot;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Launch type, network and so on, as the nodes or the migrations have them. */
  readonly placement: Pick<
    RunTaskCommandInput,
    'launchType' | 'capacityProviderStrategy' | 'platformVersion' | 'networkConfiguration'
  >;
}

export interface CheckHooks {
  readonly started: (taskId: string) => void;
  readonly status: (lastStatus: string) => void;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Of lib/aws-cdk/migrations.ts. */
const MIGRATION_CONTAINER = 'migrate';
/** An image is pulled in a minute or two, and the check gives a silent database up after 90 s. */
const DEADLINE_MS = 10 * 60 * 1000;

/** The check on a slot of ours: its own migration task, of the version that serves, with the check's command. */
export function ownCheck(slot: Slot, version: string, outputs: Readonly<Record<string, string>>): CheckTask {
  const list = (output: string): string[] => (outputs[output] ?? '').split(',').filter(Boolean);
  return {
    slot,
    cluster: outputs[SLOT_OUTPUTS.clusterName] ?? '',
    // One a stop; the last is the version that serves.
    taskDefinition: list(SLOT_OUTPUTS.migrationTaskDefinitionArn).at(-1) ?? '',
    container: MIGRATION_CONTAINER,
    // The container's entry point is a shell that takes the script (lib/aws-cdk/migrations.ts).
    command: [checkScript({ version })],
    placement: {
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: list(SLOT_OUTPUTS.migrationSubnetIds),
          securityGroups: list(SLOT_OUTPUTS.migrationSecurityGroupId),
          assignPublicIp: 'DISABLED',
        },
      },
    },
  };
}

/**
 * The check on nodes that somebody else made: their service's task definition and network, with the check's command.
 * @throws KongDualClusterError MIGRATIONS_CHECK_NOT_RUN (exit 8) where no shell can be put in Kong's place
 */
export async function adoptedCheck(
  ecs: ECSClient,
  of: {
    readonly slot: Slot;
    readonly version: string;
    readonly cluster: string;
    readonly service: string;
    readonly targetGroupArn: string;
  },
): Promise<CheckTask> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: of.cluster, services: [of.service] }));
  const service = services?.[0];
  if (!service?.taskDefinition) throw notRun(of.slot, `no ECS service ${of.service} in cluster ${of.cluster}`, true);
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition }),
  );
  const name = service.loadBalancers?.find((one) => one.targetGroupArn === of.targetGroupArn)?.containerName;
  const container = taskDefinition?.containerDefinitions?.find((one) => one.name === name);
  if (!container?.name)
    throw notRun(of.slot, `no container ${name ?? 'behind the target group'} in ${service.taskDefinition}`, true);
  const strategy = service.capacityProviderStrategy ?? [];
  return {
    slot: of.slot,
    cluster: of.cluster,
    taskDefinition: service.taskDefinition,
    container: container.name,
    command: commandFor(of.slot, container, checkScript({ version: of.version })),
    placement: {
      // One or the other (ECS API, RunTask).
      ...(strategy.length > 0
        ? { capacityProviderStrategy: strategy }
        : { launchType: service.launchType ?? 'FARGATE' }),
      ...(service.platformVersion ? { platformVersion: service.platformVersion } : {}),
      ...(service.networkConfiguration ? { networkConfiguration: service.networkConfiguration } : {}),
    },
  };
}

/**
 * A task's override takes another command and no other entry point (ECS API, ContainerOverride). Kong's own entry point
 * runs what it is given unless that begins with `kong` (docker-kong, docker-entrypoint.sh); of one of the owner's making
 * nobody knows what it does with a shell.
 */
function commandFor(slot: Slot, { entryPoint = [], name }: ContainerDefinition, script: string): string[] {
  const last = entryPoint.at(-1) ?? '';
  if (/^-\w*c$/.test(last)) return [script];
  if (entryPoint.length === 0 || /(^|\/)docker-entrypoint\.sh$/.test(last)) return ['/bin/sh', '-c', script];
  throw notRun(
    slot,
    `container ${name} has the entry point ${JSON.stringify(entryPoint)}, which may not run a shell`,
    true,
  );
}

/**
 * Runs the check and waits for it. Reads the database only. The token keeps a repeated request from starting it twice;
 * each call of this function is a check of its own, because what it looks at may have changed.
 * @throws KongDualClusterError MIGRATIONS_NOT_CLEAN, MIGRATIONS_CHECK_NOT_RUN (both exit 8)
 */
export async function checkMigrations(
  ecs: ECSClient,
  task: CheckTask,
  adopted: boolean,
  hooks: CheckHooks,
): Promise<{ readonly taskArn: string }> {
  const answer = await ecs.send(
    new RunTaskCommand({
      cluster: task.cluster,
      taskDefinition: task.taskDefinition,
      clientToken: randomUUID(),
      count: 1,
      startedBy: 'kong-dual-cluster',
      overrides: { containerOverrides: [{ name: task.container, command: [...task.command] }] },
      ...task.placement,
    }),
  );
  const taskArn = answer.tasks?.[0]?.taskArn;
  if (!taskArn) {
    const reasons = answer.failures?.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
    throw notRun(task.slot, reasons?.join('; ') || 'ECS started no task and gave no reason', adopted);
  }
  hooks.started(taskArn.split('/').at(-1) ?? taskArn);
  const ended = await waitForContainer(ecs, task, taskArn, adopted, hooks);
  const container = ended.containers?.find(({ name }) => name === task.container);
  const exitCode = container?.exitCode;
  if (exitCode === 0) return { taskArn };
  const outcome = exitCode === undefined ? undefined : outcomeOf(exitCode);
  if (!outcome) {
    const reasons = [
      exitCode === undefined ? '' : `exit code ${exitCode}`,
      container?.reason,
      ended.stoppedReason,
    ].filter(Boolean);
    throw notRun(task.slot, `task ${taskArn.split('/').at(-1)}: ${reasons.join('; ') || 'no reason'}`, adopted);
  }
  throw new KongDualClusterError(
    'MIGRATIONS_NOT_CLEAN',
    `the migrations of ${task.slot} are not clean, and its snapshot would carry that over`,
    {
      found: `${outcome.message} (task ${taskArn.split('/').at(-1)})`,
      remedy: outcome.remedy,
      exitCode: EXIT.preflightRefused,
    },
  );
}

/** Until Kong's container has ended: containers beside it may go on, and their task is stopped then. */
async function waitForContainer(
  ecs: ECSClient,
  task: CheckTask,
  taskArn: string,
  adopted: boolean,
  hooks: CheckHooks,
): Promise<Task> {
  const deadline = hooks.now() + DEADLINE_MS;
  const stop = async (reason: string): Promise<void> => {
    await ecs.send(new StopTaskCommand({ cluster: task.cluster, task: taskArn, reason })).catch(() => undefined);
  };
  for (;;) {
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: task.cluster, tasks: [taskArn] }));
    const current = tasks?.[0];
    if (current?.lastStatus === 'STOPPED') return current;
    if (current?.containers?.some(({ name, exitCode }) => name === task.container && exitCode !== undefined)) {
      await stop('the check has ended');
      return current;
    }
    hooks.status(current?.lastStatus ?? 'PENDING');
    if (hooks.now() > deadline) {
      await stop('the check did not end');
      throw notRun(task.slot, `task ${taskArn.split('/').at(-1)} did not end in 10 minutes; it was stopped`, adopted);
    }
    await hooks.sleep(2000);
  }
}

const notRun = (slot: Slot, found: string, adopted: boolean): KongDualClusterError =>
  new KongDualClusterError(
    'MIGRATIONS_CHECK_NOT_RUN',
    `whether the migrations of ${slot} are clean could not be found out`,
    {
      found,
      remedy: `mend what is named and run it again${adopted ? '; or run `kong migrations list` on a node and, when it is clean, add --migrations-are-clean' : ''}; nothing was changed`,
      exitCode: EXIT.preflightRefused,
    },
  );
