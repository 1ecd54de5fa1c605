import { overall, type GateResult } from './gates';
import type { Stage, WhenInconclusive } from './plan';

/** What a stage asks where it says nothing of its own. */
export interface ShiftLimits {
  /** @default 0 */
  readonly minRequests?: number;
  readonly maxExtensionSeconds: number;
  /** @default hold */
  readonly whenInconclusive?: WhenInconclusive;
}

/** What becomes of a stage after a look at its gates. */
export type StageDecision =
  | { readonly do: 'watch' }
  | { readonly do: 'pass' }
  | { readonly do: 'hold'; readonly why: string }
  | { readonly do: 'roll back'; readonly why: string };

/** A stage's own limits, else the shift's. */
export function limitsOf(stage: Partial<Stage>, shift: ShiftLimits): Required<ShiftLimits> {
  return {
    minRequests: stage.minRequests ?? shift.minRequests ?? 0,
    maxExtensionSeconds: stage.maxExtensionSeconds ?? shift.maxExtensionSeconds,
    whenInconclusive: stage.whenInconclusive ?? shift.whenInconclusive ?? 'hold',
  };
}

/** Whether a person's `shift resume` is awaited before the traffic is raised to a stage. */
export const needsApproval = (stage: Stage | undefined, approved: boolean): boolean =>
  stage?.approval === true && !approved;

/**
 * A FAIL rolls back at any moment. A PASS counts when the bake is over. Without a verdict a stage is watched for its
 * extension too, and then held, rolled back, or watched on for as long as it takes.
 * @param asked.elapsedSeconds since the stage's weights were set
 */
export function afterLook(asked: {
  readonly gates: readonly GateResult[];
  readonly elapsedSeconds: number;
  readonly stage: Stage;
  readonly shift: ShiftLimits;
}): StageDecision {
  const { gates, elapsedSeconds, stage, shift } = asked;
  const { maxExtensionSeconds, whenInconclusive } = limitsOf(stage, shift);
  const verdict = overall(gates);
  if (verdict === 'FAIL') return { do: 'roll back', why: reasons(gates, 'FAIL') };
  if (elapsedSeconds < stage.bakeSeconds) return { do: 'watch' };
  if (verdict === 'PASS') return { do: 'pass' };
  if (whenInconclusive === 'extend' || elapsedSeconds < stage.bakeSeconds + maxExtensionSeconds) return { do: 'watch' };
  const why = `no verdict after ${Math.round(elapsedSeconds)} s: ${reasons(gates, 'INCONCLUSIVE') || 'no gate was asked'}`;
  return whenInconclusive === 'abort' ? { do: 'roll back', why } : { do: 'hold', why };
}

/** Of the gates that count for a verdict. */
const reasons = (gates: readonly GateResult[], wanted: GateResult['verdict']): string =>
  gates
    .filter(
      ({ verdict, use = 'gate' }) => verdict === wanted && (use === 'gate' || (use === 'watch' && wanted === 'FAIL')),
    )
    .map(({ reason }) => reason)
    .join('; ');
