import { targetKey, type Action, type Target, type WeightedGroup } from './state';

/** Target groups of a forward action with their weights; a group without a weight has 1 (`TargetGroupTuple`). */
export function forwardGroups(action: Action): readonly WeightedGroup[] {
  const groups = action.ForwardConfig?.TargetGroups;
  if (groups !== undefined && groups.length > 0) return groups;
  return action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
}

/**
 * Target group of one request, by weight; undefined when every weight is 0, which is answered with 503. A group of
 * weight 0 is never chosen. A group whose targets are all unhealthy keeps its share: the weights decide, not the health
 * ("Listener rules": weighted target groups; each group fails open on its own).
 * @param random number from 0 (inclusive) to 1 (exclusive)
 */
export function chooseGroup(groups: readonly WeightedGroup[], random: number): string | undefined {
  const total = groups.reduce((sum, group) => sum + (group.Weight ?? 1), 0);
  let left = random * total;
  for (const group of groups) {
    const weight = group.Weight ?? 1;
    if (left < weight) return group.TargetGroupArn;
    left -= weight;
  }
  return undefined;
}

/**
 * Targets that take new requests: the healthy ones; when none is healthy all registered ones ("the load balancer fails
 * open", "Health checks for Application Load Balancer target groups"). A draining target takes none.
 */
export function routableTargets(targets: readonly Target[], isHealthy: (target: Target) => boolean): readonly Target[] {
  const registered = targets.filter((target) => target.state === 'registered');
  const healthy = registered.filter(isHealthy);
  return healthy.length > 0 ? healthy : registered;
}

/** Round robin, the default routing algorithm. `turn` counts the requests of the target group. */
export function chooseTarget(targets: readonly Target[], turn: number): Target | undefined {
  return targets.length === 0 ? undefined : targets[turn % targets.length];
}

export const STICKINESS_COOKIE = 'AWSALBTG';
const COOKIE_DAYS = 7;

/** A value for the stickiness cookie; AWS encrypts it, this is readable base64. `until` in epoch milliseconds. */
export function stickinessCookie(groupArn: string, durationSeconds: number, now: number): string {
  const value = Buffer.from(JSON.stringify([groupArn, now + durationSeconds * 1000])).toString('base64url');
  const expires = new Date(now + COOKIE_DAYS * 86_400_000).toUTCString();
  return `${STICKINESS_COOKIE}=${value}; Expires=${expires}; Path=/`;
}

/**
 * The target group that a request's stickiness cookie names, if the rule still has it and its time is not over. Its
 * weight is not asked: stickiness outlives a change of the weights, also to 0, and an emptied group then answers 503.
 * A cookie that cannot be read counts as none.
 */
export function stickyGroup(
  cookies: string | undefined,
  groups: readonly WeightedGroup[],
  now: number,
): string | undefined {
  const value = cookieValue(cookies, STICKINESS_COOKIE);
  if (value === undefined) return undefined;
  try {
    const [arn, until] = JSON.parse(Buffer.from(value, 'base64url').toString()) as [string, number];
    return until > now && groups.some((group) => group.TargetGroupArn === arn) ? arn : undefined;
  } catch {
    return undefined;
  }
}

export function cookieValue(cookies: string | undefined, name: string): string | undefined {
  for (const cookie of cookies?.split(';') ?? []) {
    const [key, value] = cookie.split(/=(.*)/s);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

/** Key of a target inside its group, for maps of health and counters. */
export const keyIn = (groupArn: string, target: Target): string => `${groupArn} ${targetKey(target)}`;
