import type { HealthCheck, TargetHealth } from './state';

/** What the load balancer knows about one target from its own checks. */
export interface Health {
  readonly state: 'initial' | 'healthy' | 'unhealthy';
  /** Checks in a row that said the contrary of the state. */
  readonly contrary: number;
  readonly reason?: string;
  readonly description?: string;
}

export type CheckResult =
  { readonly passed: true } | { readonly passed: false; readonly reason: string; readonly description: string };

export const REGISTERED: Health = {
  state: 'initial',
  contrary: 0,
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
};

/**
 * Health after one more check. A new target is healthy after one check that passes; else `unhealthyCount` failures in
 * a row make a target unhealthy and `healthyCount` passes in a row healthy again ("Health checks for Application Load
 * Balancer target groups": settings, target health status).
 */
export function afterCheck(
  health: Health,
  result: CheckResult,
  thresholds: Pick<HealthCheck, 'healthyCount' | 'unhealthyCount'>,
): Health {
  if (result.passed) {
    if (health.state === 'healthy') return health.contrary === 0 ? health : { state: 'healthy', contrary: 0 };
    const contrary = health.contrary + 1;
    if (health.state === 'initial' || contrary >= thresholds.healthyCount) return { state: 'healthy', contrary: 0 };
    return { ...health, contrary };
  }
  const { reason, description } = result;
  if (health.state === 'unhealthy') return { state: 'unhealthy', contrary: 0, reason, description };
  const contrary = health.contrary + 1;
  if (contrary >= thresholds.unhealthyCount) return { state: 'unhealthy', contrary: 0, reason, description };
  if (health.state === 'healthy') return { state: 'healthy', contrary };
  return {
    state: 'initial',
    contrary,
    reason: 'Elb.InitialHealthChecking',
    description: 'Initial health checks in progress',
  };
}

/** Whether a status is one of the matcher's codes (`200`, `200,202`, `200-299`). */
export function isSuccess(status: number, codes: string): boolean {
  return codes.split(',').some((part) => {
    const [from = NaN, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });
}

/** Health in the words of `DescribeTargetHealth`. */
export function describe(target: { id: string; port: number }, health: Health): TargetHealth {
  const { state, reason, description } = health;
  return {
    id: target.id,
    port: target.port,
    state,
    ...(state === 'healthy' ? {} : { reason, description }),
  };
}
export const DRAINING = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
} as const;
export const UNUSED = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
} as const;
