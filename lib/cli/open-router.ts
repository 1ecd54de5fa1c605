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
export function openRouter({ edge, elb }: RouterSurroundings): Promise<TrafficRouter> {
  const { weightedRuleArns, targetGroupArns, adminRuleArn, adminTargetGroupArns } = edge;
  return Promise.resolve(
    new AlbRouter(elb, {
      ruleArns: weightedRuleArns,
      targetGroups: targetGroupArns,
      follower: { ruleArn: adminRuleArn, targetGroups: adminTargetGroupArns },
    }),
  );
}
