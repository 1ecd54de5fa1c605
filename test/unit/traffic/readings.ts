import type { GatePolicy } from '../../../lib/traffic/gate-policy';
import type { Minute, MinuteReading, SlotMinute } from '../../../lib/traffic/minutes';
import type { StageSpan } from '../../../lib/traffic/stage-span';
import { weightsFor } from '../../../lib/traffic/weights';

/** Minute 0 of the readings of a test. */
export const START = Date.parse('2026-11-21T20:00:00Z');
export const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

export const POLICY: GatePolicy = {
  alarms: 'gate',
  errors: 'gate',
  slow: 'watch',
  refusals: 'watch',
  sampleRatio: 'gate',
  comparison: {},
  slowSeconds: 1,
  errorCeiling: 0.5,
  whenInconclusive: 'hold',
};

/** A settled minute; a slot that is left out published nothing. */
export const minuteAt = (minute: number, blue?: SlotMinute, green?: SlotMinute): Minute => ({
  at: at(minute),
  settled: true,
  slots: { ...(blue && { blue }), ...(green && { green }) },
});

export const reading = (minutes: readonly Minute[], more: Partial<MinuteReading> = {}): MinuteReading => ({
  source: 'CloudWatch',
  periodSeconds: 60,
  minutes,
  ...more,
});

/** Green's share from a minute on. */
export const span = (stage: number, share: number, from: number, until?: number): StageSpan => ({
  stage,
  weights: weightsFor(share, 'green'),
  from: at(from),
  ...(until !== undefined && { until: at(until) }),
});

/** So many minutes from one on, all alike. */
export const minutes = (from: number, count: number, blue?: SlotMinute, green?: SlotMinute): Minute[] =>
  Array.from({ length: count }, (_, index) => minuteAt(from + index, blue, green));
