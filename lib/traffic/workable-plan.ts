import { canTell, OBJECTIVES, samplesNeeded, type SamplePlan } from './samples-needed';
import type { Stage } from './plan';

/** A first stage above this is no small one: half of the users would meet what nobody has seen yet. */
const LARGEST_FIRST = 0.5;
/** The longest extension that is proposed, seconds. */
const LONGEST_SECONDS = 24 * 3600;

/** Ways to a verdict in every stage, each by itself; absent where there is none. */
export interface WorkablePlan {
  /** Shares (0–1) of stages that have one, the last 1: larger than asked for, or left out where the next would do as well. */
  readonly shares?: readonly number[];
  /** How long the shift's stages must be allowed to wait, seconds. */
  readonly maxExtensionSeconds?: number;
  /** Share (0–1) of bad answers that would have to be acceptable. */
  readonly objective?: number;
}

/** What would do where stages cannot have a verdict at this traffic; undefined where all of them can. */
export function workablePlan(plan: SamplePlan): WorkablePlan | undefined {
  const needs = samplesNeeded(plan);
  if (needs.every(({ within }) => within !== 'never')) return undefined;
  const shares = workableShares(plan);
  const extensions = needs.map(({ minutes, within }, index) => {
    const { bakeSeconds, maxExtensionSeconds } = plan.stages[index]!;
    if (within !== 'never') return 0;
    return minutes === null || maxExtensionSeconds !== undefined ? Infinity : minutes * 60 - bakeSeconds;
  });
  const maxExtensionSeconds = Math.max(...extensions);
  const { comparison } = plan.policy;
  const objective = OBJECTIVES.find(
    (each) =>
      each > (comparison.objective ?? 0.001) &&
      plan.stages.every((_, index) =>
        canTell({ ...plan, policy: { ...plan.policy, comparison: { ...comparison, objective: each } } }, index),
      ),
  );
  return {
    ...(shares && { shares }),
    ...(maxExtensionSeconds <= LONGEST_SECONDS && { maxExtensionSeconds }),
    ...(objective !== undefined && { objective }),
  };
}

/** From the last stage back: what a stage must rule out depends on the share of the next one. */
function workableShares(plan: SamplePlan): number[] | undefined {
  const can = (stages: readonly Stage[]): boolean => canTell({ ...plan, stages }, 0);
  let found: Stage[] = [];
  for (const stage of [...plan.stages].reverse()) {
    const next = found[0]?.share;
    if (next === undefined && !can([stage])) return undefined;
    const hundredths = Array.from({ length: 99 }, (_, i) => (i + 1) / 100).filter((each) => each > stage.share);
    const share = [stage.share, ...hundredths].find(
      (each) => (next === undefined || each < next) && can([{ ...stage, share: each }, ...found]),
    );
    if (share !== undefined) found = [{ ...stage, share }, ...found];
  }
  const shares = found.map(({ share }) => share);
  return shares[0]! <= LARGEST_FIRST ? shares : undefined;
}
