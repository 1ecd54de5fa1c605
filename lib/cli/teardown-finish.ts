import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { RDSClient } from '@aws-sdk/client-rds';
import { deployCommand } from '../blueprint/deploy-command';
import { lockedSource } from '../blueprint/restored';
import { TAGS } from '../blueprint/tag-names';
import { readFreeze } from '../datastore/freeze';
import { readFloor } from '../deployed/autoscaling-floor';
import { serviceOf } from '../deployed/capacity';
import { EXIT, type ExitCode } from '../errors';
import { lockPathOf, readLock, writeLock } from '../settings/lock-file';
import { updateSettingsFile } from '../settings/write';
import { manualSnapshots, ownSnapshots, verified, type FinalSnapshot } from '../teardown/final-snapshot';
import { logGroupsLeft } from '../teardown/leftovers';
import type { SlotDeployed } from '../teardown/read-subject';
import type { ShiftRecord } from '../traffic/shift-record';
import { otherSlot, type Slot } from '../traffic/weights';
import type { Context } from './context';
import type { DeployedSystem } from './system';
import { resultText, type TeardownResult } from './teardown-text';

export interface TeardownFlags {
  slot?: Slot;
  token?: string;
  /** Duration, for example `15m`. */
  idleFor: string;
  print?: boolean;
  last?: boolean;
}

/** A teardown under way. */
export interface Work extends TeardownFlags {
  readonly context: Context;
  readonly system: DeployedSystem;
  readonly rds: RDSClient;
  readonly idleForSeconds: number;
  readonly record: ShiftRecord | undefined;
  /** Renews the lock before something is changed; throws when it was lost. */
  readonly holds: (doing: string) => Promise<unknown>;
}

/** Settings, lock file and floor; then what was done and what is left. */
export async function finish(work: Work, deployed: SlotDeployed, final: FinalSnapshot | undefined): Promise<ExitCode> {
  const { context, system, rds } = work;
  const { settings } = system;
  const { slot, stackName, database } = deployed;
  if (work.print) {
    context.print(`${stackName} is gone; run it without --print to bring the settings up to date`, { commands: [] });
    return EXIT.done;
  }
  context.progress.step('settings and lock file');
  context.ifInterrupted(`${stackName} is gone; run the same command again to bring the settings up to date`);
  const kept = final ?? keptFinal(await ownSnapshots(rds, database.identifier, { system: settings.name, slot }), slot);
  await otherSlotOnly(work, slot, kept);
  const snapshots = database.ours ? await manualSnapshots(rds, database.identifier) : [];
  const byTheTool = snapshots.find(
    ({ TagList, SnapshotCreateTime, DbiResourceId }) =>
      kept !== undefined &&
      !TagList?.some(({ Key }) => Key === TAGS.system) &&
      (SnapshotCreateTime?.toISOString() ?? '') >= kept.takenAt &&
      (database.resourceId === '' || DbiResourceId === database.resourceId),
  );
  const logs = new CloudWatchLogsClient({ region: system.region });
  const leftovers = await logGroupsLeft(logs, system.stacks, stackName, false);
  context.progress.end();
  const result: TeardownResult = {
    slot,
    stack: stackName,
    ...(kept && { finalSnapshot: kept }),
    ...(byTheTool && {
      deletionSnapshot: {
        id: byTheTool.DBSnapshotIdentifier ?? '',
        arn: byTheTool.DBSnapshotArn ?? '',
      },
    }),
    settings: `${otherSlot(slot)} only`,
    leftovers,
    next: await nextSteps(work, slot),
  };
  context.print(resultText(result, context.settingsPath), result);
  return EXIT.done;
}

/** The newest one, when it is whole. */
export const keptFinal = ([newest]: Awaited<ReturnType<typeof ownSnapshots>>, slot: Slot): FinalSnapshot | undefined =>
  newest?.Status === 'available' ? verified(newest, undefined, { slot, notBefore: undefined }) : undefined;

/**
 * `slots` without this one, `live` the other; the lock file without its data, unless those are newer than the final snapshot
 * and so belongs to the next upgrade.
 */
async function otherSlotOnly({ context, system }: Work, slot: Slot, final: FinalSnapshot | undefined): Promise<void> {
  const { settings } = system;
  const stays = otherSlot(slot);
  const edits = [
    ...(settings.live === stays ? [] : [{ path: ['live'], value: stays }]),
    ...(settings.slots[slot] === undefined ? [] : [{ path: ['slots', slot], value: undefined }]),
  ];
  if (edits.length > 0) await updateSettingsFile(context.settingsPath, edits);
  const path = lockPathOf(context.settingsPath);
  const lock = await readLock(path);
  const { [slot]: _, ...slots } = lock.slots;
  const locked = lockedSource(lock, slot);
  if (locked && final && locked.takenAt <= final.takenAt) await writeLock(path, { ...lock, slots });
}

/** The floor that the shift pinned on the slot that stays: told, not lowered, because a person may have raised it. */
async function floorStep({ system }: Work, slot: Slot): Promise<string[]> {
  const stays = otherSlot(slot);
  const staying = system.settings.slots[stays];
  if (staying === undefined || staying.adopted !== undefined) return [];
  const service = await serviceOf(system.stacks, system.settings, stays);
  const reading =
    service &&
    (await readFloor(new ApplicationAutoScalingClient({ region: system.region }), service).catch(() => undefined));
  const wanted = staying.size.min ?? staying.size.count;
  if (!reading || reading.floor <= wanted) return [];
  return [
    `${stays} may scale in again: aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id ${reading.resourceId} --min-capacity ${wanted} (the shift pinned ${reading.floor})`,
  ];
}

async function nextSteps(work: Work, slot: Slot): Promise<string[]> {
  const { settings, edge, elb } = work.system;
  const frozen = await readFreeze(elb, edge.freezeRuleArn).then(
    (reading) => reading.frozen,
    () => false,
  );
  return [
    ...(frozen ? ['kong-dual-cluster unfreeze'] : []),
    ...(settings.edge.testerHeader
      ? [
          `remove edge.testerHeader from the settings, then ${deployCommand(settings, edge.stackName)}: with one slot nobody needs it`,
        ]
      : []),
    ...(await floorStep(work, slot)),
    `commit the settings and the lock file: ${slot} is not in them any more`,
  ];
}
