import { resolve } from 'node:path';
import { readDatabase } from '../datastore/read-database';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { cdkCommand, destroyArguments, runCdk } from '../teardown/cdk-command';
import { unprotect } from '../teardown/protection';
import type { SlotDeployed } from '../teardown/read-subject';
import {
  DESTROY_ARGUMENTS,
  destroyEnvironment,
  errorsIn,
  INIT,
  lockIdIn,
  startTerraform,
  terraformProgram,
  terraformProject,
  withoutPlan,
  writeStack,
} from '../teardown/terraform-command';
import { here } from './system';
import type { Work } from './teardown-finish';

/** Another look at a stack that is being deleted, milliseconds. */
const DELETING_MS = 2000;
/** Parameters that Terraform has deleted are gone for a reader within this time, milliseconds. */
const GONE_MS = 20_000;

/**
 * Destroys the slot's stack by the tool that made it, and looks whether it is gone.
 * @throws KongDualClusterError TEARDOWN_STACK_LEFT (exit 1), TERRAFORM_…
 */
export async function destroy(work: Work, deployed: SlotDeployed): Promise<void> {
  const { context, system, rds } = work;
  const { database } = deployed;
  // Before anything of the slot is touched: the project must be there, and its app must work.
  const terraform = system.settings.terraform ? await writeForTerraform(work, deployed) : undefined;
  if (database.ours && database.reading) {
    context.progress.step(`deletion protection of ${database.identifier} off`);
    context.ifInterrupted('nothing was destroyed; the same command goes on');
    await unprotect(rds, database.identifier);
  }
  await (terraform ? terraform() : destroyByCdk(work, deployed));
}

async function destroyByCdk({ context, system }: Work, { stackName }: SlotDeployed): Promise<void> {
  const { progress, settingsPath } = context;
  progress.step(`cdk destroy ${stackName} --exclusively`);
  context.ifInterrupted(
    `CloudFormation goes on with deleting ${stackName}; run the same command again to wait for it and to bring the settings up to date`,
  );
  // An interrupted run has begun it: CloudFormation goes on by itself, and a second deletion beside it says nothing new.
  let left = await system.stacks.find(stackName);
  while (left?.status === 'DELETE_IN_PROGRESS') {
    progress.update(undefined, 'begun before, waiting for CloudFormation');
    await here.sleep(DELETING_MS);
    left = await system.stacks.find(stackName);
  }
  if (!left) return;
  const environment = {
    KONG_DUAL_CLUSTER_SETTINGS: resolve(settingsPath),
    AWS_REGION: system.region,
  };
  const command = cdkCommand(settingsPath, destroyArguments(stackName));
  const exitCode = await runCdk(command, environment, (line) => progress.note(`  ${line}`));
  left = await system.stacks.find(stackName);
  if (!left) return;
  const why = await system.stacks.whyNotDeleted(stackName);
  throw stackLeft(
    stackName,
    `${left.status}${why.length > 0 ? `: ${why.join('; ')}` : `, cdk ended with exit code ${exitCode}`}`,
  );
}

/** @returns what destroys the stack that was written */
async function writeForTerraform(work: Work, deployed: SlotDeployed): Promise<() => Promise<void>> {
  const { context, system } = work;
  const { stackName } = deployed;
  const { progress, settingsPath } = context;
  const project = terraformProject(settingsPath);
  const environment = destroyEnvironment(settingsPath, stackName, system.region);
  const said = (line: string) => progress.note(`  ${line}`);
  progress.step(`${project.app}: ${stackName}, to be destroyed`);
  context.ifInterrupted('nothing was destroyed; the same command goes on');
  const folder = await writeStack(project, stackName, environment, said);
  progress.step(`${terraformProgram()} init`);
  const lines: string[] = [];
  const initialized = await startTerraform(folder, INIT, environment, (line) => lines.push(line)).ended;
  if (initialized === 0) return () => destroyByTerraform(work, deployed, folder, environment);
  lines.forEach(said);
  throw stackLeft(stackName, terraformSaid('init', initialized, lines));
}

async function destroyByTerraform(
  { context, system, rds }: Work,
  { stackName, database }: SlotDeployed,
  folder: string,
  environment: Parameters<typeof startTerraform>[2],
): Promise<void> {
  const { progress } = context;
  progress.step(`${terraformProgram()} -chdir=${folder} destroy`);
  const lines: string[] = [];
  const show = withoutPlan((line) => progress.note(`  ${line}`));
  const run = startTerraform(folder, DESTROY_ARGUMENTS, environment, (line) => {
    lines.push(line);
    show(line);
  });
  context.ifInterrupted(
    `${terraformProgram()} ends what it has begun and saves its state (${run.log}); run the same command again to go on`,
  );
  let interrupted = false;
  context.onInterrupt(() => {
    interrupted = true;
    run.interrupt();
  });
  const exitCode = await run.ended;
  const lockId = lockIdIn(lines);
  if (lockId !== undefined) {
    throw new KongDualClusterError('TERRAFORM_STATE_LOCKED', `somebody holds the lock on the state of ${stackName}`, {
      found: `lock ${lockId}; Terraform names above who made it and when`,
      remedy: `let that run end; when it is dead: ${terraformProgram()} -chdir=${folder} force-unlock ${lockId}, then run the same command again`,
    });
  }
  if (exitCode !== 0) {
    const said = terraformSaid('destroy', exitCode, lines);
    throw stackLeft(stackName, said, interrupted ? EXIT.interrupted : EXIT.error);
  }
  for (const end = Date.now() + GONE_MS; ;) {
    const left = await system.stacks.find(stackName);
    const instance = database.ours ? await readDatabase(rds, database.identifier) : undefined;
    if (!left && !instance) return;
    if (Date.now() > end) {
      throw stackLeft(
        stackName,
        `terraform says that all is destroyed, and there is still ${instance ? `the database ${instance.identifier} (${instance.status})` : `the parameter ${Object.keys(left!.outputs)[0]}`}: is the state in ${folder} the one of this stack`,
      );
    }
    await here.sleep(DELETING_MS);
  }
}

const terraformSaid = (what: string, exitCode: number, lines: readonly string[]): string => {
  const errors = errorsIn(lines);
  return `terraform ${what} ended with exit code ${exitCode}${errors.length > 0 ? `: ${errors.join('; ')}` : ''}`;
};

const stackLeft = (stackName: string, found: string, exitCode: ExitCode = EXIT.error): KongDualClusterError =>
  new KongDualClusterError('TEARDOWN_STACK_LEFT', `the stack ${stackName} is still there`, {
    found,
    remedy:
      exitCode === EXIT.interrupted
        ? 'run the same command again: it goes on where it stopped'
        : 'mend what is named above, then run the same command again: it goes on where it stopped',
    exitCode,
  });
