import { countOf, minutesIn } from './counted';
import type { GatePolicy } from './gate-policy';
import type { GateResult } from './gates';
import type { MinuteReading } from './minutes';
import { percent } from './plan';
import type { StageSpan } from './stage-span';
import type { Slot } from './weights';

/** Seconds of settled periods that the error ceiling looks back at. */
const LOOK_BACK_SECONDS = 120;
/** Requests on the rising slot below which a share of bad answers means nothing. */
const LEAST_REQUESTS = 20;

export interface InvariantQuestion {
  readonly readings: readonly MinuteReading[];
  readonly policy: Pick<GatePolicy, 'errorCeiling'>;
  readonly to: Slot;
  readonly spans: readonly StageSpan[];
  /** Healthy targets of the rising slot; undefined where nobody knows. */
  readonly healthyTargets?: number;
}

/**
 * What must hold at every look, whatever the other gates say; only what does not hold is returned, each a FAIL. The error
 * ceiling is asked of each source for itself: one that sees the new slot answer badly is enough.
 */
export function invariants({ readings, policy, to, spans, healthyTargets }: InvariantQuestion): GateResult[] {
  const span = spans.at(-1);
  if (span === undefined) return [];
  const broken: GateResult[] = [];
  if (healthyTargets === 0)
    broken.push({ gate: 'healthyTargets', verdict: 'FAIL', reason: `${to} has no healthy target` });
  const ceiling = readings
    .map((reading) => errorCeiling(reading, policy.errorCeiling, to, span))
    .find((result) => result !== undefined);
  return ceiling ? [...broken, ceiling] : broken;
}

function errorCeiling(reading: MinuteReading, ceiling: number, to: Slot, span: StageSpan): GateResult | undefined {
  const periods = Math.max(1, Math.round(LOOK_BACK_SECONDS / reading.periodSeconds));
  // The last one alone too: a slot that has just broken is not averaged with the minute before.
  const last = minutesIn(reading, span).slice(-periods);
  const found = [last.slice(-1), last].map((minutes) => {
    const counts = minutes.flatMap((minute) => countOf(minute, to, 'errors') ?? []);
    const errors = counts.reduce((total, each) => total + each.events, 0);
    // A request that never reached a node may be counted as an error alone.
    return {
      requests: Math.max(
        errors,
        counts.reduce((total, each) => total + each.requests, 0),
      ),
      errors,
    };
  });
  const broken = found.find(({ requests, errors }) => requests >= LEAST_REQUESTS && errors / requests >= ceiling);
  if (broken === undefined) return undefined;
  const { requests, errors } = broken;
  return {
    gate: 'errorCeiling',
    verdict: 'FAIL',
    reason: `${errors} of ${requests} requests on ${to} were answered badly, ${percent(ceiling)} is the ceiling (${reading.source})`,
  };
}
