/** `3 min 12 s`, `48 s`, `1.8 s`: short times with a tenth, long ones in minutes. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${(Math.round(seconds * 10) / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `2:05` on a time axis. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** `23,412`. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `4.9 %`; a whole percentage has no decimals. @param share 0 to 1 */
export const percent = (share: number, decimals = 1): string =>
  `${(share * 100).toFixed(Number.isInteger(Math.round(share * 1e6) / 1e4) ? 0 : decimals)} %`;

/** `12 ms`, `1.2 s`. */
export const latency = (seconds: number): string =>
  seconds < 1
    ? `${seconds < 0.01 ? (seconds * 1000).toFixed(1) : Math.round(seconds * 1000)} ms`
    : `${seconds.toFixed(1)} s`;
