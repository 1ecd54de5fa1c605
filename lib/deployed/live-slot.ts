import { EXIT, KongDualClusterError } from '../errors';
import type { RouterReading } from '../routers/router';
import { SLOTS, type Slot } from '../traffic/weights';

/**
 * The slot that all traffic goes to, from the live weights.
 * @throws KongDualClusterError TRAFFIC_IS_SPLIT (exit 8) when a place has weight on both slots, or two places differ
 */
export function wholeLiveSlot({ places }: Pick<RouterReading, 'places'>): Slot {
  const whole = SLOTS.filter((slot) =>
    places.every(({ weights }) => weights[slot] > 0 && SLOTS.every((other) => other === slot || weights[other] === 0)),
  );
  const [slot] = whole;
  if (slot !== undefined && places.length > 0) return slot;
  throw new KongDualClusterError(
    'TRAFFIC_IS_SPLIT',
    'the traffic is split between the slots, so that none of them is idle',
    {
      found:
        places.map(({ id, weights }) => `${id} has blue ${weights.blue}, green ${weights.green}`).join('; ') ||
        'no weighted rule',
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
