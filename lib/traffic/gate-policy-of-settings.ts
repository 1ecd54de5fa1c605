import type { Settings } from '../settings/schema';
import type { Counted } from './minutes';
import type { GatePolicy } from './gate-policy';

/** How the router splits, as far as the share seen depends on it. */
export interface Splitting {
  readonly splits: 'requests' | 'connections' | 'lookups';
  readonly stickySeconds: number;
}

/** Whether clients stay where they are for a while: then the share seen follows the share set late, and says nothing. */
export const isSlow = ({ splits, stickySeconds }: Splitting): boolean => splits !== 'requests' || stickySeconds > 0;

/**
 * What `shift.gates` of the settings asks. Where clients stay with their slot, the sample ratio is told and counts for
 * nothing: it would roll back what is only slow.
 * @param dispersion and @param dispersionInTime measured on the live slot before the shift
 */
export function gatePolicyOf(
  { gates, whenInconclusive }: Pick<Settings['shift'], 'gates' | 'whenInconclusive'>,
  splitting: Splitting,
  dispersion: Readonly<Partial<Record<Counted, number>>> = {},
  dispersionInTime: Readonly<Partial<Record<Counted, number>>> = {},
): GatePolicy {
  const { errors, slow, refusals, slowSeconds, errorCeiling } = gates;
  const sampleRatio = gates.sampleRatio !== 'off' && isSlow(splitting) ? 'dryRun' : gates.sampleRatio;
  return {
    alarms: 'gate',
    errors,
    slow,
    refusals,
    sampleRatio,
    comparison: {
      alpha: gates.falseAlarm,
      beta: gates.falsePass,
      tolerated: gates.tolerated,
      harmful: gates.harmful,
      objective: gates.objective,
      ...(gates.dispersion !== undefined && { dispersion: gates.dispersion }),
    },
    ...(Object.keys(dispersion).length > 0 && { dispersion }),
    ...(Object.keys(dispersionInTime).length > 0 && { dispersionInTime }),
    slowSeconds,
    errorCeiling,
    whenInconclusive,
  };
}
