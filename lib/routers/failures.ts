import { EXIT, KongDualClusterError } from '../errors';
import { validateWeights, type Weights } from '../traffic/weights';
import type { PlaceReading } from './router';

/** Somebody else's weights, at a place where nothing but the known ones may be. */
export const conflict = (
  places: readonly Pick<PlaceReading, 'id' | 'weights'>[],
  expected: readonly Weights[],
  differences?: readonly string[],
): KongDualClusterError =>
  new KongDualClusterError('ROUTER_CONFLICT', 'somebody else changed the weights', {
    found: `${(differences?.length ? differences : places.map(has)).join('; ')}; expected ${expected.map(shown).join(' or ')}`,
    remedy:
      'find out who did; then `kong-dual-cluster shift abort` puts everything back, or `shift set` says what holds',
    exitCode: EXIT.conflict,
  });

/** `PLACE has blue 95, green 5`. */
export const has = ({ id, weights }: Pick<PlaceReading, 'id' | 'weights'>): string => `${id} has ${shown(weights)}`;

export const shown = ({ blue, green }: Weights): string => `blue ${blue}, green ${green}`;

/** Of weights on any scale, beyond 999 too. @throws KongDualClusterError WEIGHTS_ALL_ZERO */
export function refuseNothing(all: readonly Weights[]): void {
  for (const { blue, green } of all) validateWeights({ blue: Math.min(blue, 1), green: Math.min(green, 1) });
}
