/** Standard deviation of the share seen in `requests` independent choices, each made with probability `share` (0–1). */
export const deviation = (share: number, requests: number): number => Math.sqrt((share * (1 - share)) / requests);

/**
 * Whether a share seen lies within so many standard deviations of the share set. At a share of 0 or 1 nothing deviates:
 * every request must have gone there.
 * @returns undefined when nothing was seen
 */
export function withinSigma(
  sigmas: number,
  share: number,
  seen: number | undefined,
  requests: number,
): boolean | undefined {
  if (seen === undefined || requests === 0) return undefined;
  return Math.abs(seen - share) <= sigmas * deviation(share, requests) + Number.EPSILON;
}
