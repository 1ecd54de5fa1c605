import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { keyIn } from './choice';
import { afterCheck, describe, DRAINING, isSuccess, REGISTERED, UNUSED, type CheckResult, type Health } from './health';
import type { MetricsFold } from './metrics';
import { NO_ROUTES, type Routes } from './routes';
import type { Target, TargetGroup, TargetHealth, TargetHealthDocument } from './state';

interface Watch {
  group: TargetGroup;
  readonly target: Target;
  health: Health;
  timer: NodeJS.Timeout | undefined;
}

/** Checks every registered target of every target group in use, each on its own interval. */
export class HealthChecker {
  private readonly watches = new Map<string, Watch>();
  private routes: Routes = NO_ROUTES;

  /** @param timeScale factor on the interval between checks; the timeout of a check is never scaled */
  constructor(private readonly timeScale: number) {}

  isHealthy(groupArn: string, target: Target): boolean {
    return this.watches.get(keyIn(groupArn, target))?.health.state === 'healthy';
  }

  /** Starts checks of new targets at once; ends those of targets that left, drain, or whose group is no longer used. */
  apply(routes: Routes): void {
    this.routes = routes;
    const wanted = new Set<string>();
    for (const group of routes.targetGroups.values()) {
      if (!routes.usedBy.has(group.arn)) continue;
      for (const target of group.targets) {
        if (target.state !== 'registered') continue;
        const key = keyIn(group.arn, target);
        wanted.add(key);
        const found = this.watches.get(key);
        if (found !== undefined) {
          found.group = group;
          continue;
        }
        const watch: Watch = { group, target, health: REGISTERED, timer: undefined };
        this.watches.set(key, watch);
        void this.check(watch, key);
      }
    }
    for (const [key, watch] of this.watches) {
      if (wanted.has(key)) continue;
      clearTimeout(watch.timer);
      this.watches.delete(key);
    }
  }

  /** The document that the local AWS is told. */
  report(): TargetHealthDocument {
    return Object.fromEntries(
      [...this.routes.targetGroups.values()].map((group) => [
        group.arn,
        group.targets.map((target): TargetHealth => {
          const { id, port } = target;
          if (target.state === 'draining') return { id, port, ...DRAINING };
          const watch = this.watches.get(keyIn(group.arn, target));
          return watch === undefined ? { id, port, ...UNUSED } : describe(target, watch.health);
        }),
      ]),
    );
  }

  /** HealthyHostCount and UnHealthyHostCount of every group in use that has a registered target. */
  countHosts(metrics: MetricsFold): void {
    for (const [arn, loadBalancer] of this.routes.usedBy) {
      const targets = (this.routes.targetGroups.get(arn)?.targets ?? []).filter((one) => one.state === 'registered');
      if (targets.length === 0) continue;
      const states = targets.map((target) => this.watches.get(keyIn(arn, target))?.health.state);
      const healthy = states.filter((state) => state === 'healthy').length;
      const unhealthy = states.filter((state) => state === 'unhealthy').length;
      metrics.hosts(loadBalancer.arn, arn, healthy, unhealthy);
    }
  }

  private async check(watch: Watch, key: string): Promise<void> {
    const started = Date.now();
    const { healthCheck } = watch.group;
    const result = await checkOnce(watch.group, watch.target);
    if (this.watches.get(key) !== watch) return;
    watch.health = afterCheck(watch.health, result, healthCheck);
    const wait = healthCheck.intervalSeconds * 1000 * this.timeScale - (Date.now() - started);
    watch.timer = setTimeout(() => void this.check(watch, key), Math.max(wait, 0));
  }
}

/** One health check over a connection of its own, closed afterwards; a target's certificate is not verified, as on AWS. */
export function checkOnce(group: TargetGroup, target: Target): Promise<CheckResult> {
  const { healthCheck } = group;
  const timeoutMs = healthCheck.timeoutSeconds * 1000;
  const port = healthCheck.port === 'traffic-port' ? target.port : Number(healthCheck.port);
  return new Promise((resolve) => {
    const fail = (reason: string, description: string): void => resolve({ passed: false, reason, description });
    const send = healthCheck.protocol === 'HTTPS' ? secureRequest : request;
    const check = send({
      host: target.id,
      port,
      path: healthCheck.path,
      headers: { 'User-Agent': 'ELB-HealthChecker/2.0' },
      agent: false,
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    check.on('response', (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('error', () => undefined);
      if (isSuccess(status, healthCheck.successCodes)) resolve({ passed: true });
      else fail('Target.ResponseCodeMismatch', `Health checks failed with these codes: [${status}]`);
    });
    check.on('error', (error: Error) => {
      if (error.name === 'AbortError' || error.name === 'TimeoutError') fail('Target.Timeout', 'Request timed out');
      else fail('Target.FailedHealthChecks', 'Health checks failed');
    });
    check.end();
  });
}
