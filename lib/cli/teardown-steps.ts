import { deployCommand, destroyCommand } from '../blueprint/deploy-command';
import { nodesOf } from '../deployed/capacity';
import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';
import { finalSnapshot, type FinalSnapshot, type FinalSnapshotRequest } from '../teardown/final-snapshot';
import type { SlotDeployed } from '../teardown/read-subject';
import { teardownToken } from '../teardown/token';
import { canType, typedConsent } from './consent';
import { estimate } from './snapshot-text';
import { here } from './system';
import type { Work } from './teardown-finish';
import { planTable, type TeardownPlan } from './teardown-text';

/** What a teardown is made of; each step looks first whether it was done. */

export const snapshotRequest = (
  { system, record }: Work,
  { slot, stack, stackName }: SlotDeployed,
): FinalSnapshotRequest => ({
  system: system.settings.name,
  slot,
  stackId: stack?.id ?? '',
  destroyByHand: destroyCommand(system.settings, stackName),
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
  settings: system.settings,
  deployed,
  testerHeader: system.settings.edge.testerHeader !== undefined,
});

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

export const nothingThere = (settings: Settings, { slot, stackName }: SlotDeployed): KongDualClusterError =>
  new KongDualClusterError('TEARDOWN_NOTHING_THERE', `${slot} is not deployed`, {
    found: `no stack ${stackName}, and no final snapshot of an interrupted teardown`,
    remedy: `deploy it (${deployCommand(settings, stackName)}), or take slots.${slot} out of the settings${settings.terraform ? `, after what a first apply may have left: ${destroyCommand(settings, stackName)}` : ''}`,
    exitCode: EXIT.preflightRefused,
  });
