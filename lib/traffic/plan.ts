import { EXIT, KongDualClusterError } from '../errors';
import { durationOf } from './duration';

/** One step of a shift: traffic is set, then watched. */
export interface Stage {
  /** Fraction of the requests that the rising slot gets, above 0 to 1. */
  readonly share: number;
  /** How long the stage is watched before the next one may begin, seconds from 1. */
  readonly bakeSeconds: number;
  /** Whether a person's `shift resume` is needed before the traffic is raised to this stage. @default false */
  readonly approval?: boolean;
  /** Requests that the rising slot must get in this stage. @default - the shift's */
  readonly minRequests?: number;
  /** Seconds that this stage may wait longer than its bake for a verdict. @default - the shift's */
  readonly maxExtensionSeconds?: number;
  /** What becomes of this stage when it has no verdict at the end. @default - the shift's */
  readonly whenInconclusive?: WhenInconclusive;
}

/**
 * hold: the traffic stays as it is and the run ends (exit 4); extend: it goes on being watched until there is a verdict;
 * abort: it is rolled back (exit 3).
 */
export type WhenInconclusive = 'hold' | 'extend' | 'abort';

export interface StagesInput {
  /** Seconds that each stage is watched. @default 600 */
  readonly bakeSeconds?: number;
  /** Seconds that the last stage (share 1) is watched before the shift is done. @default 1800 */
  readonly soakSeconds?: number;
}

/** What `shift` in the settings says when it says nothing. */
export const STANDARD_PLAN = { shares: [0.05, 0.25, 0.5, 1], bakeSeconds: 600, soakSeconds: 1800 } as const;

/**
 * Ordered stages from a first share up to 1. The last stage is the cutover; what it is watched is called the soak.
 */
export class TrafficPlan {
  /** 5 → 25 → 50 → 100 %, each baked 10 minutes, soaked 30 minutes. */
  static standard(input: StagesInput = {}): TrafficPlan {
    return TrafficPlan.shares(STANDARD_PLAN.shares, input);
  }

  /**
   * Equal steps: `step` 0.2 means 20 → 40 → 60 → 80 → 100 %. A last step that is smaller ends at 1.
   * @param input.step fraction a stage adds, above 0 to 1
   */
  static linear(input: StagesInput & { readonly step: number }): TrafficPlan {
    const { step } = input;
    if (!(step > 0 && step <= 1)) throw invalid('a linear plan adds a share above 0 to 1 a stage', `step ${step}`);
    // Whole thousandths: 0.1 + 0.2 is not 0.3.
    const thousandths = Math.max(1, Math.round(step * 1000));
    const shares: number[] = [];
    for (let share = thousandths; share < 1000; share += thousandths) shares.push(share / 1000);
    return TrafficPlan.shares([...shares, 1], input);
  }

  /** One small share first, then everything. @param input.share above 0, below 1 */
  static canary(input: StagesInput & { readonly share: number }): TrafficPlan {
    return TrafficPlan.shares([input.share, 1], input);
  }

  /** Everything at once: no gate can stop it before every user is on the new slot. */
  static allAtOnce(input: Pick<StagesInput, 'soakSeconds'> = {}): TrafficPlan {
    return TrafficPlan.shares([1], input);
  }

  /** These shares, each baked equally long. */
  static shares(shares: readonly number[], input: StagesInput = {}): TrafficPlan {
    const { bakeSeconds = STANDARD_PLAN.bakeSeconds, soakSeconds = STANDARD_PLAN.soakSeconds } = input;
    return TrafficPlan.custom(shares.map((share) => ({ share, bakeSeconds: share === 1 ? soakSeconds : bakeSeconds })));
  }

  /**
   * Stages as given. A plan that does not end at 1 is a pre-stage: the shift is done with both slots serving.
   * @throws KongDualClusterError PLAN_INVALID when empty, not rising, or with a share or bake out of range
   */
  static custom(stages: readonly Stage[]): TrafficPlan {
    return new TrafficPlan(stages);
  }

