import { KongDualClusterError } from '../../errors';
import { KongVersion } from '../../release/kong-version';
import { LAST_OPEN_SOURCE_MINOR, requireStep } from '../../release/steps';
import { otherSlot, SLOTS } from '../../traffic/weights';
import type { Slot } from '../../traffic/weights';
import type { Check, Refusal } from './refusal';

/** A version that cannot be read says nothing about steps, health paths or listeners. */
export const versionInvalid: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const version = slots[slot]?.version;
    return version === undefined ? [] : asRefusal(['slots', slot, 'version'], () => KongVersion.parse(version));
  });

/** The data of a restored database was written by the version in the lock; one supported step leads from there. */
export const stepFromSnapshot: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const locked = lock.slots[slot]?.snapshot;
    if (settings === undefined || locked === undefined || !('snapshot' in settings.datastore)) return [];
    return step(slot, locked.kongVersion, settings.version);
  });

/** Two clusters stand at most one step apart: before the cutover the idle one is newer, afterwards it is older. */
export const stepBetweenSlots: Check = ({ slots, live }, lock) => {
  const idle = otherSlot(live);
  const [a, b] = [slots[live], slots[idle]];
  if (a === undefined || b === undefined) return [];
  const [old, young] = [a.version, b.version].map((text) => KongVersion.tryParse(text));
  if (old === undefined || young === undefined) return [];
  const newer = old.compare(young) > 0 ? live : idle;
  // Already said by stepFromSnapshot when the newer slot was restored from the other's data of the same version.
  const locked = lock.slots[newer]?.snapshot;
  const older = slots[otherSlot(newer)]?.version ?? '';
  if (locked?.kongVersion === older) return [];
  return step(newer, older, slots[newer]?.version ?? '');
};

/** There is no open-source image of these versions. */
export const editionWithoutRelease: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const version = KongVersion.tryParse(settings?.version ?? '');
    if (settings === undefined || version === undefined || settings.edition !== 'oss' || settings.image !== undefined)
      return [];
    if (version.minor() === LAST_OPEN_SOURCE_MINOR || !version.isAtLeastMinor(LAST_OPEN_SOURCE_MINOR)) return [];
    return [
      {
        code: 'EDITION_WITHOUT_RELEASE',
        path: ['slots', slot, 'version'],
        problem: `Kong published no open-source release after ${LAST_OPEN_SOURCE_MINOR}`,
        found: `${settings.version}, edition: oss`,
        remedy: `set slots.${slot}.edition: enterprise, or name an image of your own under slots.${slot}.image`,
      },
    ];
  });

/** Silent about a version that cannot be read: versionInvalid says it. */
function step(slot: Slot, from: string, to: string): Refusal[] {
  const [older, newer] = [KongVersion.tryParse(from), KongVersion.tryParse(to)];
  if (older === undefined || newer === undefined) return [];
  return asRefusal(['slots', slot, 'version'], () => requireStep(older, newer));
}

function asRefusal(path: Refusal['path'], check: () => unknown): Refusal[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof KongDualClusterError)) throw error;
    return [{ code: error.code, path, problem: error.problem, found: error.found ?? '', remedy: error.remedy }];
  }
}
