import { EXIT, KongDualClusterError } from '../../errors';
import type { Lock, Settings } from '../../settings/schema';
import { databaseSmallerThanLive, datastoreShared, iopsImpossible, storageBelowSnapshot } from './database';
import {
  adoptedRuleTwice,
  edgeAdoptedAndOwn,
  edgeAdoptedInNewNetwork,
  edgeForwardsNothing,
  edgeWithoutPublicSubnets,
  networkSize,
  priorityTwice,
} from './edge';
import { environmentTwice, reservedEnvironment, secretInClear } from './environment';
import type { Check, Refusal } from './refusal';
import { fargateSize, sizeBounds, smallerThanLive, smallerThanRunning } from './size';
import { adoptedSlotIncomplete, liveSlotMissing } from './slots';
import { datastoreReplaced, pointInTimeNotLocked, snapshotElsewhere, snapshotNotLocked } from './snapshot';
import {
  editionWithoutRelease,
  stepBetweenSlots,
  stepFromSnapshot,
  stopsWithoutSnapshot,
  versionInvalid,
} from './versions';
import { weightOnAbsentSlot, weightsInRange, weightsOfTheRunner, weightsOfTheTemplate } from './weights';

export type { Check, Refusal } from './refusal';

/** In the order in which they are told: what makes later ones pointless comes first. */
export const CHECKS: readonly Check[] = [
  liveSlotMissing,
  versionInvalid,
  weightsOfTheRunner,
  weightsOfTheTemplate,
  weightsInRange,
  weightOnAbsentSlot,
  edgeForwardsNothing,
  edgeAdoptedAndOwn,
  edgeAdoptedInNewNetwork,
  adoptedRuleTwice,
  priorityTwice,
  edgeWithoutPublicSubnets,
  networkSize,
  adoptedSlotIncomplete,
  datastoreShared,
  snapshotNotLocked,
  pointInTimeNotLocked,
  datastoreReplaced,
  snapshotElsewhere,
  stopsWithoutSnapshot,
  stepFromSnapshot,
  stepBetweenSlots,
  editionWithoutRelease,
  sizeBounds,
  fargateSize,
  smallerThanLive,
  smallerThanRunning,
  databaseSmallerThanLive,
  storageBelowSnapshot,
  iopsImpossible,
  secretInClear,
  reservedEnvironment,
  environmentTwice,
];

/** Everything that is refused in these settings, in plain data. */
export const refusals = (settings: Settings, lock: Lock): Refusal[] => CHECKS.flatMap((check) => check(settings, lock));

export interface RefuseOptions {
  /** Names file and line of a key path, as `loadSettingsFile` gives it. @default - the key path alone */
  readonly locate?: (path: Refusal['path']) => string;
}

/**
 * Ends when the settings would lose data or requests; nothing was changed.
 * @throws KongDualClusterError with the refusal's own code, or SETTINGS_REFUSED with all of them when there are several
 */
export function refuse(settings: Settings, lock: Lock, { locate }: RefuseOptions = {}): void {
  const found = refusals(settings, lock).map((refusal) => asError(refusal, locate));
  const [first, second] = found;
  if (first === undefined) return;
  if (second === undefined) throw first;
  throw new KongDualClusterError(
    'SETTINGS_REFUSED',
    `${found.map(({ message }) => message).join('\n\n')}\n\n${found.length} things in the settings are refused`,
    { remedy: 'as said at each of them', exitCode: EXIT.preflightRefused },
  );
}

function asError(
  { code, path, problem, found, remedy }: Refusal,
  locate: RefuseOptions['locate'],
): KongDualClusterError {
  const place = `${locate ? `${locate(path)}: ` : ''}${path.join('.')}`;
  return new KongDualClusterError(code, `${place}: ${problem}`, { found, remedy, exitCode: EXIT.preflightRefused });
}