  readonly stages: readonly Stage[];

  private constructor(stages: readonly Stage[]) {
    if (stages.length === 0) throw invalid('a plan needs at least one stage', 'none');
    if (stages.length > MAX_STAGES) throw invalid(`a plan has at most ${MAX_STAGES} stages`, String(stages.length));
    let before = 0;
    for (const [index, { share, bakeSeconds, minRequests, maxExtensionSeconds }] of stages.entries()) {
      const name = `stage ${index + 1}`;
      if (!(share > 0 && share <= 1)) throw invalid(`the share of ${name} must be above 0 and at most 1`, shown(share));
      if (share < 0.0001)
        throw invalid(`the share of ${name} is smaller than any router can hold (0.01 %)`, shown(share));
      if (share <= before) {
        throw invalid('the shares of a plan must rise', `${name} has ${shown(share)} after ${shown(before)}`);
      }
      if (!Number.isFinite(bakeSeconds) || bakeSeconds < 1) {
        throw invalid(`${name} must be watched for at least one second`, `${bakeSeconds} s`);
      }
      if (minRequests !== undefined && !(Number.isSafeInteger(minRequests) && minRequests >= 0)) {
        throw invalid(
          `the requests that ${name} must have got are a whole number from 0`,
          String(minRequests),
          'give minRequests a whole number, for example 100; 0 asks for none',
        );
      }
      if (maxExtensionSeconds !== undefined && !(Number.isFinite(maxExtensionSeconds) && maxExtensionSeconds >= 0)) {
        throw invalid(
          `the time that ${name} may wait longer is from 0 seconds`,
          `${maxExtensionSeconds} s`,
          'give maxExtension a duration, for example 30m; 0s waits for nothing',
        );
      }
      before = share;
    }
    this.stages = stages.map((stage) => ({ ...stage }));
  }

  /** Seconds that the whole plan takes when every gate passes at once. */
  get totalSeconds(): number {
    return this.stages.reduce((total, { bakeSeconds }) => total + bakeSeconds, 0);
  }

  /**
   * Seconds that it takes at most when every stage waits as long as it may for a verdict; Infinity when one may wait for
   * ever (`extend`). Approvals and capacity, which wait for people and nodes, are not in it.
   */
  worstSeconds(shift: { readonly maxExtensionSeconds: number; readonly whenInconclusive?: WhenInconclusive }): number {
    return this.stages.reduce((total, { bakeSeconds, maxExtensionSeconds, whenInconclusive }) => {
      const isEndless = (whenInconclusive ?? shift.whenInconclusive) === 'extend';
      return total + bakeSeconds + (isEndless ? Infinity : (maxExtensionSeconds ?? shift.maxExtensionSeconds));
    }, 0);
  }

  /** Whether the last stage gives everything to the rising slot. */
  get endsWhole(): boolean {
    return this.stages.at(-1)?.share === 1;
  }

  /** `5 % (10m) → 100 % (30m), 40m in all`. */
  toString(): string {
    const stages = this.stages.map(({ share, bakeSeconds }) => `${percent(share)} (${durationOf(bakeSeconds)})`);
    return `${stages.join(' → ')}, ${durationOf(this.totalSeconds)} in all`;
  }
}

const MAX_STAGES = 100;

/** `5 %`, `0.5 %`: a share as a person reads it. */
export const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;

const shown = (share: number): string => (Number.isFinite(share) ? percent(share) : String(share));

const invalid = (
  problem: string,
  found: string,
  remedy = 'give rising shares that end at 100 %, for example 5 → 25 → 50 → 100 %, and a bake for each',
): KongDualClusterError =>
  new KongDualClusterError('PLAN_INVALID', problem, {
    found,
    remedy,
    exitCode: EXIT.usage,
  });
