import { KongVersion } from '../release/kong-version';
import { otherSlot, SLOTS, type Slot } from '../traffic/weights';
import type { SystemSpec } from './spec';

/** What a person must know of the order of two deployments, a sentence each; nearly always nothing. */
export const deployEdgeFirst = (spec: SystemSpec): string[] =>
  SLOTS.filter((slot) => isOldNewcomer(spec, slot)).map(
    (slot) =>
      `${slot} is older than Kong 3.3 and its health is asked on another path: deploy ${spec.name}-edge before ${spec.name}-${slot}`,
  );

/** A newer cluster that is itself older than 3.3: the edge was made for `/status/ready`, which it does not have. */
function isOldNewcomer({ slots, edge }: SystemSpec, slot: Slot): boolean {
  const [newer, older] = [slots[slot], slots[otherSlot(slot)]];
  if (newer === undefined || older === undefined || edge.targetGroups[slot].health.path !== '/status') return false;
  return KongVersion.parse(newer.version).compare(KongVersion.parse(older.version)) > 0;
}
