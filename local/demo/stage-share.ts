/** Standard deviation of the share seen in `requests` independent choices, each made with probability `share` (0–1). */
export const deviation = (share: number, requests: number): number => Math.sqrt((share * (1 - share)) / requests);

/**
 * Whether a share seen lies within three standard deviations of the share set. At a share of 0 or 1 nothing deviates: every
 * request must have gone there. Of a fair split 1 stage in 370 lies outside.
 * @returns undefined when nothing was seen
 */
export function withinThreeSigma(share: number, seen: number | undefined, requests: number): boolean | undefined {
  if (seen === undefined || requests === 0) return undefined;
  return Math.abs(seen - share) <= 3 * deviation(share, requests) + Number.EPSILON;
}
