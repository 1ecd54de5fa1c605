import { KongDualClusterError } from '../errors';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A year; a slip of the keyboard must not become a moment that no date can hold. */
const LONGEST_HOURS = 8784;

/** `90s`, `10m`, `1h30m`: whole numbers with a unit, the larger first. */
export const DURATION = /^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/;

/**
 * Seconds of a duration as a person writes it.
 * @throws KongDualClusterError DURATION_INVALID
 */
export function secondsOf(text: string): number {
  if (!DURATION.test(text)) {
    throw new KongDualClusterError('DURATION_INVALID', 'a duration is whole numbers with units h, m and s', {
      found: text === '' ? 'nothing' : text,
      remedy: 'write it like 90s, 10m or 1h30m',
      exitCode: 64,
    });
  }
  const seconds = [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (total, [, count, unit]) => total + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  if (seconds > LONGEST_HOURS * 3600) {
    throw new KongDualClusterError('DURATION_INVALID', `a duration is at most ${LONGEST_HOURS}h`, {
      found: text,
      remedy: 'write it like 90s, 10m or 1h30m',
      exitCode: 64,
    });
  }
  return seconds;
}

/** Seconds as a person writes them: `1h30m`; parts of a second are rounded. */
export function durationOf(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join('') || '0s'
  );
}
