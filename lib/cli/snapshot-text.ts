import type { DBSnapshot } from '@aws-sdk/client-rds';
import { deployCommand } from '../blueprint/deploy-command';
import type { LockedSlot, LockedSource, Settings } from '../settings/schema';
import { otherSlot, type Slot } from '../traffic/weights';

/** `42 %, about 3 min left`: RDS reports percent, and time so far is the only measure of speed there is. */
export function estimate(snapshot: Pick<DBSnapshot, 'Status'>, share: number | undefined, elapsedMs: number): string {
  if (share === undefined) return snapshot.Status ?? '';
  const percent = `${Math.floor(share * 100)} %`;
  if (share < 0.03 || share >= 1) return percent;
  const seconds = Math.round((elapsedMs / share - elapsedMs) / 1000);
  return `${percent}, about ${seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} left`;
}

/** What is locked, where, and the next step: the lines to add, or the command. */
export function snapshotText(made: {
  readonly settings: Settings;
  readonly settingsPath: string;
  readonly lockPath: string;
  readonly slot: Slot;
  readonly locked: LockedSlot;
  /** The settings restore the slot in this way already, and were updated. */
  readonly inSettings: boolean;
}): string {
  const { settings, settingsPath, lockPath, slot, locked, inSettings } = made;
  const { snapshot, pointInTime } = locked;
  const source: LockedSource | undefined = snapshot ?? pointInTime;
  if (source === undefined) return '';
  const deploy = deployCommand(settings, `${settings.name}-${slot}`);
  const { cpu, memoryMib, count } = settings.slots[otherSlot(slot)]?.size ?? { cpu: 1024, memoryMib: 2048, count: 0 };
  const nodes = Math.max(count, source.runningNodes, 1);
  return [
    `${snapshot ? snapshot.id : `${source.sourceIdentifier} at ${source.takenAt}`}: Kong ${source.kongVersion}, PostgreSQL ${source.engineVersion}, ${source.instanceClass}, ${source.allocatedStorageGib} GiB ${source.storageType}, ${source.runningNodes} nodes running`,
    `locked for ${slot} in ${lockPath}`,
    ...(inSettings
      ? [`${settingsPath} names it for ${slot}; next: ${deploy}`]
      : [
          `add this to ${settingsPath}, with the Kong version to upgrade to, then ${deploy}`,
          '',
          'slots:',
          `  ${slot}:`,
          "    version: '<version>'",
          `    size: { count: ${nodes}, cpu: ${cpu}, memoryMib: ${memoryMib} }`,
          '    datastore:',
          ...(snapshot
            ? ['      snapshot:', `        id: ${snapshot.id}`]
            : ['      pointInTime:', `        time: '${source.takenAt}'`]),
        ]),
  ].join('\n');
}
