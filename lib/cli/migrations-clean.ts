import { setTimeout as sleep } from 'node:timers/promises';
import type { ECSClient } from '@aws-sdk/client-ecs';
import { adoptedCheck, checkMigrations, ownCheck, type CheckTask } from '../datastore/migrations-clean';
import type { EdgeReading } from '../deployed/read-edge';
import { readStack } from '../deployed/read-stack';
import type { Stacks } from '../deployed/stacks';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings, SlotSettings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import type { Context } from './context';

/** How it is known that the live slot's migrations are clean. */
export type MigrationsKnown =
  | { readonly clean: true; readonly by: 'check'; readonly taskArn: string }
  | { readonly clean: true; readonly by: 'declared' };

interface Flags {
  readonly migrationsAreClean?: boolean;
}

const runsOnEcs = ({ adopted }: SlotSettings): boolean =>
  adopted === undefined || (adopted.platform === 'ecs' && !!adopted.clusterName && !!adopted.serviceName);

/**
 * Nodes outside ECS cannot be asked from here: their owner says it. Of our own nobody needs to.
 * @throws KongDualClusterError MIGRATIONS_NOT_DECLARED (exit 8), MIGRATIONS_DECLARED (exit 64)
 */
export function refuseDeclaration(source: SlotSettings, slot: Slot, { migrationsAreClean = false }: Flags): void {
  if (migrationsAreClean && source.adopted === undefined) {
    throw new KongDualClusterError('MIGRATIONS_DECLARED', `the migrations of ${slot} are looked at, not declared`, {
      found: `--migrations-are-clean, and ${slot} was made by its stack`,
      remedy: 'leave --migrations-are-clean out',
      exitCode: EXIT.usage,
    });
  }
  if (migrationsAreClean || runsOnEcs(source)) return;
  throw new KongDualClusterError(
    'MIGRATIONS_NOT_DECLARED',
    `whether the migrations of ${slot} are clean cannot be read: its nodes do not run on ECS`,
    {
      found: 'no --migrations-are-clean',
      remedy:
        'on one of its nodes: kong migrations list; when its exit code is 0 and it names neither pending nor new migrations, run this again with --migrations-are-clean',
      exitCode: EXIT.preflightRefused,
    },
  );
}

/** @throws KongDualClusterError MIGRATIONS_NOT_CLEAN, MIGRATIONS_CHECK_NOT_RUN, STACK_NOT_FOUND */
export async function cleanMigrations(
  context: Context,
  { ecs, stacks }: { readonly ecs: ECSClient; readonly stacks: Stacks },
  settings: Settings,
  edge: Pick<EdgeReading, 'targetGroupArns'>,
  slot: Slot,
  { migrationsAreClean = false }: Flags,
): Promise<MigrationsKnown> {
  const { progress } = context;
  const source = settings.slots[slot];
  if (migrationsAreClean || !source) {
    progress.note(`note: that the migrations of ${slot} are clean is declared by you, not looked at`);
    return { clean: true, by: 'declared' };
  }
  const { adopted, version } = source;
  let task: CheckTask;
  if (adopted) {
    const { clusterName: cluster = '', serviceName: service = '' } = adopted;
    const targetGroupArn = edge.targetGroupArns[slot];
    task = await adoptedCheck(ecs, { slot, version, cluster, service, targetGroupArn });
    progress.note(
      `note: runs one task of your ${task.taskDefinition.split('/').at(-1)} in ${cluster}, in the network of ${service}; container ${task.container} runs \`kong migrations list\` in the place of Kong, which reads the database only`,
    );
  } else {
    task = ownCheck(slot, version, (await readStack(stacks, settings, `${settings.name}-${slot}`)).outputs);
  }
  progress.step(`migrations of ${slot}: kong migrations list`);
  const { taskArn } = await checkMigrations(ecs, task, adopted !== undefined, {
    started: (taskId) => {
      progress.update(undefined, `task ${taskId}`);
      context.ifInterrupted(`the check (task ${taskId}) reads only and ends by itself; nothing was changed`);
    },
    status: (lastStatus) => progress.update(undefined, lastStatus.toLowerCase()),
    now: Date.now,
    sleep: (milliseconds) => sleep(milliseconds),
  });
  return { clean: true, by: 'check', taskArn };
}
