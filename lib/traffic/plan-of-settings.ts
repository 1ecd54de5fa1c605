import type { Settings } from '../settings/schema';
import { secondsOf } from './duration';
import { TrafficPlan } from './plan';

/** What the command line may say instead of the settings. */
export interface PlanOverrides {
  /** One of the shapes of a plan, instead of `shift.stages`: rising shares, a step, or a first share; each 0 to 1. */
  readonly shares?: readonly number[];
  readonly linear?: number;
  readonly canary?: number;
  readonly allAtOnce?: boolean;
  /** As `10m`. */
  readonly bake?: string;
  readonly soak?: string;
}

/**
 * The plan that `shift` in the settings describes. What the command line says wins over a stage's own bake, and that
 * over `shift.bake`; the last stage is soaked. With other shares the stages of the settings, and their own bakes, are
 * not used.
 * @throws KongDualClusterError PLAN_INVALID, DURATION_INVALID
 */
export function planOf(
  { stages, bake, soak }: Pick<Settings['shift'], 'stages' | 'bake' | 'soak'>,
  overrides: PlanOverrides = {},
): TrafficPlan {
  const chosen: Settings['shift']['stages'] = sharesOf(overrides)?.map((share) => ({ share })) ?? stages;
  return TrafficPlan.custom(
    chosen.map((stage, index) => {
      const last = index === chosen.length - 1;
      const watched = (last ? overrides.soak : overrides.bake) ?? stage.bake ?? (last ? soak : bake);
      const { share, maxExtension, bake: _, ...more } = stage;
      return {
        share,
        bakeSeconds: secondsOf(watched),
        ...more,
        ...(maxExtension !== undefined && { maxExtensionSeconds: secondsOf(maxExtension) }),
      };
    }),
  );
}

function sharesOf({ shares, linear, canary, allAtOnce }: PlanOverrides): readonly number[] | undefined {
  if (linear !== undefined) return TrafficPlan.linear({ step: linear }).stages.map(({ share }) => share);
  if (canary !== undefined) return TrafficPlan.canary({ share: canary }).stages.map(({ share }) => share);
  return allAtOnce ? TrafficPlan.allAtOnce().stages.map(({ share }) => share) : shares;
}
