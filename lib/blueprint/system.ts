import type { Lock, Settings } from '../settings/schema';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { clusterSpec } from './cluster';
import { edgeSpec } from './edge';
import type { ClusterSpec, NetworkSpec, SystemSpec } from './spec';

/**
 * What is decided once for both backends. Call `refuse` first: this describes what the settings say and checks nothing.
 * @throws KongDualClusterError SNAPSHOT_NOT_LOCKED, VERSION_INVALID
 */
export function systemSpec(settings: Settings, lock: Lock): SystemSpec {
  const slots: Partial<Record<Slot, ClusterSpec>> = {};
  for (const slot of SLOTS) {
    const slotSettings = settings.slots[slot];
    // An adopted slot's nodes were made by somebody else: no stack of ours makes them.
    if (slotSettings === undefined || slotSettings.adopted !== undefined) continue;
    slots[slot] = clusterSpec(settings, lock, slot, slotSettings);
  }
  const { name, account, region } = settings;
  return {
    name,
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    network: networkSpec(settings.network),
    edge: edgeSpec(settings),
    slots,
  };
}

const networkSpec = (network: Settings['network']): NetworkSpec =>
  'create' in network ? { kind: 'create', ...network.create } : { kind: 'existing', ...network.existing };
