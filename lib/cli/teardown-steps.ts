import { resolve } from 'node:path';
import { nodesOf } from '../deployed/capacity';
import { findStack } from '../deployed/read-stack';
import { EXIT, KongDualClusterError } from '../errors';
import { cdkCommand, destroyArguments, runCdk } from '../teardown/cdk-command';
import { finalSnapshot, type FinalSnapshot, type FinalSnapshotRequest } from '../teardown/final-snapshot';
import { whyNotDeleted } from '../teardown/leftovers';
import { unprotect } from '../teardown/protection';
import type { SlotDeployed } from '../teardown/read-subject';
import { teardownToken } from '../teardown/token';
import { canType, typedConsent } from './consent';
import { estimate } from './snapshot-text';
import { here } from './system';
import type { Work } from './teardown-finish';
import { planTable, type TeardownPlan } from './teardown-text';

/** What a teardown is made of; each step looks first whether it was done. */

/** Another look at a stack that is being deleted, milliseconds. */
const DELETING_MS = 2000;

export const snapshotRequest = ({ system, record }: Work, { slot, stack }: SlotDeployed): FinalSnapshotRequest => ({
  system: system.settings.name,
  slot,
  stackId: stack?.id ?? '',
  kongVersion: system.settings.slots[slot]?.version,
  notBefore: record?.changedAt,
});

export async function takeFinal(
  { context, rds, holds }: Work,
  { database }: SlotDeployed,
  request: FinalSnapshotRequest,
): Promise<FinalSnapshot> {
  const { progress } = context;
  await holds(`final snapshot of ${database.identifier}`);
  const begun = Date.now();
  return finalSnapshot(rds, database.identifier, database.reading, request, {
    now: Date.now,
    sleep: (milliseconds) => here.sleep(milliseconds),
    began: ({ DBSnapshotIdentifier: id }, taken) => {
      const gib = database.reading ? ` (${database.reading.allocatedStorageGib} GiB)` : '';
      progress.step(`final snapshot ${id} of ${database.identifier}${gib}${taken === 'own' ? ', begun before' : ''}`);
      context.ifInterrupted(
        `nothing was destroyed; the snapshot ${id} goes on in AWS, and the same command takes it up`,
      );
    },
    progress: (current, share) => progress.update(share, estimate(current, share, Date.now() - begun)),
  });
}

export async function consent(
  work: Work,
  deployed: SlotDeployed,
  final: FinalSnapshot | undefined,
  wanted: string,
): Promise<void> {
  const { context, system } = work;
  context.progress.end();
  const nodes = await system.capacity(deployed.slot).then(nodesOf, () => undefined);
  context.progress.note(planTable({ ...planOf(work, deployed), nodes, final }));
  // With a token it was checked before anything was done.
  if (work.token === undefined) await typedConsent(`${deployed.stackName} is destroyed for good.`, wanted);
}

const planOf = ({ system }: Work, deployed: SlotDeployed): Omit<TeardownPlan, 'nodes' | 'final'> => ({
  name: system.settings.name,
  deployed,
  testerHeader: system.settings.edge.testerHeader !== undefined,
});

/** @throws KongDualClusterError TEARDOWN_STACK_LEFT (exit 1) */
export async function destroy({ context, system, rds }: Work, { stackName, database }: SlotDeployed): Promise<void> {
  const { progress, settingsPath } = context;
  if (database.ours && database.reading) {
    progress.step(`deletion protection of ${database.identifier} off`);
    context.ifInterrupted('nothing was destroyed; the same command goes on');
    await unprotect(rds, database.identifier);
  }
  progress.step(`cdk destroy ${stackName} --exclusively`);
  context.ifInterrupted(
    `CloudFormation goes on with deleting ${stackName}; run the same command again to wait for it and to bring the settings up to date`,
  );
  // An interrupted run has begun it: CloudFormation goes on by itself, and a second deletion beside it says nothing new.
  let left = await findStack(system.cloudFormation, stackName);
  while (left?.status === 'DELETE_IN_PROGRESS') {
    progress.update(undefined, 'begun before, waiting for CloudFormation');
    await here.sleep(DELETING_MS);
    left = await findStack(system.cloudFormation, stackName);
  }
  if (!left) return;
  const environment = {
    KONG_DUAL_CLUSTER_SETTINGS: resolve(settingsPath),
    AWS_REGION: system.region,
  };
  const command = cdkCommand(settingsPath, destroyArguments(stackName));
  const exitCode = await runCdk(command, environment, (line) => progress.note(`  ${line}`));
  left = await findStack(system.cloudFormation, stackName);
  if (!left) return;
  const why = await whyNotDeleted(system.cloudFormation, stackName);
  throw new KongDualClusterError('TEARDOWN_STACK_LEFT', `the stack ${stackName} is still there`, {
    found: `${left.status}${why.length > 0 ? `: ${why.join('; ')}` : `, cdk ended with exit code ${exitCode}`}`,
    remedy: 'mend what is named above, then run the same command again: it goes on where it stopped',
  });
}

export function refuseWrongToken(work: Work, { slot, stack, database, stackName }: SlotDeployed): void {
  if (work.token === undefined) return refuseNobodyToType();
  const { account, region } = work.system;
  const stackId = stack?.id ?? '';
  if (work.token === teardownToken({ account, region, stackId, databaseResourceId: database.resourceId, slot })) return;
  throw new KongDualClusterError('TEARDOWN_TOKEN_WRONG', 'the token is not for this stack and this database', {
    found: work.token,
    remedy: `nothing was changed: look at \`kong-dual-cluster plan\`, which prints the token of ${stackName}`,
    exitCode: EXIT.preflightRefused,
  });
}

export function refuseNobodyToType(): void {
  if (canType()) return;
  throw new KongDualClusterError('CONSENT_MISSING', 'nobody is there to consent', {
    found: 'no terminal, and no --token; --yes is no consent to destroy',
    remedy: 'run it on a terminal, or in CI with --token, which `kong-dual-cluster plan` prints',
    exitCode: EXIT.preflightRefused,
  });
}

export const nothingThere = ({ slot, stackName }: SlotDeployed): KongDualClusterError =>
  new KongDualClusterError('TEARDOWN_NOTHING_THERE', `${slot} is not deployed`, {
    found: `no stack ${stackName}, and no final snapshot of an interrupted teardown`,
    remedy: `deploy it (npx cdk deploy ${stackName} --exclusively), or take slots.${slot} out of the settings`,
    exitCode: EXIT.preflightRefused,
  });
