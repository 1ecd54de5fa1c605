import type { Settings } from '../settings/schema';
import { secondsOf } from './duration';
import { TrafficPlan } from './plan';

/** What the command line may say instead of the settings. */
export interface PlanOverrides {
  /** Shares 0 to 1, rising. */
  readonly shares?: readonly number[];
  /** As `10m`. */
  readonly bake?: string;
  readonly soak?: string;
}

/**
 * The plan that `shift` in the settings describes. A bake of a stage's own wins over `shift.bake`; the last stage is
 * soaked. With other shares the stages of the settings, and their own bakes, are not used.
 * @throws KongDualClusterError PLAN_INVALID, DURATION_INVALID
 */
export function planOf({ stages, bake, soak }: Settings['shift'], overrides: PlanOverrides = {}): TrafficPlan {
  const chosen: Settings['shift']['stages'] = overrides.shares?.map((share) => ({ share })) ?? stages;
  return TrafficPlan.custom(
    chosen.map((stage, index) => {
      const last = index === chosen.length - 1;
      const own = stage.bake ?? (last ? (overrides.soak ?? soak) : (overrides.bake ?? bake));
      return { share: stage.share, bakeSeconds: secondsOf(own) };
    }),
  );
}
