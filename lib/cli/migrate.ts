import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { RDSClient } from '@aws-sdk/client-rds';
import { deployCommand } from '../blueprint/deploy-command';
import { SLOT_OUTPUTS } from '../blueprint/output-names';
import { systemSpec } from '../blueprint/system';
import { runMigrations, type MigrationPlan } from '../datastore/migrate';
import { readStack } from '../deployed/read-stack';
import { openStacks } from '../deployed/stacks';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { loadSettings } from '../settings/load';
import { lockPathOf, readLock } from '../settings/lock-file';
import { updateSettingsFile } from '../settings/write';
import { otherSlot, type Slot } from '../traffic/weights';
import { ask } from './ask';
import { accountAndRegion } from './aws-clients';
import type { Context } from './context';

export interface MigrateFlags {
  slot?: Slot;
}

/** @throws KongDualClusterError MIGRATE_NOT_MANUAL, STACK_NOT_FOUND, MIGRATE_STACK_DIFFERS, and those of `runMigrations` */
export async function runMigrate(context: Context, flags: MigrateFlags): Promise<ExitCode> {
  const { progress } = context;
  const settings = await loadSettings(context.settingsPath);
  const slot = flags.slot ?? otherSlot(settings.live);
  const cluster = systemSpec(settings, await readLock(lockPathOf(context.settingsPath))).slots[slot];
  if (cluster?.migrations.mode !== 'manual') {
    throw new KongDualClusterError('MIGRATE_NOT_MANUAL', `the migrations of ${slot} are not run by hand`, {
      found: cluster ? `migrations: ${cluster.migrations.mode}` : `no slot ${slot} that we make`,
      remedy: `the deployment runs them; set migrations: manual before the first deployment of a slot whose migrations take longer than ${settings.terraform ? 15 : 50} minutes`,
      exitCode: EXIT.usage,
    });
  }
  progress.step('stack');
  const { region } = await accountAndRegion(context, settings);
  const name = `${settings.name}-${slot}`;
  const { outputs } = await readStack(await openStacks(settings, { region }), settings, name);
  const taskDefinitions = list(outputs[SLOT_OUTPUTS.migrationTaskDefinitionArn]);
  if (taskDefinitions.length !== cluster.migrations.stops.length) {
    throw new KongDualClusterError(
      'MIGRATE_STACK_DIFFERS',
      `the deployed stack migrates through other versions than the settings say`,
      {
        found: `${taskDefinitions.length} task definitions in ${name}, ${cluster.migrations.stops.length} stops in the settings`,
        remedy: deployCommand(settings, name),
        exitCode: EXIT.conflict,
      },
    );
  }
  const plan: MigrationPlan = {
    databaseIdentifier: outputs[SLOT_OUTPUTS.databaseIdentifier] ?? cluster.datastore.identifier,
    forbiddenIdentifiers: cluster.migrations.forbiddenIdentifiers,
    stops: cluster.migrations.stops.map(({ version }, i) => ({ version, taskDefinitionArn: taskDefinitions[i]! })),
    cluster: outputs[SLOT_OUTPUTS.clusterName] ?? '',
    subnetIds: list(outputs[SLOT_OUTPUTS.migrationSubnetIds]),
    securityGroupId: outputs[SLOT_OUTPUTS.migrationSecurityGroupId] ?? '',
    logGroup: outputs[SLOT_OUTPUTS.migrationLogGroupName] ?? '',
  };
  await runMigrations(
    { ecs: new ECSClient({ region }), rds: new RDSClient({ region }), logs: new CloudWatchLogsClient({ region }) },
    plan,
    {
      started: (version, taskId) => {
        progress.step(`migrations of Kong ${version} on ${plan.databaseIdentifier} (task ${taskId})`);
        context.ifInterrupted(`the task ${taskId} goes on in AWS; run the same command again to take it up`);
      },
      line: (text) => progress.note(`  ${text}`),
      sleep: (milliseconds) => sleep(milliseconds),
    },
  );
  progress.end();
  const file = context.settingsPath;
  const raised = await ask(
    context,
    `set slots.${slot}.migrations to task in ${file}, so that the next deployment starts the nodes?`,
  );
  if (raised) await updateSettingsFile(file, [{ path: ['slots', slot, 'migrations'], value: 'task' }]);
  const next = [...(raised ? [] : [`set slots.${slot}.migrations to task in ${file}`]), deployCommand(settings, name)];
  context.print(
    `${plan.databaseIdentifier} is migrated to Kong ${cluster.version}. To start ${cluster.size.count} nodes: ${next.join(', then ')}`,
    { slot, database: plan.databaseIdentifier, version: cluster.version, settingsUpdated: raised, next },
  );
  return EXIT.done;
}

const list = (text: string | undefined): string[] => (text ?? '').split(',').filter(Boolean);
