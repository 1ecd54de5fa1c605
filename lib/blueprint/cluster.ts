import type { Lock, Settings, SlotSettings } from '../settings/schema';
import type { Slot } from '../traffic/weights';
import { checkScript } from './check-script';
import { datastoreSpec, foreignIdentifiers } from './datastore';
import { kongEnvironment, migrationEnvironment } from './environment';
import { migrationScript } from './migration-script';
import type { ClusterSpec, DatastoreSpec, MigrationSpec, SizeSpec } from './spec';

/** Fargate's longest (`stopTimeout`, ECS task definition parameters). */
const LONGEST_STOP_SECONDS = 120;

/** @throws KongDualClusterError SNAPSHOT_NOT_LOCKED, POINT_IN_TIME_NOT_LOCKED */
export function clusterSpec(settings: Settings, lock: Lock, slot: Slot, slotSettings: SlotSettings): ClusterSpec {
  const datastore = datastoreSpec(settings, lock, slot, slotSettings);
  const environment = kongEnvironment(slotSettings, settings.network);
  return {
    name: `${settings.name}-${slot}`,
    slot,
    version: slotSettings.version,
    edition: slotSettings.edition,
    image: imageOf(slotSettings),
    size: sizeOf(slotSettings),
    environment,
    secrets: slotSettings.secrets,
    datastore,
    migrations: migrationSpec(settings, lock, slot, slotSettings, datastore, environment),
    checkScript: checkScript({ version: slotSettings.version }),
    stopTimeoutSeconds: stopTimeoutSeconds(settings.edge.drainSeconds),
    logRetentionDays: slotSettings.logRetentionDays,
  };
}

export const imageOf = ({ image, edition, version }: Pick<SlotSettings, 'image' | 'edition' | 'version'>): string =>
  image ?? (edition === 'enterprise' ? `kong/kong-gateway:${version}` : `kong:${version}`);

export function sizeOf({ size }: SlotSettings): SizeSpec {
  const { count, min = count, max = Math.max(count * 3, min), cpu, memoryMib } = size;
  return { count, min, max, cpu, memoryMib };
}

/**
 * The stop signal may come while the load balancer still drains the target: a request that reached the node at the end
 * of the deregistration delay needs a live node, so a node is given the whole delay and 10 s to end.
 */
export const stopTimeoutSeconds = (drainSeconds: number): number => Math.min(drainSeconds + 10, LONGEST_STOP_SECONDS);

function migrationSpec(
  settings: Settings,
  lock: Lock,
  slot: Slot,
  slotSettings: SlotSettings,
  datastore: DatastoreSpec,
  environment: Readonly<Record<string, string>>,
): MigrationSpec {
  const { edition, stops } = slotSettings;
  const kind = datastore.kind === 'new' ? 'bootstrap' : 'upgrade';
  const none = datastore.kind === 'existing';
  const stopOf = (at: Pick<SlotSettings, 'version' | 'edition' | 'image'>): MigrationSpec['stops'][number] => ({
    version: at.version,
    image: imageOf(at),
    script: migrationScript({ version: at.version, edition: at.edition, kind }),
  });
  return {
    mode: none ? 'none' : slotSettings.migrations,
    kind,
    stops: none
      ? []
      : [...stops.map((stop) => ({ ...stop, edition: stop.edition ?? edition })), slotSettings].map(stopOf),
    environment: migrationEnvironment(environment),
    forbiddenIdentifiers: foreignIdentifiers(settings, lock, slot, datastore.identifier),
  };
}
