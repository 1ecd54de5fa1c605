import type { ComparisonOptions } from './comparison';
import type { Counted } from './minutes';
import type { GateUse } from './gates';
import type { WhenInconclusive } from './plan';

/** What a shift asks of its gates; plain data, the same for the runner and the state machine, in the journal's first line. */
export interface GatePolicy {
  readonly alarms: GateUse;
  /** Green against blue: errors (5xx and connection errors). */
  readonly errors: GateUse;
  /** Green against blue: requests slower than `slowSeconds`. */
  readonly slow: GateUse;
  /** Green against blue, two-sided: 401, 403 and 429, each for itself; needs a source that tells them apart. */
  readonly refusals: GateUse;
  /** The share seen against the share set. */
  readonly sampleRatio: GateUse;
  /** Limits of the comparisons, the same for all. */
  readonly comparison: ComparisonOptions;
  /** How bursty each kind of event is, measured before the shift; `comparison.dispersion` wins where it is given. */
  readonly dispersion?: Readonly<Partial<Record<Counted, number>>>;
  /** The same where the minutes of the soak are compared with the old slot's from before (@default `dispersion`). */
  readonly dispersionInTime?: Readonly<Partial<Record<Counted, number>>>;
  /** Requests slower than this are bad, seconds. */
  readonly slowSeconds: number;
  /** Share (0–1) of bad answers on the rising slot that rolls back at once, whatever the other slot does. */
  readonly errorCeiling: number;
  readonly whenInconclusive: WhenInconclusive;
}
