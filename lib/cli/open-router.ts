import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EdgeReading } from '../deployed/read-edge';
import { AlbRouter } from '../routers/alb/alb-router';
import type { TrafficRouter } from '../routers/router';
import type { Settings } from '../settings/schema';

export interface RouterSurroundings {
  readonly settings: Settings;
  readonly edge: EdgeReading;
  readonly region: string;
  readonly elb: ElasticLoadBalancingV2Client;
}

/** The router that `shift.router` names: the edge's own listener rules when it names none. Each is loaded when it is used. */
export async function openRouter({ settings, edge, elb }: RouterSurroundings): Promise<TrafficRouter> {
  const { router } = settings.shift;
  if (router && 'nginx' in router) {
    const { NginxRouter } = await import('../routers/nginx/nginx-router.js');
    return new NginxRouter(router.nginx);
  }
  const { weightedRuleArns, targetGroupArns, adminRuleArn, adminTargetGroupArns } = edge;
  return new AlbRouter(elb, {
    ruleArns: weightedRuleArns,
    targetGroups: targetGroupArns,
    follower: { ruleArn: adminRuleArn, targetGroups: adminTargetGroupArns },
  });
}
