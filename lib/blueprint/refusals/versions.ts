import { KongDualClusterError } from '../../errors';
import { KongVersion } from '../../release/kong-version';
import { LAST_OPEN_SOURCE_MINOR, requireStep } from '../../release/steps';
import { otherSlot, SLOTS } from '../../traffic/weights';
import type { SlotSettings } from '../../settings/schema';
import type { Slot } from '../../traffic/weights';
import { lockedSource, restoredFrom } from '../restored';
import type { Check, Refusal } from './refusal';

/** A version that cannot be read says nothing about steps, health paths or listeners. */
export const versionInvalid: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined) return [];
    return [
      ...settings.stops.flatMap(({ version }, index) =>
        asRefusal(['slots', slot, 'stops', index, 'version'], () => KongVersion.parse(version)),
      ),
      ...asRefusal(['slots', slot, 'version'], () => KongVersion.parse(settings.version)),
    ];
  });

/** A new database is made by one image, and one that exists is not migrated at all. */
export const stopsWithoutSnapshot: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined || settings.stops.length === 0 || restoredFrom(settings) !== undefined) return [];
    return [
      {
        code: 'STOPS_WITHOUT_SNAPSHOT',
        path: ['slots', slot, 'stops'],
        problem: "stops migrate a database that was restored from another one's data, and this one is not",
        found: `${settings.stops.map(({ version }) => version).join(', ')}, datastore: ${Object.keys(settings.datastore).join(', ')}`,
        remedy: `take slots.${slot}.stops out, or restore the database from a snapshot or to a point in time`,
      },
    ];
  });

/** The data of a restored database was written by the version in the lock; supported steps lead from there, stop by stop. */
export const stepFromSnapshot: Check = ({ slots }, lock) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    const locked = lockedSource(lock, slot);
    if (settings === undefined || locked === undefined || restoredFrom(settings) === undefined) return [];
    return steps(slot, locked.kongVersion, settings);
  });

/**
 * Two clusters stand one step apart, or as many as the newer one has stops for: before the cutover the idle one is newer,
 * afterwards it is older.
 */
export const stepBetweenSlots: Check = ({ slots, live }, lock) => {
  const idle = otherSlot(live);
  const [a, b] = [slots[live], slots[idle]];
  if (a === undefined || b === undefined) return [];
  const [old, young] = [a.version, b.version].map((text) => KongVersion.tryParse(text));
  if (old === undefined || young === undefined) return [];
  const newer = old.compare(young) > 0 ? live : idle;
  // Already said by stepFromSnapshot when the newer slot was restored from the other's data of the same version.
  const locked = lockedSource(lock, newer);
  const older = slots[otherSlot(newer)]?.version ?? '';
  if (locked?.kongVersion === older) return [];
  const settings = slots[newer];
  return settings === undefined ? [] : steps(newer, older, settings);
};

/** There is no open-source image of these versions. */
export const editionWithoutRelease: Check = ({ slots }) =>
  SLOTS.flatMap((slot) => {
    const settings = slots[slot];
    if (settings === undefined) return [];
    const { stops, edition } = settings;
    const all = [
      ...stops.map((stop, index) => ({ ...stop, edition: stop.edition ?? edition, path: ['stops', index] })),
      { ...settings, path: [] as (string | number)[] },
    ];
    return all.flatMap((at) => {
      const version = KongVersion.tryParse(at.version);
      if (version === undefined || at.edition !== 'oss' || at.image !== undefined) return [];
      if (version.minor() === LAST_OPEN_SOURCE_MINOR || !version.isAtLeastMinor(LAST_OPEN_SOURCE_MINOR)) return [];
      const place = ['slots', slot, ...at.path];
      return [
        {
          code: 'EDITION_WITHOUT_RELEASE',
          path: [...place, 'version'],
          problem: `Kong published no open-source release after ${LAST_OPEN_SOURCE_MINOR}`,
          found: `${at.version}, edition: oss`,
          remedy: `set ${place.join('.')}.edition: enterprise, or name an image of your own under ${place.join('.')}.image`,
        },
      ];
    });
  });

/** Each stop from the one before it. Silent about a version that cannot be read: versionInvalid says it. */
function steps(slot: Slot, from: string, { stops, version }: SlotSettings): Refusal[] {
  const way = [
    ...stops.map((stop, index) => ({ to: stop.version, path: ['stops', index, 'version'] })),
    { to: version, path: ['version'] },
  ];
  return way.flatMap(({ to, path }, index) => {
    const [older, newer] = [KongVersion.tryParse(way[index - 1]?.to ?? from), KongVersion.tryParse(to)];
    if (older === undefined || newer === undefined) return [];
    return asRefusal(['slots', slot, ...path], () => requireStep(older, newer)).map((refusal) => ({
      ...refusal,
      // One shift for several steps: what lies between migrates the copy and serves nobody.
      remedy: `${refusal.remedy}${older.compare(newer) < 0 ? `; for one shift over several steps name the versions between under slots.${slot}.stops` : ''}`,
    }));
  });
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
