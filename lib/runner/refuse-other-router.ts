import { EXIT, KongDualClusterError } from '../errors';
import type { RouterReading } from '../routers/router';

/**
 * The weights of a run are where it was begun: another router of today's settings knows nothing of them, and would tell that
 * all is back where nothing is.
 * @throws KongDualClusterError ROUTER_CHANGED (exit 8)
 */
export function refuseOtherRouter(
  { run, router = 'alb' }: { readonly run: string; readonly router?: string },
  now: string,
): void {
  if (router !== now) throw changed(`run ${run} is on ${router}, the settings lead to ${now}`, SETTINGS);
}

/**
 * A place that is gone could not be put back when a gate fails.
 * @throws KongDualClusterError ROUTER_CHANGED (exit 8)
 */
export function refuseOtherPlaces(begun: Pick<RouterReading, 'places'>, now: Pick<RouterReading, 'places'>): void {
  const gone = begun.places.filter(({ id }) => now.places.every((place) => place.id !== id));
  if (gone.length === 0) return;
  throw changed(
    `not there any more: ${gone.map(({ id }) => id).join(', ')}`,
    `${SETTINGS}; where the place itself is gone: kong-dual-cluster shift abort, then a new start`,
  );
}

const SETTINGS = 'put shift.router back as it was at the start (left out: the edge’s own listener rules)';

const changed = (found: string, remedy: string): KongDualClusterError =>
  new KongDualClusterError('ROUTER_CHANGED', 'the weights of this shift are in another router than the settings name', {
    found,
    remedy: `${remedy}; nothing was written`,
    exitCode: EXIT.preflightRefused,
  });
