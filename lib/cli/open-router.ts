import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EdgeReading } from '../deployed/read-edge';
import { AlbRouter } from '../routers/alb/alb-router';
import type { TrafficRouter } from '../routers/router';
import type { SecretRef, Settings } from '../settings/schema';

export interface RouterSurroundings {
  readonly settings: Settings;
  readonly edge: EdgeReading;
  readonly region: string;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** The router that `shift.router` names: the edge's own listener rules when it names none. Each is loaded when it is used. */
export async function openRouter({ settings, edge, region, elb }: RouterSurroundings): Promise<TrafficRouter> {
  const { router } = settings.shift;
  if (router && 'nginx' in router) {
    const { NginxRouter } = await import('../routers/nginx/nginx-router.js');
    return new NginxRouter(router.nginx);
  }
  if (router && 'nlb' in router) {
    const { NlbRouter } = await import('../routers/nlb/nlb-router.js');
    const { listenerArns, targetGroupArns } = router.nlb;
    return new NlbRouter(elb, { listenerArns, targetGroups: targetGroupArns });
  }
  if (router && 'route53' in router) {
    const { openRoute53 } = await import('../routers/route53/open-route53.js');
    return openRoute53(router.route53, region);
  }
  if (router && 'f5' in router) {
    const { openF5 } = await import('../routers/f5/open-f5.js');
    const { secretsOf } = await import('../routers/router-secret.js');
    return openF5(router.f5, secretsOf(region));
  }
  if (router && 'kongUpstream' in router) {
    const { KongUpstreamRouter } = await import('../routers/kong-upstream/kong-upstream-router.js');
    return new KongUpstreamRouter(router.kongUpstream, await tokenOf(router.kongUpstream.adminToken, region));
  }
  if (router && 'kongCanary' in router) {
    const { KongCanaryRouter } = await import('../routers/kong-canary/kong-canary-router.js');
    return new KongCanaryRouter(router.kongCanary, await tokenOf(router.kongCanary.adminToken, region));
  }
  const { weightedRuleArns, targetGroupArns, adminRuleArn, adminTargetGroupArns } = edge;
  return new AlbRouter(elb, {
    ruleArns: weightedRuleArns,
    targetGroups: targetGroupArns,
    follower: { ruleArn: adminRuleArn, targetGroups: adminTargetGroupArns },
  });
}

/** The token of an Admin API, read once, when it is needed. */
async function tokenOf(ref: SecretRef | undefined, region: string): Promise<(() => Promise<string>) | undefined> {
  if (ref === undefined) return undefined;
  const { secretsOf } = await import('../routers/router-secret.js');
  let token: Promise<string> | undefined;
  return () =>
    (token ??= secretsOf(region)(ref).catch((error: unknown) => {
      token = undefined;
      throw error;
    }));
}
