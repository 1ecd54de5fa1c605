import type { ShiftStage } from '../render/plan-document';
import type { MinuteReading } from '../traffic/minutes';
import { percent } from '../traffic/plan';
import { samplesNeeded } from '../traffic/samples-needed';
import type { ShiftStart } from '../traffic/shift-events';
import { trafficOf, type TrafficNow } from '../traffic/traffic-now';
import { ELB_SCALE } from '../traffic/weights';
import { weightsHeld } from '../traffic/weights-held';

/** What a person says of the traffic instead of what is measured: of the busiest hour, or of a slot that has none yet. */
export interface TrafficFlags {
  /** Requests a minute. */
  readonly traffic?: number;
  /** Share (0–1) of bad answers. */
  readonly errorRate?: number;
}

/** Periods after its end until the counts of a period are settled: of CloudWatch. */
const SETTLE_PERIODS = 2;

/** The traffic of the live slot: as a person says, else as the first source that has counted any. */
export function trafficFor(
  readings: readonly MinuteReading[],
  from: ShiftStart['from'],
  { traffic, errorRate }: TrafficFlags,
): TrafficNow | undefined {
  const measured = readings.map((reading) => trafficOf(reading, from)).find((found) => found !== undefined);
  if (traffic === undefined && errorRate === undefined) return measured;
  if (traffic === undefined) return measured && { ...measured, errorRate: errorRate ?? measured.errorRate };
  return { requestsPerMinute: traffic, errorRate: errorRate ?? measured?.errorRate ?? 0 };
}

/** In one line: what is counted on, and where it is from. */
export function trafficText(traffic: TrafficNow | undefined, from: string): string {
  if (traffic === undefined) {
    return `nobody has counted any on ${from}, so that nobody can say how long a verdict takes; plan --traffic 6000 --error-rate 0.1 says it`;
  }
  const { requestsPerMinute, errorRate, source = 'as you say' } = traffic;
  const rate = errorRate > 0 && errorRate < 0.0001 ? 'less than 0.01 %' : percent(errorRate);
  return `${Math.round(requestsPerMinute)} requests/min on ${from}, ${rate} of them bad (${source})`;
}

/** The stages of the next shift, each with its weights as the router holds them and what it needs for a verdict. */
export function planStages(start: ShiftStart, traffic: TrafficNow | undefined): ShiftStage[] {
  const { stages, to, scale = ELB_SCALE, router, gates: policy, periodSeconds = 60 } = start;
  const shift = { ...start, ...(policy && { whenInconclusive: policy.whenInconclusive }) };
  const needs =
    traffic &&
    policy &&
    samplesNeeded({ stages, traffic, policy, shift, delaySeconds: SETTLE_PERIODS * periodSeconds });
  let afterSeconds = 0;
  return stages.map(({ share, bakeSeconds }, index) => {
    afterSeconds += bakeSeconds;
    const { weights, note } = weightsHeld(share, to, scale, router);
    const needed = needs?.[index];
    return {
      stage: index + 1,
      share,
      weights,
      bakeSeconds,
      afterSeconds,
      ...(note !== undefined && { note }),
      ...(needed && { needs: needed }),
    };
  });
}
