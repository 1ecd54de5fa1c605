import { EXIT, KongDualClusterError } from '../errors';
import type { RouterReading } from '../routers/router';
import { SLOTS, type Slot } from '../traffic/weights';

/**
 * The slot that all traffic goes to, from the live weights.
 * @throws KongDualClusterError TRAFFIC_IS_SPLIT (exit 8) when a place has weight on both slots, or two places differ
 */
export function wholeLiveSlot(reading: Pick<RouterReading, 'places'>): Slot {
  const slot = slotWithAll(reading);
  if (slot !== undefined) return slot;
  throw new KongDualClusterError(
    'TRAFFIC_IS_SPLIT',
    'the traffic is split between the slots, so that none of them is idle',
    {
      found: shown(reading),
      remedy:
        'end the shift first: `kong-dual-cluster shift status` says where it stands, `shift abort` puts everything back',
      exitCode: EXIT.preflightRefused,
    },
  );
}

/**
 * Refuses settings whose `live` is not what the weights say: a command would take one slot for the other.
 * @throws KongDualClusterError LIVE_DIFFERS (exit 8)
 */
export function refuseOtherLive(live: Slot, inSettings: Slot, settingsPath: string): void {
  if (live === inSettings) return;
  throw new KongDualClusterError('LIVE_DIFFERS', 'the settings and the live weights name different slots', {
    found: `live: ${inSettings} in ${settingsPath}, and all traffic goes to ${live}`,
    remedy: `set live: ${live} in ${settingsPath}, if that is where the traffic belongs`,
    exitCode: EXIT.preflightRefused,
  });
}

/**
 * While both slots serve, a write lands on one of them and users meet two configurations.
 * @returns the slot that has everything
 * @throws KongDualClusterError THAW_WHILE_SPLIT (exit 8)
 */
export function refuseThawWhileSplit(reading: Pick<RouterReading, 'places'>): Slot {
  const slot = slotWithAll(reading);
  if (slot !== undefined) return slot;
  throw new KongDualClusterError(
    'THAW_WHILE_SPLIT',
    'both slots serve, and what is written now would be on one of them',
    {
      found: shown(reading),
      remedy:
        'end the shift first: kong-dual-cluster shift abort, or let it go through; --force if you make every write on both slots yourself',
      exitCode: EXIT.preflightRefused,
    },
  );
}

function slotWithAll({ places }: Pick<RouterReading, 'places'>): Slot | undefined {
  if (places.length === 0) return undefined;
  return SLOTS.find((slot) =>
    places.every(({ weights }) => weights[slot] > 0 && SLOTS.every((other) => other === slot || weights[other] === 0)),
  );
}

const shown = ({ places }: Pick<RouterReading, 'places'>): string =>
  places.map(({ id, weights }) => `${id} has blue ${weights.blue}, green ${weights.green}`).join('; ') ||
  'no weighted rule';
